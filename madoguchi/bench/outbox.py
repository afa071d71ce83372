"""(e) Pushes per second from one worker against the sandbox: LINE's ceiling is 2,000 per second and channel.

The sender that the worker runs, pinned to one core, empties an outbox of waiting messages; sandbox and PostgreSQL have
the other cores. In the same run, over the same connections to the same sandbox, the bare client pushes as fast as it can
without a database: what the sender reaches of that is the price of claiming and settling.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import psycopg
import uvloop

CHANNEL_ID, TOKEN, PROVIDER = "1650000000", "bench-token", "Bench"  # noqa: S105  # of the sandbox only
THREADS = 4_000
IN_FLIGHT = 256
BODY = '[{"type": "text", "text": "您好，您的濾芯已到店，請於週日前來店領取。", "sender": {"name": "森之光"}}]'
_START_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Run:
    """One way of pushing: how many, in how long, and what it cost whom."""

    pushes: int
    seconds: float
    own_cpu_seconds: float
    sandbox_cpu_seconds: float

    @property
    def per_second(self) -> float:
        return self.pushes / self.seconds

    @property
    def per_own_cpu_second(self) -> float:
        """What a core of its own would give."""
        return self.pushes / self.own_cpu_seconds

    @property
    def per_sandbox_cpu_second(self) -> float:
        return self.pushes / self.sandbox_cpu_seconds


@dataclass(frozen=True, slots=True)
class Result:
    sender: Run
    bare_client: Run


def measure(database_url: str, *, pushes: int = 20_000) -> Result:
    """The database is the product's, migrated; the rows that are needed are made and stay."""
    with _sandbox() as (url, pid):
        _fill(database_url, url, pushes)
        _tell(url, "PUT", "/sandbox/limits", {"scale": 0})
        return Result(
            sender=_run("sender", database_url, url, pid, pushes),
            bare_client=_run("bare", database_url, url, pid, pushes),
        )


# -- what is measured ------------------------------------------------------------------------------------------------


