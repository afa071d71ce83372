"""The loop that sends. One is active in the whole installation, others stand by, so that the rate per account holds.

Work goes in turns of one short transaction each: write the outcomes that have come in, claim as much as may go out now.
Requests fly between turns, up to ``in_flight_max`` of them. Outcomes that cannot be written because the database is away
are kept and written when it is back; if the process dies before, the sweep of the next sender finds the rows.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from typing import assert_never

import psycopg
from django.conf import settings

from madoguchi import live
from madoguchi.channels.line.client import REQUEST_SECONDS, LineClient
from madoguchi.channels.line.sending import Parcel, send
from madoguchi.channels.models import Account, OutboundMessage
from madoguchi.channels.outbox import rows
from madoguchi.channels.outbox.lanes import SILENCES_UNTIL_UNREACHABLE, Lane, Lanes
from madoguchi.channels.outbox.rows import Claim, Connection, Settlement
from madoguchi.channels.outcomes import (
    Accepted,
    AccessRefused,
    Outcome,
    OutcomeUnknown,
    Refused,
    ReplyTokenInvalid,
    TryAgain,
)

logger = logging.getLogger(__name__)

IN_FLIGHT_MAX = 256
"""LINE's 2,000 a second at 100 ms each need 200."""
TURN_SECONDS = 0.01
"""Between two turns at least, so that outcomes gather and share a commit."""
POLL_SECONDS = 1.0
ACCOUNTS_EVERY_SECONDS = 2.0
SWEEP_EVERY_SECONDS = 60.0
RECONNECT_SECONDS = 0.5
FINISH_SECONDS = 8.0
"""How long a stop waits for answers; the worker allows ten seconds (madoguchi/worker.py)."""
LONGEST_DELAY_SECONDS = 300.0
ACCOUNTS_TOPIC = "accounts"
UNSENT_TOPIC = "queue-unsent"
"""An answer was refused or may be lost: news for queues, and only those above know whose. It is rare, so all are told."""

_State = OutboundMessage.State
_UNSENT = (_State.REFUSED, _State.UNKNOWN)
_Health = Account.Health


async def run(stop: asyncio.Event) -> None:
    """Send until ``stop`` is set; then finish what is under way (at most the time of a request) and return."""
    async with LineClient(connections=IN_FLIGHT_MAX) as line:
        await Sender(line).run(stop)


