"""(e) Pushes per second from one worker against the sandbox: LINE's ceiling is 2,000 per second and channel.

The sender that the worker runs, pinned to one core, empties an outbox of waiting messages; sandbox and PostgreSQL have
the other cores. In the same run, to the same sandbox, the bare client pushes as fast as it can without a database: what
the sender reaches of that is the price of claiming and settling. What each process spends of its core tells whose limit
it is, and what the rate would be if the core were not shared with others.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
import urllib.request
import uuid
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import repeat
from pathlib import Path
from subprocess import PIPE
from subprocess import run as run_process
from typing import Any

import psycopg
import uvloop
from django.conf import settings
from django.db import connection

from madoguchi.bench.company import create_account
from madoguchi.bench.figures import Context, Figure
from madoguchi.bench.processes import running
from madoguchi.channels.line.client import Access, LineClient
from madoguchi.channels.line.messages import Voice, text
from madoguchi.channels.line.sending import Parcel, send
from madoguchi.channels.models import Account, Contact, OutboundMessage
from madoguchi.channels.outbox import Sender
from madoguchi.channels.outbox.sender import IN_FLIGHT_MAX

TARGET_PER_SECOND = 2_000
THREADS = 2_000
MESSAGES = [text("您好，您的濾芯已到店，請於週日前來店領取。", voice=Voice("森之光"))]
_START_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Round:
    """Pushing in one way: how many, in how long, and the processor time it took."""

    pushes: int
    seconds: float
    own_cpu_seconds: float
    sandbox_cpu_seconds: float = 0.0

    @property
    def per_second(self) -> float:
        return self.pushes / self.seconds


def run(context: Context) -> list[Figure]:
    pushes = max(THREADS, round(context.seconds * TARGET_PER_SECOND / THREADS) * THREADS)
    with _sandbox(context.port) as (url, pid):
        account = create_account()
        _fill(account, url, pushes)
        sender = _round("sender", account, pid, pushes)
        context.progress(f"sender: {sender.per_second:,.0f}/s")
        bare = _round("bare", account, pid, pushes)
        context.progress(f"bare client: {bare.per_second:,.0f}/s")
    accepted = OutboundMessage.objects.filter(state=OutboundMessage.State.ACCEPTED).count()
    sandbox_limit = sender.pushes / sender.sandbox_cpu_seconds
    return [
        Figure(
            "pushes per second from one worker on one core",
            sender.per_second,
            "/s",
            at_least=TARGET_PER_SECOND,
            note=_why(sender),
        ),
        Figure("the same per second of processor time: what a core of its own gives", _of_a_core(sender), "/s"),
        Figure("the bare client without a database, same core, same sandbox", bare.per_second, "/s"),
        Figure("share of the bare client", sender.per_second / bare.per_second, ""),
        Figure("the sandbox's own limit: pushes per second of its processor time", sandbox_limit, "/s"),
        Figure("messages not accepted", pushes - accepted, "", at_most=0),
    ]


def _of_a_core(measured: Round) -> float:
    return measured.pushes / measured.own_cpu_seconds


def _why(measured: Round) -> str:
    if measured.per_second >= TARGET_PER_SECOND:
        return ""
    own, theirs = measured.own_cpu_seconds / measured.seconds, measured.sandbox_cpu_seconds / measured.seconds
    return f"the sender had {own:.0%} of a core, the sandbox {theirs:.0%}; the rest went to other processes"


# -- in a process of its own, on the last core -----------------------------------------------------------------------


def child(way: str, account_id: int, pushes: int) -> None:
    """Push everything, print what it took as JSON."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    account = Account.objects.get(pk=account_id)
    connection.close()
    work: Coroutine[Any, Any, Round] = (
        _empty_the_outbox() if way == "sender" else _push_bare(Access.of(account), pushes)
    )
    json.dump(asdict(uvloop.run(work)), sys.stdout)


