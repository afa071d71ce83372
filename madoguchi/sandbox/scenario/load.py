"""Loading the scenario, once, on both sides."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import gc
import json
import random
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from madoguchi.bindings.models import Code
from madoguchi.kit.setup import SetupError
from madoguchi.organization.models import Brand
from madoguchi.sandbox.line.delivery import QUOTABLE, quote_token
from madoguchi.sandbox.line.records import Channel
from madoguchi.sandbox.scenario import desks, ledger, loading, menus, oddities, organisation, phones, present, taps
from madoguchi.sandbox.scenario.accounts import ACCOUNTS
from madoguchi.sandbox.scenario.history import Customer, History
from madoguchi.sandbox.scenario.organisation import Organisation
from madoguchi.sandbox.scenario.platform import Platform, user_ids

SEED = 20_240_229
MEMBERS = 3_000
PRINTED_AT = ("xinyi-ap", "nanxi-be", "jp-ginza")
"""Counters whose cards lie beside the simulated phones."""
_SHARE_IN_THE_PRESENT = 7
"""Every seventh customer may be in an open conversation now."""

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class DemoInfo:
    """What the start page and the terminal tell a visitor. Kept as ``demo.json`` in the data folder."""

    console: str
    logins: list[dict[str, str]]
    """[{username, name, role, password}]"""
    phones: list[str]
    """Ids of people whose phones are ready."""

    @staticmethod
    def file() -> Path:
        return settings.VAR / "demo.json"

    @classmethod
    def read(cls) -> DemoInfo:
        found = json.loads(cls.file().read_text(encoding="utf-8"))
        return cls(found["console"], found["logins"], found["phones"])

    def write(self) -> None:
        text = json.dumps(
            {"console": self.console, "logins": self.logins, "phones": self.phones}, ensure_ascii=False, indent=1
        )
        aside = self.file().with_suffix(".new")
        aside.touch(mode=0o600)
        aside.write_text(text, encoding="utf-8")
        aside.replace(self.file())


def load(
    *,
    sandbox_url: str,
    console_url: str,
    password: str = "",
    progress: Progress | None = None,
    members: int = MEMBERS,
    now: dt.datetime | None = None,
) -> DemoInfo:
    """Fill an empty installation; on a filled one only say again what is there.

    ``password`` is that of all demo logins; one is made up when there is none. ``members`` below 3,000 makes a smaller
    company of customers, for tests. Raises SetupError when somebody else's company is there, or when the sandbox does not
    play along; then nothing is kept in the database.
    """
    progress = progress or _silence
    if Brand.objects.exists():
        if DemoInfo.file().exists():
            return DemoInfo.read()
        raise SetupError(
            "The database holds a company that this folder knows nothing of, so the demo is not put on top of it. Use an "
            "empty database, or start over with: make demo FRESH=1"
        )
    now = now or timezone.now()
    password = password or _new_password()
    with _without_garbage_collection():
        company = _fill(sandbox_url, console_url, password, members, now, progress)
    loading.analyse()
    info = DemoInfo(
        console_url, _logins(company, password), [*(each.person_id for each in phones.PHONES), phones.NEWCOMER[0]]
    )
    info.write()
    progress("Ready", 1.0)
    return info


def _fill(
    sandbox_url: str, console_url: str, password: str, members: int, now: dt.datetime, progress: Progress
) -> Organisation:
    with transaction.atomic():
        progress("Company", 0.02)
        company = organisation.create(
            today=timezone.localdate(now), dice=random.Random(SEED), password=password, sandbox_url=sandbox_url
        )
        customers, on_phones = people(company, members, now, progress)
        ids = user_ids(customers)
        # The sandbox gives out the message ids that our rows carry, so it comes before the commit; it is on this
        # machine, and nobody else uses the tables yet.
        known = asyncio.run(_fill_sandbox(sandbox_url, console_url, company, customers, on_phones, ids, progress))
        progress("Writing the rows", 0.8)
        loading.give_provider_ids(customers, known)
        _give_quote_tokens(customers, known)
        loading.write(customers, ids)
        desks.create(company, now=now, dice=random.Random(SEED + 2))
        ledger.create(company, customers, now=now, dice=random.Random(SEED + 3))
        asyncio.run(_print_cards(sandbox_url, _cards_at_hand(company)))
        menus.create(company)
        taps.create(company, customers, now=now, dice=random.Random(SEED + 4))
        oddities.create(company.accounts["one"], [ids[each.person_id] for each in customers[-2:]], now=now)
    return company


@contextlib.contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Searching a hundred thousand rows for garbage again and again, where there is none, takes a quarter of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def people(
    company: Organisation, members: int, now: dt.datetime, progress: Progress
) -> tuple[list[Customer], list[Customer]]:
    """Everybody with their history, and those of them whose chats belong on a phone too."""
    history = History(company, now=now, seed=SEED)
    ready = phones.customers(history)
    others: list[Customer] = []
    may_be_present: list[Customer] = []
    for number in range(1, members - len(ready) + 1):
        customer = history.customer(number)
        is_free_now = number % _SHARE_IN_THE_PRESENT == 0
        history.live(customer, until=now - (dt.timedelta(hours=20) if is_free_now else dt.timedelta(minutes=15)))
        others.append(customer)
        if is_free_now:
            may_be_present.append(customer)
        if number % 100 == 0:
            progress(f"Two years of {number:,} customers", 0.05 + 0.5 * number / members)
    share = min(1.0, members / MEMBERS)
    involved = present.happen(history, may_be_present, share=share)
    return ready + others, ready + involved


async def _fill_sandbox(
    sandbox_url: str,
    console_url: str,
    company: Organisation,
    customers: Sequence[Customer],
    on_phones: Sequence[Customer],
    ids: dict[str, str],
    progress: Progress,
) -> dict[int, str]:
    """Returns message → the sandbox's id for it, for what is on the phones."""
    progress("People and phones", 0.6)
    known: dict[int, str] = {}
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
        platform = Platform(session, sandbox_url)
        for spec in ACCOUNTS:
            await platform.create_channel(spec, company.accounts[spec.code], console_url)
        await platform.create_people(customers, ids)
        await platform.befriend(customers)
        for number, customer in enumerate(on_phones):
            known |= await platform.seed_chat(customer)
            progress("Chats on the phones", 0.65 + 0.15 * number / len(on_phones))
    return known