class Sender:
    def __init__(
        self, line: LineClient, *, in_flight_max: int = IN_FLIGHT_MAX, request_seconds: float = REQUEST_SECONDS
    ) -> None:
        self._line = line
        self._in_flight_max = in_flight_max
        self._request_seconds = request_seconds
        self._abandoned_seconds = request_seconds + 5
        """A row that has been under way for longer belongs to nobody."""
        self._lanes = Lanes()
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._settlements: list[Settlement] = []
        self._pushed: set[int] = set()
        """Ids of settlements that used up quota."""
        self._news: dict[int, tuple[str, str]] = {}
        """Health and its reason by account, to be written with the next turn."""
        self._awake = asyncio.Event()
        self._is_hungry = False
        self._accounts_at = self._swept_at = float("-inf")

    async def run(self, stop: asyncio.Event) -> None:
        stopping = asyncio.create_task(self._wake_at(stop))
        try:
            while not stop.is_set():
                try:
                    async with self._connection() as leader, self._connection() as work:
                        if await self._stand_by(leader, work, stop):
                            await self._lead(leader, work, stop)
                except psycopg.OperationalError as error:
                    logger.warning("The sender lost the database and will come back: %s", str(error).strip())
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(stop.wait(), RECONNECT_SECONDS)
        finally:
            stopping.cancel()

    # -- who sends -------------------------------------------------------------------------------------------------

    async def _stand_by(self, leader: Connection, work: Connection, stop: asyncio.Event) -> bool:
        """Wait until nobody else sends; returns False when asked to stop first."""
        while not stop.is_set():
            cursor = await leader.execute("SELECT pg_try_advisory_lock(%s)", [rows.LEADER_LOCK])
            if (await cursor.fetchone() or (False,))[0]:
                return True
            if self._settlements:  # from before we lost the lead
                await self._turn(work, is_claiming=False)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), POLL_SECONDS)
        return False

    async def _lead(self, leader: Connection, work: Connection, stop: asyncio.Event) -> None:
        listening = asyncio.create_task(self._listen(leader))
        try:
            if self._settlements:
                await self._turn(work, is_claiming=False)
            await self._sweep(work, is_alone=True)
            self._swept_at += self._abandoned_seconds + 1 - SWEEP_EVERY_SECONDS  # for the replies, too young just now
            while not stop.is_set():
                if listening.done():
                    await listening  # raises what ended it: without the lock we must not send
                started = time.monotonic()
                self._awake.clear()
                await self._look_after(work, started)
                await self._turn(work, is_claiming=True)
                await self._rest(started)
            await self._finish(work)
        finally:
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError, psycopg.Error):
                await listening

    async def _listen(self, leader: Connection) -> None:
        await leader.execute(f"LISTEN {rows.WAKE_CHANNEL}")
        async for _notify in leader.notifies():
            self._awake.set()
        raise psycopg.OperationalError("the connection that holds the lock has ended")

    async def _rest(self, started: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._awake.wait(), TURN_SECONDS if self._is_hungry else POLL_SECONDS)
        pause = started + TURN_SECONDS - time.monotonic()
        if pause > 0:
            await asyncio.sleep(pause)

    async def _wake_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._awake.set()

    # -- a turn ----------------------------------------------------------------------------------------------------

    async def _look_after(self, work: Connection, now: float) -> None:
        if now - self._accounts_at >= ACCOUNTS_EVERY_SECONDS:
            self._accounts_at = now
            self._lanes.update(await rows.accounts(work))
        if now - self._swept_at >= SWEEP_EVERY_SECONDS:
            await self._sweep(work, is_alone=False)

    async def _sweep(self, work: Connection, *, is_alone: bool) -> None:
        self._swept_at = time.monotonic()
        own = set(self._tasks) | {each.claim.id for each in self._settlements}
        threads = await rows.sweep(work, in_flight=own, abandoned_seconds=self._abandoned_seconds, is_alone=is_alone)
        if threads:
            logger.info("Took back what a former sender left behind in %d threads", len(threads))
            await _publish(work, (UNSENT_TOPIC, *(f"conversation-{thread}" for thread in threads)))

    async def _turn(self, work: Connection, *, is_claiming: bool) -> None:
        free = self._in_flight_max - len(self._tasks)
        allowances = self._lanes.allowances(free) if is_claiming and free > 0 else {}
        settlements, self._settlements = self._settlements, []
        news, self._news = self._news, {}
        claims: list[Claim] = []
        topics: set[str] = set()
        if not (settlements or news or allowances):
            self._is_hungry = self._is_hungry and self._lanes.are_filling()
            return
        try:
            async with work.transaction():
                if settlements:
                    topics |= await self._settle(work, settlements)
                for account_id, (health, detail) in news.items():
                    if await rows.set_health(work, account_id, health, detail):
                        topics.add(ACCOUNTS_TOPIC)
                if allowances:
                    claims = await rows.claim(work, allowances, free)
        except BaseException:
            self._settlements = settlements + self._settlements
            self._news = news | self._news
            raise
        self._pushed.difference_update(each.claim.id for each in settlements)
        for claim in claims:
            lane = self._lanes.by_account[claim.account_id]
            lane.start()
            self._tasks[claim.id] = asyncio.create_task(self._deliver(claim, lane))
        if allowances:
            taken = Counter(claim.account_id for claim in claims)
            self._is_hungry = any(taken[account_id] >= allowed for account_id, allowed in allowances.items())
        await _publish(work, topics)

    async def _settle(self, work: Connection, settlements: list[Settlement]) -> set[str]:
        threads = await rows.settle(work, settlements)
        pushes = Counter(
            each.claim.account_id for each in settlements if each.claim.id in self._pushed and each.claim.id in threads
        )
        if pushes:
            await rows.count_pushes(work, pushes)
        is_unsent = any(each.state in _UNSENT and each.claim.id in threads for each in settlements)
        return {f"conversation-{thread}" for thread in threads.values()} | ({UNSENT_TOPIC} if is_unsent else set())

    async def _finish(self, work: Connection) -> None:
        """Still the leader, wait for what is under way, and write it. The rest is for the sweep of the next sender."""
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=FINISH_SECONDS)
        await self._turn(work, is_claiming=False)

    # -- one request -----------------------------------------------------------------------------------------------

    async def _deliver(self, claim: Claim, lane: Lane) -> None:
        parcel = Parcel(claim.key, claim.external_id, claim.messages, claim.reply_token)
        access = lane.access
        try:
            outcome = await send(self._line, access, parcel)
        finally:
            lane.end()
            del self._tasks[claim.id]
        self._settlements.append(self._settlement(claim, outcome))
        if isinstance(outcome, Accepted) and outcome.counts:
            self._pushed.add(claim.id)
        if lane.access.token == access.token:  # otherwise it tells only about the former token
            self._learn(lane, outcome, by_reply=bool(claim.reply_token))
        self._awake.set()

    def _settlement(self, claim: Claim, outcome: Outcome) -> Settlement:
        """What the outcome means for the row."""
        match outcome:
            case Accepted():
                return Settlement(
                    claim, _State.ACCEPTED, request_id=outcome.request_id, sent_messages=outcome.sent_messages
                )
            case Refused():
                logger.warning("Outbound %d refused: %s %s", claim.id, outcome.refusal, outcome.detail)
                return Settlement(
                    claim,
                    _State.REFUSED,
                    request_id=outcome.request_id,
                    refusal=outcome.refusal,
                    detail=outcome.detail,
                )
            case ReplyTokenInvalid():
                return Settlement(claim, _State.QUEUED, is_untried=True)
            case AccessRefused():
                return Settlement(claim, _State.QUEUED, is_untried=claim.is_first_try, detail=outcome.detail)
            case OutcomeUnknown():
                logger.warning("Outbound %d: outcome unknown: %s", claim.id, outcome.detail)
                return Settlement(claim, _State.UNKNOWN, detail=outcome.detail)
            case TryAgain():
                delay = retry_delay(claim.attempt)
                if claim.first_tried_at + rows.KEY_LIFETIME < _now() + dt.timedelta(seconds=delay):
                    refusal = OutboundMessage.Refusal.EXPIRED
                    return Settlement(claim, _State.REFUSED, refusal=refusal, detail=outcome.detail)
                return Settlement(claim, _State.QUEUED, delay_seconds=delay, detail=outcome.detail)
            case _:
                assert_never(outcome)

    def _learn(self, lane: Lane, outcome: Outcome, *, by_reply: bool) -> None:
        """What the outcome tells about the account."""
        known = lane.account.health
        match outcome:
            case Accepted():
                lane.silences, lane.is_probing = 0, False
                still_true = by_reply and known in (_Health.QUOTA_USED_UP, _Health.FORBIDDEN)
                if known != _Health.OK and not still_true:
                    self._tell(lane, _Health.OK, "")
            case AccessRefused():
                lane.pause(time.monotonic())
                self._tell(lane, _Health.TOKEN_REFUSED, outcome.detail)
            case Refused(refusal=OutboundMessage.Refusal.QUOTA):
                self._tell(lane, _Health.QUOTA_USED_UP, outcome.detail)
            case Refused(refusal=OutboundMessage.Refusal.FORBIDDEN):
                self._tell(lane, _Health.FORBIDDEN, outcome.detail)
            case TryAgain(is_rate_limit=True):
                lane.slow_down()
            case TryAgain(is_silence=True) | OutcomeUnknown():
                lane.silences += 1
                if lane.silences >= SILENCES_UNTIL_UNREACHABLE and known == _Health.OK:
                    self._tell(lane, _Health.UNREACHABLE, outcome.detail)
            case Refused() | ReplyTokenInvalid() | TryAgain():
                lane.silences, lane.is_probing = 0, False

    def _tell(self, lane: Lane, health: str, detail: str) -> None:
        lane.note_health(health)
        self._news[lane.account.id] = (health, detail)

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        connection = await psycopg.AsyncConnection.connect(
            settings.DATABASE_URL, autocommit=True, application_name="madoguchi sender"
        )
        try:
            yield connection
        finally:
            await connection.close()


def retry_delay(attempt: int) -> float:
    """Seconds before the next try: doubling from one to five minutes, with jitter so that threads do not move in step."""
    return float(min(LONGEST_DELAY_SECONDS, 2.0 ** min(attempt - 1, 10)) * random.uniform(0.5, 1.0))


async def _publish(work: Connection, topics: Iterable[str]) -> None:
    if payloads := live.payloads(topics):
        await work.execute("SELECT pg_notify(%s, payload) FROM unnest(%s::text[]) AS payload", [live.CHANNEL, payloads])


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
