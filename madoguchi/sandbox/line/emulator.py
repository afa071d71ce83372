"""The running parts of one sandbox, handed to every endpoint."""

import asyncio
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from .faults import FaultBook
from .limits import RateLimiter
from .media import MediaStore
from .network import is_loopback_url
from .records import ChatMessage, Json
from .stream import Stream
from .webhooks import WebhookSender
from .world import World


@dataclass(frozen=True, slots=True)
class Options:
    allow_http: bool = True
    """Accept http:// URLs of this machine where LINE wants https."""
    loopback_only: bool = True
    """Call no address outside this machine (webhooks)."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One API request. `accepted` is False when the answer was an error."""

    number: int
    request_id: str
    at: float
    method: str
    path: str
    status: int
    channel_id: str

    @property
    def accepted(self) -> bool:
        return self.status < 400

    def to_json(self) -> Json:
        return {
            "number": self.number,
            "requestId": self.request_id,
            "at": self.at,
            "method": self.method,
            "path": self.path,
            "status": self.status,
            "channelId": self.channel_id,
            "accepted": self.accepted,
        }


@dataclass(slots=True)
class Emulator:
    world: World
    media: MediaStore
    options: Options = field(default_factory=Options)
    faults: FaultBook = field(default_factory=FaultBook)
    stream: Stream = field(default_factory=Stream)
    log: deque[LogEntry] = field(default_factory=lambda: deque(maxlen=20_000))
    requests: int = 0
    limiter: RateLimiter = field(init=False)
    sender: WebhookSender = field(init=False)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.limiter = RateLimiter(self.world.clock)
        self.sender = WebhookSender(self.world, loopback_only=self.options.loopback_only)
        self.world.listeners.append(self._tell_phones)

    def background(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` beside the requests; it is cancelled when the sandbox stops."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self.sender.close()
        self.media.close()

    def record(self, request_id: str, method: str, path: str, status: int, channel_id: str) -> None:
        self.requests += 1
        self.log.append(LogEntry(self.requests, request_id, self.world.clock.now(), method, path, status, channel_id))

    def accepts_url(self, url: str) -> bool:
        """https, or http on this machine when that is allowed."""
        return url.startswith("https://") or (
            self.options.allow_http and url.startswith("http://") and is_loopback_url(url)
        )

    def _tell_phones(self, channel_id: str, person_id: str, message: ChatMessage | None) -> None:
        if self.stream.watched:
            data: Json = {"personId": person_id, "channelId": channel_id}
            if message:
                data["messageId"] = message.id
            self.stream.publish("chat", data, person_id=person_id)


EMULATOR = web.AppKey("emulator", Emulator)
