"""A company of measuring size: 5 million messages, a million members, 80 brands, 300 stores, at ``scale`` 1.

The same seed and anchor make the same rows. Everything is written by COPY into the product's own, migrated and empty,
tables; indexes and constraints are put back afterwards, so that nothing is in there that the product would refuse.
"""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import psycopg

from madoguchi.bench import copying
from madoguchi.bench.copying import Table
from madoguchi.bench.organization import create_organization
from madoguchi.bench.population import Plan, Size
from madoguchi.bench.threads import CHUNK, Threads
from madoguchi.bench.vocabulary import Vocabulary
from madoguchi.channels.models import Account, Contact, OutboundMessage, Provider
from madoguchi.conversations.models import Conversation, Exchange, Message
from madoguchi.kit.bigrams import bigrams
from madoguchi.members.models import Identity, Member
from madoguchi.organization.models import Brand, Department, Market, Staff, Store

_BULK = (Member, Identity, Contact, OutboundMessage, Conversation, Exchange, Message)
_SMALL = (Market, Brand, Store, Department, Provider, Account, Staff)

Say = Callable[[str], None]


def generate(
    database_url: str,
    *,
    scale: float = 1.0,
    seed: int = 2026,
    anchor: dt.datetime | None = None,
    say: Say = lambda _sentence: None,
) -> int:
    """Fill a migrated, empty database; the number of messages. About five minutes at scale 1 on two cores.

    The two years end at ``anchor``, aware (None: last midnight in UTC). The organisation's few rows go through Django's
    connection, which must be to the same database.
    """
    began = time.monotonic()
    size, rng, vocabulary = Size.at(scale), random.Random(seed), Vocabulary()
    create_organization(size, rng)
    midnight = dt.datetime.now(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    plan = Plan(size, rng, anchor or midnight)
    say(f"{len(plan.moments):,} messages planned ({time.monotonic() - began:.0f} s)")
    names = [model._meta.db_table for model in _BULK]
    with ExitStack() as stack:
        connection = stack.enter_context(psycopg.connect(database_url, autocommit=True))
        connection.execute("SET synchronous_commit = off")
        stripped = copying.strip(connection, names)
        writer = _Writer(connection, stack.enter_context(ThreadPoolExecutor(1)))
        _people(plan, rng, writer)
        say(f"{size.members:,} members written ({time.monotonic() - began:.0f} s)")
        threads, told = Threads(plan, vocabulary, rng), 0
        for made in threads.chunks():
            for table in (threads.messages, threads.outbound, threads.exchanges, threads.conversations):
                writer.write(table)
            if made - told >= 10 * CHUNK:
                told = made
                say(f"{made:,} messages written ({time.monotonic() - began:.0f} s)")
        writer.finish()
        copying.set_sequences(connection, [*names, *(model._meta.db_table for model in _SMALL)])
        _restore(connection, stripped, lambda sentence: say(f"{sentence} ({time.monotonic() - began:.0f} s)"))
        connection.execute("VACUUM (FREEZE, ANALYZE)")
    say(f"ready ({time.monotonic() - began:.0f} s)")
    return len(plan.moments)


class _Writer:
    """Writes in a thread of its own: PostgreSQL takes a chunk in while Python makes the next one."""

    def __init__(self, connection: psycopg.Connection[Any], executor: ThreadPoolExecutor) -> None:
        self._connection, self._executor = connection, executor
        self._running: list[Future[None]] = []

    def write(self, table: Table) -> None:
        if table.lines:
            self._running.append(self._executor.submit(table.take(), self._connection))
        while len(self._running) > 8:
            self._running.pop(0).result()

    def finish(self) -> None:
        for future in self._running:
            future.result()


def _people(plan: Plan, rng: random.Random, writer: _Writer) -> None:
    at = f"{plan.began:%Y-%m-%d %H:%M:%S}+00"
    members = Table(
        Member,
        ("id", "public_id", "display_name", "phone", "search"),
        {
            "is_name_confirmed": "f", "email": "", "locale": "zh-hant", "picture_url": "", "market_id": "1",
            "created_at": at,
        },
    )  # fmt: skip
    identities = Table(Identity, ("id", "member_id", "value"), {"kind": "line", "provider_id": "1", "created_at": at})
    contacts = Table(
        Contact,
        ("id", "external_id", "profile_name"),
        {
            "account_id": "1", "friendship": "friend", "picture_url": "", "status_message": "", "language": "zh-Hant",
            "profile_at": at, "created_at": at,
        },
    )  # fmt: skip
    for pk in range(1, plan.size.members + 1):
        name, user = Vocabulary.name(rng), f"U{pk:032x}"
        phone = f"+8869{rng.randrange(10**8):08d}" if rng.random() < 0.6 else ""
        members.add(pk, f"bench{pk:011d}", name, phone, f"{{{','.join(bigrams(name))}}}")
        identities.add(pk, pk, user)
        contacts.add(pk, user, name)
        if pk % CHUNK == 0 or pk == plan.size.members:
            for table in (members, identities, contacts):
                writer.write(table)


def _restore(connection: psycopg.Connection[Any], stripped: copying.Stripped, say: Say) -> None:
    connection.execute("SET maintenance_work_mem = '512MB'")
    connection.execute("SET max_parallel_maintenance_workers = 2")
    for position, statement in enumerate(stripped.indexes, start=1):
        connection.execute(statement.encode())
        say(f"index {position} of {len(stripped.indexes)}")
    for statement in stripped.foreign_keys:
        connection.execute(statement.encode())
    say(f"{len(stripped.foreign_keys)} foreign keys checked")