async def _empty_the_outbox() -> Round:
    waiting = "SELECT count(*) FROM channels_outboundmessage WHERE state IN ('queued', 'sending')"
    watch = await psycopg.AsyncConnection.connect(settings.DATABASE_URL, autocommit=True)
    stop, began, cpu = asyncio.Event(), time.monotonic(), time.process_time()
    async with watch, LineClient(connections=IN_FLIGHT_MAX) as line:
        before = left = await _count(watch, waiting)
        running_sender = asyncio.create_task(Sender(line).run(stop))
        while left:
            await asyncio.sleep(0.1)
            left = await _count(watch, waiting)
        done = Round(before, time.monotonic() - began, time.process_time() - cpu)
        stop.set()
        await running_sender
    return done


async def _count(watch: psycopg.AsyncConnection[Any], query: Any) -> int:
    [row] = await (await watch.execute(query)).fetchall()
    return int(row[0])


async def _push_bare(access: Access, pushes: int) -> Round:
    to_do, body = iter(repeat(None, pushes)), json.dumps(MESSAGES)
    began, cpu = time.monotonic(), time.process_time()
    async with LineClient(connections=IN_FLIGHT_MAX) as line:

        async def push(worker: int) -> None:
            for _ in to_do:
                await send(line, access, Parcel(uuid.uuid4(), _user_id(worker), body))

        await asyncio.gather(*map(push, range(IN_FLIGHT_MAX)))
    return Round(pushes, time.monotonic() - began, time.process_time() - cpu)


# -- around it -------------------------------------------------------------------------------------------------------


def _round(way: str, account: Account, sandbox_pid: int, pushes: int) -> Round:
    program = (
        "import django; django.setup()\n"
        f"from madoguchi.bench.outbox import child; child({way!r}, {account.pk}, {pushes})"
    )
    before = _cpu_seconds(sandbox_pid)
    done = run_process([sys.executable, "-c", program], stdout=PIPE, check=True, text=True)
    spent = _cpu_seconds(sandbox_pid) - before
    return replace(Round(**json.loads(done.stdout)), sandbox_cpu_seconds=spent)


def _cpu_seconds(pid: int) -> float:
    """User and system time of a process (proc(5), /proc/pid/stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _sandbox(port: int) -> Iterator[tuple[str, int]]:
    """Its address and pid, on all cores but the sender's."""
    url = f"http://127.0.0.1:{port}"
    with running([sys.executable, "-m", "madoguchi", "sandbox", "--port", str(port), "--state", "none"]) as process:
        deadline = time.monotonic() + _START_SECONDS
        while not _answers(url):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("The sandbox does not start")
            time.sleep(0.1)
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(process.pid, cores[:-1] or cores)
        yield url, process.pid


def _answers(url: str) -> bool:
    try:
        _tell(url, "GET", "/sandbox/world")
    except OSError:
        return False
    return True


def _tell(url: str, method: str, path: str, body: object = None) -> None:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url + path, data, headers, method=method)  # noqa: S310  # on this machine
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  # as above
        answer.read()


def _fill(account: Account, url: str, pushes: int) -> None:
    """The same people on both sides, and messages that wait, equally many in each thread."""
    account.api_base = account.data_base = url
    account.requests_per_second = 100_000
    account.access_token = "bench"  # noqa: S105  # of the sandbox only
    account.save()
    provider, channel_id = account.provider.name, account.channel_id
    numbers = range(THREADS)
    people = [{"personId": f"p{n}", "name": f"P{n}", "userIds": {provider: _user_id(n)}} for n in numbers]
    friends = [{"personId": f"p{n}", "channelId": channel_id, "friend": True} for n in numbers]
    channel = {"channelId": channel_id, "accessToken": account.access_token, "provider": provider}
    _tell(url, "POST", "/sandbox/channels", channel)
    _tell(url, "POST", "/sandbox/people", people)
    _tell(url, "POST", "/sandbox/history", friends)
    _tell(url, "PUT", "/sandbox/limits", {"scale": 0})
    contacts = Contact.objects.bulk_create(Contact(account=account, external_id=_user_id(n)) for n in numbers)
    OutboundMessage.objects.bulk_create(
        (
            OutboundMessage(account=account, contact=contact, thread=contact.pk, messages=MESSAGES)
            for _ in range(pushes // THREADS)
            for contact in contacts
        ),
        batch_size=5_000,
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE channels_outboundmessage, channels_contact")


def _user_id(number: int) -> str:
    return f"U{number:032x}"
