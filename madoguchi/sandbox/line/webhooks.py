"""Sending webhooks: signed, concurrent, and as unreliable as one asks for.

LINE promises neither order nor single delivery (receiving-messages). By default an event goes out at once and alone;
under a backlog several share a request. `DeliveryPlan` says what goes wrong, per channel and from a seed."""

import asyncio
import base64
import hashlib
import hmac
import json
import random
import time
from collections import deque
from collections.abc import Coroutine
from dataclasses import asdict, dataclass, field
from typing import Any

import aiohttp

from . import events
from .network import is_loopback_url
from .records import Channel, Json
from .world import World

TIMEOUT_SECONDS = 2.0
USER_AGENT = "LineBotWebhook/2.0"


@dataclass(slots=True)
class DeliveryPlan:
    """How webhooks of a channel travel. Seconds are real, except in the redelivery plan (movable clock)."""

    duplicate_rate: float = 0.0
    delay_seconds: tuple[float, float] = (0.0, 0.0)
    reorder_rate: float = 0.0
    """The share of events held back for up to `reorder_seconds`, so that later ones overtake them."""
    reorder_seconds: float = 0.5
    batch_seconds: float = 0.0
    batch_max: int = 10
    concurrency: int = 32
    redelivery_seconds: tuple[float, ...] = (10, 30, 60, 180, 600)
    """Waits before each redelivery; LINE keeps its own secret."""
    transcoding_seconds: float = 0.0
    """How long a video or audio is being prepared before it can be downloaded (movable clock)."""
    seed: int = 0

    @classmethod
    def read(cls, data: Json) -> "DeliveryPlan":
        """From camelCase JSON; unknown names raise ValueError."""
        names = {_camel(name): name for name in cls.__slots__}
        if unknown := set(data) - set(names):
            raise ValueError(f"unknown delivery settings: {', '.join(sorted(unknown))}")
        values: dict[str, Any] = {
            names[key]: tuple(value) if isinstance(value, list) else value for key, value in data.items()
        }
        return cls(**values)

    def to_json(self) -> Json:
        return {_camel(name): value for name, value in asdict(self).items()}


