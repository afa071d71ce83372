"""The router: the loop in the worker that gives conversations to people.

What is due (``Conversation.attention_at``) is claimed, decided and written in one transaction, so a crash at any point
leaves it as it was, and due. The claim skips what others have claimed: any number of routers may run. Seats are locked
while they are filled (``staffing``), in the order of their ids and after the conversations, as everybody does.

It wakes up when a queue changes (live topic ``queue``), and by itself once a second.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import time
from concurrent.futures import ThreadPoolExecutor

from django.db import Error, InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from madoguchi import live
from madoguchi.conversations.models import Conversation
from madoguchi.live.listener import Listener
from madoguchi.routing import notices, recording, standing
from madoguchi.routing.covers import look_at_covers
from madoguchi.routing.deciding import Desk
from madoguchi.routing.rooms import look_at_queues

log = logging.getLogger(__name__)

BATCH = 1_000
"""What a batch needs to know (people, places, rules) costs as much for a few as for many, so after a rush it is large: two
thirds of a second in which the conversations in it are locked."""
POLL_SECONDS = 1.0
PAUSE_SECONDS = 0.1
"""Between two looks: while customers write without a break, what comes meanwhile is decided together."""
SWEEP_SECONDS = 10.0
"""Who has come on duty, who has room: looked at so often by itself …"""
SWEEP_PAUSE_SECONDS = 1.0
"""… and not more often than this when something happens."""

PUT_OFF = dt.timedelta(minutes=5)
"""What cannot be decided, for a fault of ours, is tried again then."""


async def run(stop: asyncio.Event) -> None:
    """Until ``stop``; the batch in hand is finished. Survives the database going away."""
    work = asyncio.Event()

    def hear(payload: str) -> None:
        if "queue" in payload:
            work.set()

    listener = Listener(live.CHANNEL, on_message=hear, on_connect=work.set)
    listening = asyncio.create_task(listener.run())
    stopping = asyncio.create_task(stop.wait())
    something_happened, swept_at = True, 0.0
    try:
        with ThreadPoolExecutor(1, "router") as thread:
            while not stop.is_set():
                something_happened |= work.is_set()
                work.clear()
                since_sweep = time.monotonic() - swept_at
                is_sweep = since_sweep >= (SWEEP_PAUSE_SECONDS if something_happened else SWEEP_SECONDS)
                if is_sweep:
                    something_happened, swept_at = False, time.monotonic()
                if await asyncio.wrap_future(thread.submit(_route_or_rest, is_sweep)) < BATCH:
                    await asyncio.wait({stopping}, timeout=PAUSE_SECONDS)
                    waking = asyncio.create_task(work.wait())
                    await asyncio.wait({waking, stopping}, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                    waking.cancel()
            await asyncio.wrap_future(thread.submit(_disconnect))
    finally:
        listening.cancel()
        stopping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await listening


def _disconnect() -> None:
    """Of the thread that calls it: each has its own connection."""
    connection.close()


def _route_or_rest(is_sweep: bool) -> int:
    """``sweep`` and ``route``, or 0 while the database is away."""
    try:
        if is_sweep:
            sweep()
        return route()
    except Error as error:
        log.warning("Nothing can be routed at the moment: %s", str(error).strip())
        connection.close()
        return 0


def sweep(now: dt.datetime | None = None) -> None:
    """Make due what waits and could be given to somebody now."""
    now = now or timezone.now()
    look_at_covers(now)
    look_at_queues(now)


def route(now: dt.datetime | None = None, *, limit: int = BATCH) -> int:
    """Decide on what is due, at most ``limit``; how many there were.

    When a batch fails, each is decided by itself, and the one that is to blame is put off, so that the others go on.
    Raises django.db.OperationalError or InterfaceError when the database is away.
    """
    now = now or timezone.now()
    try:
        return _route(now, limit)
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # noqa: BLE001 - which conversation is to blame is found out one by one
        pks = standing.due(now, limit)
    for pk in pks:
        try:
            _route(now, 1, only=pk)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("Conversation %d cannot be routed and is put off", pk)
            Conversation.objects.filter(pk=pk, attention_at__lte=now).update(attention_at=now + PUT_OFF)
    return len(pks)


def _route(now: dt.datetime, limit: int, *, only: int | None = None) -> int:
    with transaction.atomic():
        pks = standing.claim(now, limit, only=only)
        if not pks:
            return 0
        standings = standing.read(pks)
        desk = Desk.load(now, standings, locked=True)
        moves = [desk.decide(each) for each in standings]
        recording.record(desk, moves)
    notices.tell_customers(desk, moves)
    return len(pks)