def _cards_at_hand(company: Organisation) -> list[Code]:
    """Those of three counters; first the cards of people whom a visitor can sign in as."""
    shown = {spec.username for spec in company.specs if spec.title}
    rows = Code.objects.filter(store__code__in=PRINTED_AT).select_related("account", "staff", "store")
    return sorted(
        rows, key=lambda code: (not code.staff or code.staff.username not in shown, str(code.store), code.staff_id or 0)
    )


async def _print_cards(sandbox_url: str, codes: Sequence[Code]) -> None:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
        await Platform(session, sandbox_url).print_cards(codes)


def _give_quote_tokens(customers: Sequence[Customer], known: dict[int, str]) -> None:
    """Only for what the sandbox knows: a quote of anything else would be refused there."""
    channels = {spec.code: Channel(spec.channel_id, spec.secret, spec.name, provider="") for spec in ACCOUNTS}
    for customer in customers:
        for message in customer.thread.messages:
            if message.pk not in known or message.kind not in QUOTABLE:
                continue
            token = quote_token(channels[customer.account], known[message.pk])
            if message.outbound_id is None:
                message.quote_token = token
            elif sent := customer.thread.outbox[message.outbound_id].sent_messages:
                sent[message.client_part]["quoteToken"] = token


def _logins(company: Organisation, password: str) -> list[dict[str, str]]:
    return [
        {"username": spec.username, "name": spec.display_name, "role": spec.title, "password": password}
        for spec in company.specs
        if spec.title
    ]


def _silence(_words: str, _share: float) -> None:
    pass


def _new_password() -> str:
    """Twelve characters that cannot be confused, in groups that can be typed."""
    letters = "".join(secrets.choice("23456789abcdefghjkmnpqrstuvwxyz") for _ in range(12))
    return "-".join(letters[start : start + 4] for start in range(0, 12, 4))
