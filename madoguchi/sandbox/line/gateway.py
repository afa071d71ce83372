"""The way into the emulated API: token, faults, rate limit, then the endpoint; a request id on every answer.

One wrapper instead of middlewares, for push has to pass here thousands of times a second."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from . import identifiers
from .emulator import Emulator
from .errors import LineError, NotFound, RateLimited, Unauthorized
from .faults import Fault, FaultRule
from .records import AccessToken, Channel, Json
from .world import World

logger = logging.getLogger(__name__)

MAX_BODY_BYTES = 2 * 1024 * 1024


@dataclass(slots=True)
class Call:
    """One request to an endpoint."""

    emulator: Emulator
    request: web.Request
    request_id: str
    raw: bytes
    token: AccessToken | None

    @property
    def world(self) -> World:
        return self.emulator.world

    @property
    def channel(self) -> Channel:
        assert self.token, "an endpoint without a token has no channel"
        return self.emulator.world.channels[self.token.channel_id]

    def path(self, name: str) -> str:
        return self.request.match_info[name]

    def query(self, name: str, default: str = "") -> str:
        return self.request.query.get(name, default)

    def json(self) -> Json:
        """The body as an object; 415 and 400 otherwise."""
        if not self.request.headers.get("Content-Type", "").lower().startswith("application/json"):
            raise LineError(415, "Unsupported Media Type")
        try:
            body = json.loads(self.raw)
        except (ValueError, RecursionError):
            raise LineError(400, "The request body could not be parsed as JSON") from None
        if not isinstance(body, dict):
            raise LineError(400, "The request body must be a JSON object")
        return body

    def form(self) -> dict[str, str]:
        """A form-encoded body; 415 otherwise."""
        if self.request.content_type != "application/x-www-form-urlencoded":
            raise LineError(415, "Unsupported Media Type")
        return dict(parse_qsl(self.raw.decode(errors="replace"), keep_blank_values=True))


Answer = Json | web.StreamResponse
Handler = Callable[[Call], Awaitable[Answer]]


def answer(body: Json, *, status: int = 200) -> web.Response:
    return web.Response(
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(),
        status=status,
        content_type="application/json",
    )


@dataclass(frozen=True, slots=True)
class Endpoint:
    method: str
    template: str
    handler: Handler
    needs_token: bool
    max_bytes: int


class Endpoints:
    """The endpoints of one area, collected by decorator."""

    def __init__(self) -> None:
        self.entries: list[Endpoint] = []

    def get(self, template: str, **options: Any) -> Callable[[Handler], Handler]:
        return self._add("GET", template, **options)

    def post(self, template: str, **options: Any) -> Callable[[Handler], Handler]:
        return self._add("POST", template, **options)

    def put(self, template: str, **options: Any) -> Callable[[Handler], Handler]:
        return self._add("PUT", template, **options)

    def delete(self, template: str, **options: Any) -> Callable[[Handler], Handler]:
        return self._add("DELETE", template, **options)

    def _add(
        self, method: str, template: str, *, needs_token: bool = True, max_bytes: int = MAX_BODY_BYTES
    ) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            self.entries.append(Endpoint(method, template, handler, needs_token, max_bytes))
            return handler

        return register


def mount(app: web.Application, emulator: Emulator, endpoints: Endpoints) -> None:
    for entry in endpoints.entries:
        app.router.add_route(entry.method, entry.template, _wrap(emulator, entry))


async def preflight(_: web.Request) -> web.Response:
    """Lets a LIFF page of another origin send its Authorization header."""
    return web.Response(
        status=204,
        headers={
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Allow-Headers": "Authorization, Content-Type",
            "Access-Control-Allow-Methods": "GET, POST",
        },
    )


def mount_not_found(app: web.Application, emulator: Emulator, prefix: str) -> None:
    """Everything else below `prefix` is an unknown endpoint; LINE has no trailing-slash tolerance either."""

    async def not_found(_: Call) -> Answer:
        raise NotFound

    app.router.add_route("*", prefix + "{tail:.*}", _wrap(emulator, Endpoint("*", prefix, not_found, False, 0)))


def _wrap(emulator: Emulator, entry: Endpoint) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    method, template, handler = entry.method, entry.template, entry.handler
    faults, limiter = emulator.faults, emulator.limiter

    async def serve(request: web.Request) -> web.StreamResponse:
        request_id = identifiers.request_id()
        channel_id = ""
        rule: FaultRule | None = None
        try:
            token = authenticate(emulator, request) if entry.needs_token else None
            if token:
                channel_id = token.channel_id
            if faults.rules:
                rule = faults.pick(request.method, request.path, channel_id)
                if rule:
                    await _misbehave_before(request, rule)
            if method != "*":
                if not limiter.take(channel_id, method, template):
                    raise RateLimited
                if (request.content_length or 0) > entry.max_bytes:
                    raise LineError(413, "Payload Too Large")
                raw = await request.read()
                if len(raw) > entry.max_bytes:
                    raise LineError(413, "Payload Too Large")
            else:
                raw = b""
            result = await handler(Call(emulator, request, request_id, raw, token))
            response = answer(result) if isinstance(result, dict) else result
            if rule:
                response = await _misbehave_after(request, rule, response)
        except LineError as error:
            response = answer(error.body, status=error.status)
            response.headers.update(error.headers)
        except web.HTTPRequestEntityTooLarge:
            response = answer({"message": "Payload Too Large"}, status=413)
        except (ConnectionError, TimeoutError):
            raise
        except Exception:
            logger.exception("%s %s", request.method, request.path)
            response = answer({"message": "Internal Server Error"}, status=500)
        response.headers["x-line-request-id"] = request_id
        if "Origin" in request.headers:
            # LIFF pages of other origins ask who the user is; only a token opens anything here.
            response.headers["Access-Control-Allow-Origin"] = "*"
        emulator.record(request_id, request.method, request.path, response.status, channel_id)
        return response

    return serve


def authenticate(emulator: Emulator, request: web.Request) -> AccessToken:
    """The channel access token of the request. LINE's exact wording is not documented."""
    header = request.headers.get("Authorization")
    if not header:
        raise Unauthorized(
            "Authorization header required. Must follow the scheme, 'Authorization: Bearer <ACCESS TOKEN>'"
        )
    scheme, _, value = header.partition(" ")
    token = emulator.world.access_tokens.get(value) if scheme.lower() == "bearer" else None
    if token is None or token.person_id:
        raise Unauthorized("invalid token")
    if token.expires_at is not None and token.expires_at <= emulator.world.clock.now():
        raise Unauthorized("The access token expired")
    return token


async def _misbehave_before(request: web.Request, rule: FaultRule) -> None:
    match rule.kind:
        case Fault.ERROR_BEFORE:
            raise LineError(500, "Internal Server Error")
        case Fault.RATE_LIMITED:
            raise RateLimited
        case Fault.DROP:
            _hang_up(request)
        case Fault.TIMEOUT_BEFORE:
            await asyncio.sleep(rule.seconds)
            _hang_up(request)


async def _misbehave_after(request: web.Request, rule: FaultRule, response: web.StreamResponse) -> web.StreamResponse:
    match rule.kind:
        case Fault.ERROR_AFTER:
            return answer({"message": "Internal Server Error"}, status=500)
        case Fault.TIMEOUT_AFTER:
            await asyncio.sleep(rule.seconds)
            _hang_up(request)
        case Fault.SLOW:
            await asyncio.sleep(rule.seconds)
    return response


def _hang_up(request: web.Request) -> None:
    """Break the connection without an answer."""
    if request.transport:
        request.transport.abort()
    raise ConnectionResetError