def child(way: str, url: str, pushes: int) -> None:
    """In a process of its own, on the last core: push everything, print what it took as JSON."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    import django

    django.setup()
    work = _empty_the_outbox() if way == "sender" else _push_without_database(url, pushes)
    print(json.dumps(asdict(uvloop.run(work))))  # noqa: T201  # read by the parent


async def _empty_the_outbox() -> Run:
    from madoguchi.channels.line.client import LineClient
    from madoguchi.channels.outbox import Sender

    stop, began, cpu = asyncio.Event(), time.monotonic(), time.process_time()
    watch = await psycopg.AsyncConnection.connect(os.environ["MADOGUCHI_DATABASE_URL"], autocommit=True)
    async with watch, LineClient(connections=IN_FLIGHT) as line:
        running = asyncio.create_task(Sender(line, in_flight_max=IN_FLIGHT).run(stop))
        waiting = "SELECT count(*) FROM channels_outboundmessage WHERE state IN ('queued', 'sending')"
        while (await (await watch.execute(waiting)).fetchone() or (0,))[0]:
            await asyncio.sleep(0.25)
        seconds, spent = time.monotonic() - began, time.process_time() - cpu
        stop.set()
        await running
        accepted = "SELECT count(*) FROM channels_outboundmessage WHERE state = 'accepted'"
        row = await (await watch.execute(accepted)).fetchone()
    return Run(row[0] if row else 0, seconds, spent, 0.0)


async def _push_without_database(url: str, pushes: int) -> Run:
    from madoguchi.channels.line.client import Access, LineClient
    from madoguchi.channels.line.sending import Parcel, send

    access, numbers = Access(url, url, TOKEN), iter(range(pushes))
    began, cpu = time.monotonic(), time.process_time()
    async with LineClient(connections=IN_FLIGHT) as line:

        async def push() -> None:
            for number in numbers:
                await send(line, access, Parcel(uuid.uuid4(), _user_id(number % THREADS), BODY))

        await asyncio.gather(*(push() for _ in range(IN_FLIGHT)))
    return Run(pushes, time.monotonic() - began, time.process_time() - cpu, 0.0)


# -- around it -------------------------------------------------------------------------------------------------------


def _run(way: str, database_url: str, url: str, sandbox_pid: int, pushes: int) -> Run:
    program = f"from madoguchi.bench.outbox import child; child({way!r}, {url!r}, {pushes})"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "madoguchi.settings",
        "MADOGUCHI_DATABASE_URL": database_url,
        "MADOGUCHI_LOG_LEVEL": "error",
    }
    before = _cpu_seconds(sandbox_pid)
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, check=True, text=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return Run(**{**found, "sandbox_cpu_seconds": _cpu_seconds(sandbox_pid) - before})


def _cpu_seconds(pid: int) -> float:
    """User and system time of a process (proc(5), /proc/pid/stat)."""
    with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123  # not a path of ours
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _sandbox() -> Iterator[tuple[str, int]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "madoguchi", "sandbox", "--port", str(port), "--state", "none"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url)
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(process.pid, cores[:-1] or cores)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            _tell(url, "GET", "/sandbox/world")
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def _tell(url: str, method: str, path: str, body: object = None) -> None:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310  # the sandbox on this machine
        url + path, data, {"Content-Type": "application/json"}, method=method
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  # as above
        answer.read()


def _user_id(number: int) -> str:
    return f"U{number:032x}"


def _fill(database_url: str, url: str, pushes: int) -> None:
    """The same people on both sides, and ``pushes`` messages that wait, ``pushes / THREADS`` in each thread."""
    people = [{"personId": f"p{n}", "name": f"P{n}", "userIds": {PROVIDER: _user_id(n)}} for n in range(THREADS)]
    channel = {"channelId": CHANNEL_ID, "accessToken": TOKEN, "provider": PROVIDER}
    _tell(url, "POST", "/sandbox/channels", channel)
    _tell(url, "POST", "/sandbox/people", people)
    friends = [{"personId": f"p{n}", "channelId": CHANNEL_ID, "friend": True} for n in range(THREADS)]
    _tell(url, "POST", "/sandbox/history", friends)
    token = _encrypted(TOKEN)
    with psycopg.connect(database_url) as connection:
        connection.execute(_ROWS, {"url": url, "token": token, "threads": THREADS, "pushes": pushes, "body": BODY})
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE channels_outboundmessage, channels_contact")


def _encrypted(text: str) -> str:
    from madoguchi.kit.encrypted import EncryptedTextField

    return str(EncryptedTextField().get_prep_value(text))


_ROWS = """
WITH market AS (
  INSERT INTO organization_market (code, name, locale, time_zone, currency)
  VALUES ('outbox', 'Bench', 'zh-hant', 'Asia/Taipei', 'TWD') RETURNING id),
brand AS (
  INSERT INTO organization_brand (public_id, code, name, sender_name, category, mark, color, icon, is_active)
  VALUES ('outboxbenchbrand', 'outbox', 'Bench', 'Bench', '', 'B', '#2f6b4f', '', true) RETURNING id),
department AS (
  INSERT INTO organization_department (code, name, market_id) SELECT 'outbox', 'Bench', id FROM market RETURNING id),
provider AS (INSERT INTO channels_provider (name) VALUES ('Outbox bench') RETURNING id),
account AS (
  INSERT INTO channels_account (
    public_id, kind, name, basic_id, bot_user_id, channel_id, channel_secret, access_token, api_base, data_base,
    requests_per_second, is_active, health, health_detail, health_at, quota_used, default_brand_id,
    default_department_id, market_id, provider_id)
  SELECT 'outboxbenchaccnt', 'line', 'Bench', '', '', 'outbox', '', %(token)s, %(url)s, %(url)s,
         100000, true, 'ok', '', now(), 0, brand.id, department.id, market.id, provider.id
  FROM brand, department, market, provider RETURNING id),
contact AS (
  INSERT INTO channels_contact (
    account_id, external_id, friendship, profile_name, picture_url, status_message, language, created_at)
  SELECT account.id, 'U' || lpad(to_hex(n), 32, '0'), 'friend', '', '', '', '', now()
  FROM account, generate_series(0, %(threads)s - 1) AS n RETURNING id, account_id)
INSERT INTO channels_outboundmessage (
  key, account_id, contact_id, thread, messages, state, route, reply_token, attempts, created_at, due_at, changed_at,
  request_id, sent_messages, refusal, refusal_detail)
SELECT gen_random_uuid(), contact.account_id, contact.id, -contact.id, %(body)s::jsonb, 'queued', '', '', 0,
       now(), now(), now(), '', '[]', '', ''
FROM generate_series(1, %(pushes)s / %(threads)s), contact
"""
