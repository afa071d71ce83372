"""PostgreSQL dies and comes back while webhooks arrive: the entrance says 503, and everything resumes by itself."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from pytest_django import Settings

from madoguchi.bench.company import SECRET
from madoguchi.channels.models import Account
from madoguchi.intake.hooks import Hooks
from madoguchi.postgres import Postgres
from tests.intake.entrance import ask, text_event, webhook
from tests.servers import OwnServer

_CREATE = "import django; django.setup(); from madoguchi.bench.company import create_account as c; print(c().public_id)"
EVENTS = 300


@pytest.fixture
def server(own_server: OwnServer) -> Iterator[Postgres]:
    with own_server() as own:
        yield own


def _environment(server: Postgres, var: Path) -> dict[str, str]:
    ours = {"MADOGUCHI_DATABASE_URL": server.url, "MADOGUCHI_VAR": str(var)}
    return os.environ | ours | {"DJANGO_SETTINGS_MODULE": "madoguchi.settings"}


def _python(environment: dict[str, str], *words: str) -> str:
    return subprocess.run([sys.executable, *words], env=environment, check=True, capture_output=True, text=True).stdout


def _rows(server: Postgres, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(server.url) as connection:
        return connection.execute(query).fetchall()


async def _deliver_all(server: Postgres, account: Account) -> list[int]:
    """Every event until it is accepted, as LINE redelivers. The server is killed twice meanwhile; the statuses."""
    entrance = Hooks()
    await entrance.start()
    statuses: list[int] = []

    async def deliver(number: int) -> None:
        await asyncio.sleep(number / 100)
        while True:
            answer = await ask(entrance, webhook(account, [text_event(number, user=f"U{number % 20}")]))
            statuses.append(answer.status)
            if answer.status == 200:
                return
            await asyncio.sleep(0.2)

    async def disturb() -> None:
        for pause in (0.7, 0.9):
            await asyncio.sleep(pause)
            await asyncio.to_thread(server.kill)
            await asyncio.sleep(0.5)
            server.start()  # from the main thread, see `dying_with_parent`

    await asyncio.gather(disturb(), *(deliver(number) for number in range(EVENTS)))
    await entrance.stop()
    return statuses


@pytest.mark.django_db
def test_nothing_is_lost_or_doubled_when_postgresql_dies_and_returns(
    server: Postgres, tmp_path: Path, settings: Settings
) -> None:
    environment = _environment(server, tmp_path)
    public_id = _python(environment, "-c", _CREATE).strip()
    settings.DATABASE_URL = server.url
    worker = subprocess.Popen([sys.executable, "-m", "madoguchi", "worker"], env=environment)
    try:
        statuses = asyncio.run(_deliver_all(server, Account(public_id=public_id, channel_secret=SECRET)))
        deadline = time.monotonic() + 30
        while (
            _rows(server, "SELECT 1 FROM intake_rawevent WHERE state = 'new' LIMIT 1") and time.monotonic() < deadline
        ):
            time.sleep(0.1)
        still_works = worker.poll() is None
    finally:
        worker.terminate()
        worker.wait(20)

    assert statuses.count(200) == EVENTS
    assert set(statuses) == {200, 503}
    assert still_works
    assert _rows(server, "SELECT state, count(*) FROM intake_rawevent GROUP BY state") == [("done", EVENTS)]
    received = "FROM conversations_message WHERE direction = 'inbound'"
    assert _rows(server, f"SELECT count(*), count(DISTINCT provider_message_id) {received}") == [(EVENTS, EVENTS)]
    assert _rows(server, "SELECT sum(unread) FROM conversations_conversation") == [(EVENTS,)]
