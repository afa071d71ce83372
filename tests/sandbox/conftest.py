"""A sandbox and a webhook receiver on real loopback ports, with everything that passes held against LINE's contract."""

import asyncio
import json
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from madoguchi.sandbox.line.emulator import EMULATOR, Emulator
from madoguchi.sandbox.line.records import Person
from madoguchi.sandbox.line.server import create_app
from madoguchi.sandbox.line.webhooks import signature
from madoguchi.sandbox.line.world import World
from tests.sandbox import contract

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from linebot.v3 import WebhookParser
    from linebot.v3.models import UnknownEvent

Json = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

SECRET = "0123456789abcdef0123456789abcdef"
CHANNEL, TOKEN = "1001", "token-1001"


@dataclass
class Receiver:
    """The bot server: keeps what it gets, answers what it is told to, and reads every webhook with LINE's own SDK."""

    url: str = ""
    bodies: list[Json] = field(default_factory=list)
    raw: list[tuple[str, str]] = field(default_factory=list)
    """Body and signature as they came."""
    problems: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    """Answers of the next requests; 200 after that."""
    delay_seconds: float = 0.0
    tolerant: bool = False
    """For events that LINE may add one day: in no specification, unknown to the SDK."""
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def events(self) -> list[Json]:
        return [event for body in self.bodies for event in body["events"]]

    async def wait_for(self, count: int, seconds: float = 20.0) -> list[Json]:
        """The events, as soon as there are `count`."""
        async with asyncio.timeout(seconds):
            while len(self.events) < count:
                self._arrived.clear()
                await self._arrived.wait()
        return self.events

    async def handle(self, request: web.Request) -> web.Response:
        raw = await request.read()
        signed = request.headers["x-line-signature"]
        assert signed == signature(SECRET, raw)
        body = json.loads(raw)
        if not self.tolerant:
            self._check(raw.decode(), signed, body)
        self.bodies.append(body)
        self.raw.append((raw.decode(), signed))
        self._arrived.set()
        if self.delay_seconds:
            await asyncio.sleep(self.delay_seconds)
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)

    def _check(self, raw: str, signed: str, body: Json) -> None:
        if agreed := contract.load():
            self.problems += agreed.check_webhook(body)
        for event in WebhookParser(SECRET).parse(raw, signed):
            if isinstance(event, UnknownEvent):
                self.problems.append(f"the SDK does not know {event}")


@dataclass
class Answer:
    status: int
    body: Any
    headers: dict[str, str]


@dataclass
class Sandbox:
    """A running sandbox with one channel, spoken to over HTTP."""

    url: str
    emulator: Emulator
    session: aiohttp.ClientSession
    problems: list[str]

    @property
    def world(self) -> World:
        return self.emulator.world

    async def api(self, method: str, path: str, body: Json | None = None, **options: Any) -> Answer:
        """A call with the channel's token; `token=None` sends none, `headers`, `data` and `params` as aiohttp has them."""
        token = options.pop("token", TOKEN)
        headers = dict(options.pop("headers", {}))
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if body is not None:
            options["json"] = body
        async with self.session.request(method, self.url + path, headers=headers, **options) as response:
            raw = await response.read()
            parsed = json.loads(raw) if "json" in response.content_type and raw else raw
            return Answer(response.status, parsed, {name.lower(): value for name, value in response.headers.items()})

    async def control(self, method: str, path: str, body: Any = None, *, expect: int = 200, **options: Any) -> Any:
        if body is not None:
            options["json"] = body
        async with self.session.request(method, f"{self.url}/sandbox{path}", **options) as response:
            assert response.status == expect, await response.text()
            return await response.json()

    async def play(self, person: str, action: str, body: Any = None, *, expect: int = 200, **options: Any) -> Any:
        """What a person does on the phone."""
        path = f"/people/{person}/channels/{CHANNEL}/{action}"
        return await self.control("POST", path, body if body is not None or options else {}, expect=expect, **options)

    async def chat(self, person: str) -> Json:
        found: Json = await self.control("GET", f"/people/{person}/channels/{CHANNEL}/chat")
        return found

    async def texts(self, person: str) -> list[str]:
        return [message.get("text", "") for message in (await self.chat(person))["messages"]]

    def user_id(self, person: str) -> str:
        channel = self.world.channels[CHANNEL]
        return self.world.user_id(self.world.people[person], channel.provider)

    async def push(self, person: str, *texts: str, **options: Any) -> Answer:
        messages = [{"type": "text", "text": text} for text in texts or ("hello",)]
        return await self.api(
            "POST", "/v2/bot/message/push", {"to": self.user_id(person), "messages": messages}, **options
        )

    async def advance(self, seconds: float) -> None:
        await self.control("POST", "/clock/advance", {"seconds": seconds})

    def add_people(self, count: int) -> list[Person]:
        """Friends in quantity, without a request each."""
        channel = self.world.channels[CHANNEL]
        made = [self.world.add_person(Person(f"crowd{number}", f"人{number}")) for number in range(count)]
        for person in made:
            friendship = self.world.friendship(channel, person.person_id)
            friendship.state, friendship.added_at = "friend", self.world.clock.now() - 86400 * 40
        return made


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    receiver.url = f"{await listen(runner)}/hook"
    yield receiver
    await runner.cleanup()
    assert receiver.problems == []


@pytest.fixture
async def sandbox(receiver: Receiver) -> AsyncIterator[Sandbox]:
    """One channel, and three people: Mei is a friend, Ken wrote without being one, Lin has done nothing."""
    problems: list[str] = []
    app = create_app(World())
    app.middlewares.append(_recorder(problems))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    url = await listen(runner)
    async with aiohttp.ClientSession() as session:
        sandbox = Sandbox(url, app[EMULATOR], session, problems)
        await sandbox.control(
            "POST",
            "/channels",
            {"channelId": CHANNEL, "name": "窓口", "secret": SECRET, "accessToken": TOKEN, "webhookUrl": receiver.url},
        )
        await sandbox.control(
            "POST",
            "/people",
            [{"personId": "mei", "name": "美"}, {"personId": "ken", "name": "健"}, {"personId": "lin", "name": "琳"}],
        )
        await sandbox.play("mei", "add")
        await sandbox.play("ken", "messages", {"type": "text", "text": "hi"})
        await sandbox.control("POST", "/channels", {"channelId": CHANNEL, "webhookActive": True})
        yield sandbox
        await asyncio.sleep(0)
    await runner.cleanup()
    assert problems == []


async def listen(runner: web.AppRunner) -> str:
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    return f"http://{host}:{port}"


def _recorder(problems: list[str]) -> Any:
    @web.middleware
    async def record(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        if (agreed := contract.load()) and contract.API.match(request.path) and request.method != "OPTIONS":
            sent = await request.read() if request.can_read_body or request.content_length else b""
            problems.extend(agreed.check_exchange(request, sent, response))
        return response

    return record
