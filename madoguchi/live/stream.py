"""The live stream, ``GET /live``: server-sent events that say which topics changed, and nothing else.

Who may hear what is decided once, by the ``audience`` that the stream was made with; the page then fetches what changed,
and permissions are checked again on every fetch. A stream ends after ten minutes, and the browser returns with its
session: whoever was signed out or lost a right is out of the stream by then. While the database is away there are no
streams, so the pages say that they are not connected.

Format: html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterable

from madoguchi.kit.asgi import Receive, Scope, Send, answer
from madoguchi.live.hub import Hub, Subscription

log = logging.getLogger(__name__)

LIFETIME_SECONDS = 600.0
PING_SECONDS = 15.0
"""Proxies close connections that are quiet for longer, usually a minute."""
QUEUE_INTERVAL_SECONDS = 0.7
"""Queues change with every message of every customer, and are fetched whole: not more often than this."""

Audience = Callable[[Scope], Iterable[str]]
"""The topics for whoever asks. Called in a thread; raises ``Refused``."""


class Refused(Exception):
    """The stream is not for them; ``status`` is 401, 404 or the like."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Stream:
    """One per process."""

    def __init__(self, audience: Audience) -> None:
        self._audience = audience
        self._hub = Hub()
        self._listening: asyncio.Task[None] | None = None

    async def startup(self) -> None:
        self._listening = asyncio.create_task(self._hub.run())

    async def shutdown(self) -> None:
        if self._listening:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET":
            await answer(send, 405, b"GET only", headers=[(b"allow", b"GET")])
            return
        try:
            topics = await asyncio.to_thread(self._audience, scope)
        except Refused as refused:
            await answer(send, refused.status, b"")
            return
        with self._hub.subscribed(topics) as subscription:
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            speaking = asyncio.create_task(_speak(subscription, send))
            leaving = asyncio.create_task(_left(receive))
            with contextlib.suppress(asyncio.CancelledError):  # the server is stopping: the browser will return
                await asyncio.wait({speaking, leaving}, return_when=asyncio.FIRST_COMPLETED)
            speaking.cancel()
            leaving.cancel()
            await asyncio.gather(speaking, leaving, return_exceptions=True)
            await send({"type": "http.response.body", "body": b""})


async def _left(receive: Receive) -> None:
    """Return when the browser is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _speak(subscription: Subscription, send: Send) -> None:
    await _write(send, "retry: 1000\n\n")
    now = time.monotonic()
    ends_at, ping_at, queue_at = now + LIFETIME_SECONDS, now + PING_SECONDS, now
    while now < ends_at and not subscription.is_over:
        next_at = min(ends_at, ping_at, queue_at if subscription.pending else ends_at)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(subscription.changed.wait(), max(0.0, next_at - now))
        subscription.changed.clear()
        now = time.monotonic()
        frames = _frames(subscription, with_queue=now >= queue_at)
        if any(frame.startswith("event: queue\n") for frame in frames):
            queue_at = now + QUEUE_INTERVAL_SECONDS
        if now >= ping_at:
            frames.append(": ping\n\n")
        if frames:
            ping_at = now + PING_SECONDS
            await _write(send, "".join(frames))


def _frames(subscription: Subscription, *, with_queue: bool) -> list[str]:
    """What is to be said now, taken out of ``pending``; queues stay in it until it is their time."""
    if subscription.must_resync:
        subscription.must_resync = False
        subscription.pending.clear()
        return ["event: resync\ndata: everything\n\n"]
    queues = {topic for topic in subscription.pending if topic.startswith("queue")}
    frames = [f"event: {topic.partition('-')[0]}\ndata: {topic}\n\n" for topic in sorted(subscription.pending - queues)]
    subscription.pending &= queues
    if queues and with_queue:
        subscription.pending.clear()
        frames.append(f"event: queue\ndata: {' '.join(sorted(queues))}\n\n")
    return frames


async def _write(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
