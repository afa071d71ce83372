"""From raw events to threads: the loop in the worker.

A batch is claimed, handled and settled in one transaction, so a crash at any point leaves it as it was. The claim skips
what others have claimed: any number of consumers may run. A batch that fails is handled again event by event, and the
event that is to blame is parked with its traceback while the others go on.

While events crowd in, three lanes work side by side, so that one computes while others wait for PostgreSQL. Each has
its own share of the customers: they would wait for each other's threads otherwise.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.db import Error, IntegrityError, OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone

from madoguchi.channels.line import events as line
from madoguchi.channels.ports import AnyEvent, Kept
from madoguchi.intake import wake_up
from madoguchi.intake.models import RawEvent
from madoguchi.intake.routes import handle
from madoguchi.kit import bulk
from madoguchi.live.listener import Listener

log = logging.getLogger(__name__)

BATCH = 500
LANES = 3
POLL_SECONDS = 1.0
TRIES = 3
"""Of a whole batch that lost a race (a unique row, a deadlock) against another transaction."""
State = RawEvent.State


async def run(stop: asyncio.Event) -> None:
    """Until ``stop``; the batch in hand is finished. Survives the database going away."""
    work = asyncio.Event()
    listener = Listener(wake_up.CHANNEL, on_message=lambda _payload: work.set(), on_connect=work.set)
    listening = asyncio.create_task(listener.run())
    stopping = asyncio.create_task(stop.wait())
    try:
        with contextlib.ExitStack() as stack:
            lanes = [stack.enter_context(ThreadPoolExecutor(1, f"consumer-{lane}")) for lane in range(LANES)]
            while not stop.is_set():
                work.clear()
                if await asyncio.wrap_future(lanes[0].submit(consume_or_rest)) == BATCH:
                    await asyncio.gather(*(_work_off_share(lane, lanes[lane], stop) for lane in range(LANES)))
                else:
                    waking = asyncio.create_task(work.wait())
                    await asyncio.wait({waking, stopping}, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                    waking.cancel()
            await asyncio.gather(*(asyncio.wrap_future(lane.submit(_disconnect)) for lane in lanes))
    finally:
        listening.cancel()
        stopping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await listening


async def _work_off_share(lane: int, thread: ThreadPoolExecutor, stop: asyncio.Event) -> None:
    """Batch after batch of one lane's customers, until no more than a batch of them waits."""
    while not stop.is_set() and await asyncio.wrap_future(thread.submit(consume_or_rest, lane)) == BATCH:
        pass


def consume_or_rest(lane: int | None = None) -> int:
    """``consume``, or 0 while the database is away."""
    try:
        return consume(lane=lane)
    except Error as error:
        log.warning("No events can be handled at the moment: %s", str(error).strip())
        connection.close()
        return 0


def consume(limit: int = BATCH, *, lane: int | None = None) -> int:
    """Handle the oldest waiting events, of all customers or of one lane's; how many there were.

    Raises django.db.Error when the database is away.
    """
    which = "state = 'new'" if lane is None else f"state = 'new' AND {_LANE} = {lane:d}"
    pks: list[int] = []
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                claimed = _claim(f"{which} ORDER BY id LIMIT %s", limit)
                pks = [raw.pk for raw in claimed]
                _work_off(claimed)
            return len(pks)
        except (OperationalError, IntegrityError) as error:
            if _is_disconnected() or not pks:
                raise
            log.info("A batch of %d events is tried again: %s", len(pks), str(error).strip())
        except Exception:  # noqa: BLE001 - which event is to blame is found out one by one
            break
    for pk in pks:
        consume_one(pk)
    return len(pks)


def consume_one(pk: int) -> None:
    """Handle one waiting event and park it when that fails. Raises django.db.Error when the database is away."""
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                _work_off(_claim("state = 'new' AND id = %s", pk))
            return
        except Exception as error:
            if _is_disconnected():
                raise
            if attempt < TRIES and isinstance(error, OperationalError | IntegrityError):
                continue
            log.exception("Raw event %d is parked", pk)
            RawEvent.objects.filter(pk=pk, state=State.NEW).update(
                state=State.PARKED,
                attempts=F("attempts") + 1,
                handled_at=timezone.now(),
                note=traceback.format_exc(),
            )
            return


@dataclass(frozen=True, slots=True)
class _Claimed:
    pk: int
    account_id: int
    payload: object
    received_at: dt.datetime


def _claim(which: str, parameter: int) -> list[_Claimed]:
    """The commit need not wait for the disk: should it be lost, the events are waiting again, and nobody who saw its
    outcome can have committed anything, for that would have brought it to the disk as well."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO off")
    rows = bulk.execute(
        f"SELECT id, account_id, payload, received_at FROM intake_rawevent WHERE {which} FOR UPDATE SKIP LOCKED",
        [parameter],
    )
    return [_Claimed(*row) for row in rows]


def _work_off(claimed: list[_Claimed]) -> None:
    events = [line.read(raw.pk, raw.account_id, raw.payload, raw.received_at) for raw in claimed]
    handle(events)
    _settle(claimed, events)


def _settle(claimed: list[_Claimed], events: list[AnyEvent]) -> None:
    """A note of the entrance (characters replaced) stays where there is no other."""
    kept = [event.reason if isinstance(event, Kept) else "" for event in events]
    kinds = [line.kind(raw.payload) for raw in claimed]
    bulk.execute(_SETTLE, [timezone.now(), [raw.pk for raw in claimed], kinds, kept])


def _disconnect() -> None:
    """Of the thread that calls it: each has its own connection."""
    connection.close()


def _is_disconnected() -> bool:
    return connection.connection is None or connection.connection.closed


_LANE = f"mod(abs(hashtext(coalesce(payload #>> '{{source,userId}}', ''))::bigint), {LANES})"
_SETTLE = """
UPDATE intake_rawevent raw
SET state = CASE WHEN r.reason = '' THEN 'done' ELSE 'kept' END, kind = r.kind,
    note = coalesce(nullif(r.reason, ''), raw.note), attempts = raw.attempts + 1, handled_at = %s
FROM unnest(%b::bigint[], %b::text[], %b::text[]) AS r (id, kind, reason)
WHERE raw.id = r.id
"""
