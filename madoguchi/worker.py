"""The worker: one asyncio process in which the loops that do the work behind the pages run side by side.

Each loop is safe to run twice and safe to lose, so there may be several workers, and a loop that fails is simply
started again. What it had claimed goes back by itself (docs/decisions/0002-tables-are-the-truth.md).
"""

import asyncio
import contextlib
import logging
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import django.db
import psycopg
from django.conf import settings
from procrastinate import App, PsycopgConnector
from procrastinate.contrib.django import app as jobs_app
from procrastinate.exceptions import ConnectorException

from madoguchi.channels import outbox
from madoguchi.intake import consumer, housekeeping
from madoguchi.kit.garbage import spare_what_is_loaded
from madoguchi.routing import router

log = logging.getLogger(__name__)
Loop = Callable[[asyncio.Event], Awaitable[None]]

HEARTBEAT_SECONDS = 5
GRACE_SECONDS = 10
"""How long loops may take to finish what they have in hand."""
_LONGEST_PAUSE_SECONDS = 5
_CONCURRENT_JOBS = 10
_TAKE_BACK_SECONDS = 60


async def main() -> None:
    """Run until SIGTERM or SIGINT; a second one ends the process at once."""
    spare_what_is_loaded()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, _stop_or_die, stop)
    loops: dict[str, Loop] = {
        "consumer": consumer.run,
        "outbox": outbox.run,
        "router": router.run,
        "jobs": run_jobs,
        "housekeeping": housekeeping.run,
        "heartbeat": beat,
    }
    tasks = [asyncio.create_task(keep_running(name, run, stop), name=name) for name, run in loops.items()]
    await stop.wait()
    _, late = await asyncio.wait(tasks, timeout=GRACE_SECONDS)
    for task in late:
        log.warning("%s did not finish within %s s and is broken off", task.get_name(), GRACE_SECONDS)
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)


async def keep_running(name: str, run: Loop, stop: asyncio.Event) -> None:
    """Start the loop again whenever it ends, after a pause that grows while it keeps failing."""
    pause = 0.2
    while not stop.is_set():
        started = time.monotonic()
        try:
            await run(stop)
        except (psycopg.OperationalError, django.db.OperationalError, ConnectorException) as error:
            log.warning("%s: the database cannot be reached (%s)", name, str(error).strip().partition("\n")[0])
        except Exception:
            log.exception("%s failed and is started again", name)
        if time.monotonic() - started > 60:
            pause = 0.2
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)
        pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)


async def run_jobs(stop: asyncio.Event) -> None:
    """procrastinate: timers, retries, media, profiles.

    Its own commits need not wait for the disk: a job that is done twice after a power cut does no harm, and a worker
    that waits for every fsync does 91 jobs a second on a slow disk where it could do 600.
    """
    connector = PsycopgConnector(
        conninfo=settings.DATABASE_URL,
        kwargs={"options": "-c synchronous_commit=off", "application_name": "madoguchi jobs"},
        min_size=1,
        max_size=4,
    )
    app = jobs_app.with_connector(connector)
    async with app.open_async():
        worker = asyncio.create_task(
            app.run_worker_async(
                concurrency=_CONCURRENT_JOBS,
                install_signal_handlers=False,
                shutdown_graceful_timeout=GRACE_SECONDS / 2,
                delete_jobs="successful",
            )
        )
        stopping = asyncio.create_task(stop.wait())
        taking_back = asyncio.create_task(take_back_jobs(app))
        await asyncio.wait([worker, stopping], return_when=asyncio.FIRST_COMPLETED)
        taking_back.cancel()
        stopping.cancel()
        worker.cancel()  # procrastinate takes this as the request to finish what is running
        with contextlib.suppress(asyncio.CancelledError):
            await worker


async def take_back_jobs(app: App) -> None:
    """Until cancelled. A job that a killed worker had begun goes back to the queue: procrastinate itself leaves it."""
    while True:
        try:
            for job in await app.job_manager.get_stalled_jobs():
                log.info("Job %s (%s) was left behind and begins again", job.id, job.task_name)
                await app.job_manager.retry_job(job)
        except ConnectorException as error:
            log.warning("Jobs left behind have to wait: %s", str(error).strip())
        await asyncio.sleep(_TAKE_BACK_SECONDS)


async def beat(stop: asyncio.Event) -> None:
    """A file whose age tells the supervisor and `madoguchi doctor` whether this event loop turns."""
    while not stop.is_set():
        heartbeat_file().touch()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), HEARTBEAT_SECONDS)


def heartbeat_file() -> Path:
    return settings.VAR / "worker.heartbeat"


def _stop_or_die(stop: asyncio.Event) -> None:
    if stop.is_set():
        raise SystemExit(1)
    stop.set()
