"""The worker's loops: started again when they fail, left alone when asked to stop."""

import asyncio
import time
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from madoguchi import worker


async def test_loop_that_fails_is_started_again(caplog: pytest.LogCaptureFixture) -> None:
    stop, runs = asyncio.Event(), 0

    async def fragile(stop: asyncio.Event) -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            raise ValueError("broken")
        if runs == 2:
            raise psycopg.OperationalError("server closed the connection\nmore of it")
        stop.set()

    async with asyncio.timeout(10):
        await worker.keep_running("fragile", fragile, stop)

    assert runs == 3
    messages = [record.getMessage() for record in caplog.records]
    assert messages == [
        "fragile failed and is started again",
        "fragile: the database cannot be reached (server closed the connection)",
    ]


async def test_stop_ends_the_pause_between_two_attempts() -> None:
    stop, failed = asyncio.Event(), asyncio.Event()

    async def broken(stop: asyncio.Event) -> None:
        failed.set()
        raise psycopg.OperationalError("gone")

    running = asyncio.create_task(worker.keep_running("broken", broken, stop))
    await failed.wait()
    stop.set()

    async with asyncio.timeout(1):
        await running


async def test_heartbeat_is_given_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "VAR", tmp_path)
    stop = asyncio.Event()
    beating = asyncio.create_task(worker.beat(stop))
    async with asyncio.timeout(5):
        while not worker.heartbeat_file().exists():  # noqa: ASYNC110  # a file cannot be awaited
            await asyncio.sleep(0.01)
    stop.set()
    await beating

    assert time.time() - worker.heartbeat_file().stat().st_mtime < 5


@pytest.mark.django_db(transaction=True)
async def test_jobs_run_until_told_to_stop() -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run_jobs(stop))
    async with await psycopg.AsyncConnection.connect(settings.DATABASE_URL, autocommit=True) as watcher:
        async with asyncio.timeout(20):
            while True:
                cursor = await watcher.execute("SELECT count(*) FROM procrastinate_workers")
                row = await cursor.fetchone()
                if row and row[0]:
                    break
                await asyncio.sleep(0.05)
    stop.set()

    async with asyncio.timeout(worker.GRACE_SECONDS):
        await running


@pytest.mark.django_db(transaction=True)
async def test_a_job_that_a_killed_worker_had_begun_is_done() -> None:
    async with await psycopg.AsyncConnection.connect(settings.DATABASE_URL, autocommit=True) as database:
        await database.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts)"
            " VALUES ('default', 'madoguchi.conversations.tasks.mark_as_read', '{\"conversation_id\": 0}', 'doing', 1)"
        )
        stop = asyncio.Event()
        running = asyncio.create_task(worker.run_jobs(stop))
        left = "SELECT FROM procrastinate_jobs WHERE task_name LIKE '%mark_as_read'"
        async with asyncio.timeout(20):
            while await (await database.execute(left)).fetchone() is not None:  # noqa: ASYNC110  # a row cannot be awaited
                await asyncio.sleep(0.05)
        stop.set()
        await running