@dataclass(slots=True)
class _Line:
    """The events of one channel that wait to be sent."""

    plan: DeliveryPlan
    random: random.Random
    waiting: deque[Json] = field(default_factory=deque)
    in_flight: int = 0
    batching: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one webhook request; `reason` as in the webhook test API."""

    at: float
    channel_id: str
    event_ids: list[str]
    status: int
    reason: str
    detail: str
    took_seconds: float

    @property
    def ok(self) -> bool:
        return self.reason == "OK"


class WebhookSender:
    """Owns the HTTP session and the tasks. Create inside a running loop; `close()` abandons what is pending."""

    def __init__(self, world: World, *, loopback_only: bool = True) -> None:
        self._world = world
        self._loopback_only = loopback_only
        self._lines: dict[str, _Line] = {}
        self._sending: set[asyncio.Task[None]] = set()
        self._redeliveries: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None
        self.log: deque[Delivery] = deque(maxlen=2000)
        self.delivered = 0

    async def close(self) -> None:
        tasks = self._sending | self._redeliveries
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=0.5)
        if self._session:
            await self._session.close()

    async def until_idle(self) -> None:
        """Wait until every event had its delivery; redeliveries that are still to come do not count."""
        while self._sending:
            await asyncio.wait(self._sending)

    @property
    def pending(self) -> int:
        """Events that wait for a delivery, and deliveries under way or to be repeated."""
        return sum(len(line.waiting) for line in self._lines.values()) + len(self._sending) + len(self._redeliveries)

    def plan(self, channel: Channel) -> DeliveryPlan:
        return self._line(channel).plan

    def set_plan(self, channel: Channel, data: Json) -> DeliveryPlan:
        plan = DeliveryPlan.read(data)
        channel.delivery = data
        line = self._line(channel)
        line.plan, line.random = plan, random.Random(plan.seed)
        self._world.touch()
        return plan

    def emit(self, channel: Channel, event: Json) -> None:
        """Send an event as the channel's plan says; without an active webhook it is lost, as with LINE."""
        if not (channel.webhook_active and channel.webhook_url) or channel.suspended:
            return
        line = self._line(channel)
        plan, dice = line.plan, line.random
        copies = 2 if plan.duplicate_rate and dice.random() < plan.duplicate_rate else 1
        for _ in range(copies):
            delay = dice.uniform(*plan.delay_seconds) if plan.delay_seconds[1] else 0.0
            if plan.reorder_rate and dice.random() < plan.reorder_rate:
                delay += dice.uniform(0, plan.reorder_seconds)
            if delay:
                self._start(self._enqueue_later(channel, event, delay))
            else:
                self._enqueue(channel, event)

    async def post(self, channel: Channel, batch: list[Json]) -> Delivery:
        """One signed request; never raises for what the receiver does. Failures count in the error statistics."""
        delivery = await self.attempt(channel, batch, url=channel.webhook_url)
        self.log.append(delivery)
        if delivery.ok:
            self.delivered += len(batch)
        else:
            reason = delivery.reason.lower()
            channel.webhook_errors[reason] = channel.webhook_errors.get(reason, 0) + 1
            self._world.touch()
        return delivery

    async def attempt(self, channel: Channel, batch: list[Json], *, url: str) -> Delivery:
        """The same to any address, counted nowhere: what the webhook test does."""
        body = json.dumps(
            {"destination": channel.bot_user_id, "events": batch}, ensure_ascii=False, separators=(",", ":")
        ).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": USER_AGENT,
            "x-line-signature": signature(channel.secret, body),
        }
        started = time.monotonic()
        status, reason, detail = await self._request(url, body, headers)
        event_ids = [event.get("webhookEventId", "") for event in batch]
        took = time.monotonic() - started
        return Delivery(self._world.clock.now(), channel.channel_id, event_ids, status, reason, detail, took)

    async def _request(self, url: str, body: bytes, headers: dict[str, str]) -> tuple[int, str, str]:
        if self._loopback_only and not is_loopback_url(url):
            return 0, "COULD_NOT_CONNECT", "this sandbox sends to loopback addresses only"
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=30),
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        try:
            async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as response:
                await response.read()
                if 200 <= response.status < 300:
                    return response.status, "OK", str(response.status)
                return response.status, "ERROR_STATUS_CODE", str(response.status)
        except TimeoutError:
            return 0, "REQUEST_TIMEOUT", f"no answer within {TIMEOUT_SECONDS:g} seconds"
        except aiohttp.ClientConnectorError as error:
            return 0, "COULD_NOT_CONNECT", str(error.os_error)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return 0, "UNCLASSIFIED", f"{type(error).__name__}: {error}"

    def _line(self, channel: Channel) -> _Line:
        line = self._lines.get(channel.channel_id)
        if line is None:
            plan = DeliveryPlan.read(channel.delivery)
            line = self._lines[channel.channel_id] = _Line(plan, random.Random(plan.seed))
        return line

    def _start(self, work: Coroutine[Any, Any, None], among: set[asyncio.Task[None]] | None = None) -> None:
        tasks = self._sending if among is None else among
        task = asyncio.get_running_loop().create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    async def _enqueue_later(self, channel: Channel, event: Json, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._enqueue(channel, event)

    def _enqueue(self, channel: Channel, event: Json) -> None:
        line = self._line(channel)
        line.waiting.append(event)
        if line.plan.batch_seconds and len(line.waiting) < line.plan.batch_max:
            if not line.batching:
                line.batching = True
                self._start(self._flush_later(channel, line))
        elif line.in_flight < line.plan.concurrency:
            line.in_flight += 1
            self._start(self._send_waiting(channel, line))

    async def _flush_later(self, channel: Channel, line: _Line) -> None:
        await asyncio.sleep(line.plan.batch_seconds)
        line.batching = False
        line.in_flight += 1
        await self._send_waiting(channel, line)

    async def _send_waiting(self, channel: Channel, line: _Line) -> None:
        try:
            while line.waiting:
                count = min(len(line.waiting), line.plan.batch_max)
                await self._deliver(channel, line, [line.waiting.popleft() for _ in range(count)])
        finally:
            line.in_flight -= 1

    async def _deliver(self, channel: Channel, line: _Line, batch: list[Json], attempt: int = 0) -> None:
        for event in batch:
            events.reopen_reply_token(self._world, event)
        delivery = await self.post(channel, batch)
        waits = line.plan.redelivery_seconds
        if not delivery.ok and channel.redelivery and attempt < len(waits):
            again = [{**event, "deliveryContext": {"isRedelivery": True}} for event in batch]
            due = self._world.clock.now() + waits[attempt]
            self._start(self._redeliver(channel, line, again, attempt + 1, due), self._redeliveries)

    async def _redeliver(self, channel: Channel, line: _Line, batch: list[Json], attempt: int, due: float) -> None:
        await self._world.clock.sleep_until(due)
        if channel.webhook_active and channel.redelivery:
            await self._deliver(channel, line, batch, attempt)


def signature(secret: str, body: bytes) -> str:
    """`x-line-signature`: base64 of HMAC-SHA256 over the raw body (verify-webhook-signature)."""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))
