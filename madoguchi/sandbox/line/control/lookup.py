"""What the control endpoints share: finding things, reading bodies, answering."""

import json
from typing import Any

from aiohttp import web

from madoguchi.sandbox.line.emulator import EMULATOR, Emulator
from madoguchi.sandbox.line.records import Channel, ChatMessage, Friendship, Json, Person


def emulator_of(request: web.Request) -> Emulator:
    return request.app[EMULATOR]


def answer(body: Any, *, status: int = 200) -> web.Response:
    return web.json_response(body, status=status, dumps=lambda value: json.dumps(value, ensure_ascii=False))


def refuse(status: int, reason: str) -> web.HTTPException:
    """An exception that answers `{"error": reason}`."""
    kinds: dict[int, type[web.HTTPException]] = {
        400: web.HTTPBadRequest,
        403: web.HTTPForbidden,
        404: web.HTTPNotFound,
        409: web.HTTPConflict,
        410: web.HTTPGone,
    }
    return kinds[status](text=json.dumps({"error": reason}, ensure_ascii=False), content_type="application/json")


async def read_json(request: web.Request) -> Any:
    """The body, `{}` when there is none; 400 when it is not JSON."""
    raw = await request.read()
    if not raw:
        return {}
    try:
        return json.loads(raw)
    except ValueError:
        raise refuse(400, "the body is not JSON") from None


async def read_object(request: web.Request) -> Json:
    body = await read_json(request)
    if not isinstance(body, dict):
        raise refuse(400, "the body must be an object")
    return body


def as_number(value: Any, name: str) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise refuse(400, f"{name} must be a number") from None


def channel_named(emulator: Emulator, channel_id: str) -> Channel:
    channel = emulator.world.channels.get(channel_id)
    if channel is None:
        raise refuse(404, f"no channel {channel_id}")
    return channel


def person_named(emulator: Emulator, person_id: str) -> Person:
    person = emulator.world.people.get(person_id)
    if person is None:
        raise refuse(404, f"no person {person_id}")
    return person


def message_in(friendship: Friendship, message_id: str, direction: str) -> ChatMessage:
    """A message of this chat, of the person (`in`) or of the account (`out`); 404 otherwise."""
    for message in reversed(friendship.messages):
        if message.id == message_id and message.direction == direction:
            return message
    raise refuse(404, f"no such message {message_id} in this chat")


def chat_of(request: web.Request) -> tuple[Emulator, Channel, Person, Friendship]:
    """What `/sandbox/people/{person}/channels/{channel}/…` is about; 404 when one of them does not exist."""
    emulator = emulator_of(request)
    person = person_named(emulator, request.match_info["person"])
    channel = channel_named(emulator, request.match_info["channel"])
    return emulator, channel, person, emulator.world.friendship(channel, person.person_id)
