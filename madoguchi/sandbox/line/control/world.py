"""Channels and people: read and seed."""

import hashlib
import re
import secrets

from aiohttp import web

from madoguchi.sandbox.line import delivery, identifiers
from madoguchi.sandbox.line.emulator import Emulator
from madoguchi.sandbox.line.records import AccessToken, Channel, Json, Person

from .lookup import answer, channel_named, emulator_of, read_json, read_object, refuse

routes = web.RouteTableDef()

# JSON name → attribute, for what may be set directly.
CHANNEL_FIELDS = {
    "secret": "secret",
    "name": "name",
    "provider": "provider",
    "kind": "kind",
    "botUserId": "bot_user_id",
    "basicId": "basic_id",
    "premiumId": "premium_id",
    "iconUrl": "icon_url",
    "country": "country",
    "verified": "verified",
    "chatMode": "chat_mode",
    "markAsReadMode": "mark_as_read_mode",
    "webhookUrl": "webhook_url",
    "webhookActive": "webhook_active",
    "redelivery": "redelivery",
    "suspended": "suspended",
    "planLimit": "plan_limit",
    "linkedBot": "linked_bot",
    "callbackUrls": "callback_urls",
    "assertionKeys": "assertion_keys",
    "createdAt": "created_at",
}
PERSON_FIELDS = {
    "name": "name",
    "language": "language",
    "pictureUrl": "picture_url",
    "statusMessage": "status_message",
    "gender": "gender",
    "age": "age",
    "area": "area",
    "appType": "app_type",
    "email": "email",
}


@routes.get("/sandbox/world")
async def get_world(request: web.Request) -> web.Response:
    emulator = emulator_of(request)
    world = emulator.world
    return answer(
        {
            "now": world.clock.now(),
            "channels": [channel_json(emulator, each) for each in world.channels.values()],
            "people": [person_json(each) for each in world.people.values()],
        }
    )


@routes.post("/sandbox/channels")
async def put_channel(request: web.Request) -> web.Response:
    """Create a channel, or change the given fields of the one with this `channelId`."""
    emulator, data = emulator_of(request), await read_object(request)
    channel = save_channel(emulator, data)
    emulator.stream.publish("people", {})
    return answer(full_channel_json(emulator, channel))


@routes.get("/sandbox/channels/{channel}")
async def get_channel(request: web.Request) -> web.Response:
    emulator = emulator_of(request)
    return answer(full_channel_json(emulator, channel_named(emulator, request.match_info["channel"])))


@routes.post("/sandbox/people")
async def put_people(request: web.Request) -> web.Response:
    """Create or change people, one or a list."""
    emulator, data = emulator_of(request), await read_json(request)
    people = [save_person(emulator, each) for each in (data if isinstance(data, list) else [data])]
    emulator.stream.publish("people", {})
    return answer([person_json(each) for each in people])


def save_channel(emulator: Emulator, data: Json) -> Channel:
    world = emulator.world
    channel_id = str(data.get("channelId") or 2_000_000_000 + secrets.randbelow(10**9))
    if not re.fullmatch(r"\d{1,20}", channel_id):
        raise refuse(400, "a channelId consists of digits")
    channel = world.channels.get(channel_id)
    if channel is None:
        channel = Channel(
            channel_id=channel_id,
            secret=hashlib.sha256(f"secret/{channel_id}".encode()).hexdigest()[:32],
            name=f"Channel {channel_id}",
            provider="provider",
            bot_user_id=identifiers.user_id("bot", channel_id),
            basic_id=identifiers.basic_id(channel_id),
            created_at=world.clock.now(),
        )
    for name, attribute in CHANNEL_FIELDS.items():
        if name in data:
            setattr(channel, attribute, data[name])
    if "plan" in data:
        channel.plan_limit = (data["plan"] or {}).get("limit")
    world.add_channel(channel)
    if "accessToken" in data or long_lived_token(emulator, channel) is None:
        set_long_lived_token(emulator, channel, str(data.get("accessToken") or secrets.token_urlsafe(96)))
    return channel


def long_lived_token(emulator: Emulator, channel: Channel) -> AccessToken | None:
    found = (
        token
        for token in emulator.world.access_tokens.values()
        if token.channel_id == channel.channel_id and token.kind == "long-lived"
    )
    return next(found, None)


def set_long_lived_token(emulator: Emulator, channel: Channel, value: str) -> None:
    """A channel has one long-lived token; a new one replaces it at once."""
    tokens = emulator.world.access_tokens
    if old := long_lived_token(emulator, channel):
        del tokens[old.token]
    tokens[value] = AccessToken(value, channel.channel_id, "long-lived", emulator.world.clock.now())
    emulator.world.touch()


def save_person(emulator: Emulator, data: Json) -> Person:
    """`userId` fixes the id with all providers of `provider`, or with all when none is named."""
    world = emulator.world
    person_id = str(data.get("personId") or "p" + secrets.token_hex(4))
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", person_id):
        raise refuse(400, "a personId consists of letters, digits, - and _")
    person = world.people.get(person_id) or Person(person_id=person_id, name=str(data.get("name") or person_id))
    for name, attribute in PERSON_FIELDS.items():
        if name in data:
            setattr(person, attribute, data[name] or "")
    person.user_ids.update(data.get("userIds") or {})
    if user_id := data.get("userId"):
        providers = {data["provider"]} if "provider" in data else {each.provider for each in world.channels.values()}
        person.user_ids.update(dict.fromkeys(providers, user_id))
    return world.add_person(person)


def channel_json(emulator: Emulator, channel: Channel) -> Json:
    return {
        "channelId": channel.channel_id,
        "kind": channel.kind,
        "name": channel.name,
        "basicId": channel.basic_id,
        "premiumId": channel.premium_id,
        "botUserId": channel.bot_user_id,
        "iconUrl": channel.icon_url,
        "provider": channel.provider,
        "linkedBot": channel.linked_bot,
        "webhookUrl": channel.webhook_url,
        "webhookActive": channel.webhook_active,
        "plan": {"limit": channel.plan_limit, "used": delivery.used_quota(emulator.world, channel)},
    }


def full_channel_json(emulator: Emulator, channel: Channel) -> Json:
    token = long_lived_token(emulator, channel)
    return {
        **{name: getattr(channel, attribute) for name, attribute in CHANNEL_FIELDS.items()},
        **channel_json(emulator, channel),
        "accessToken": token.token if token else "",
        "webhookErrors": channel.webhook_errors,
        "delivery": emulator.sender.plan(channel).to_json(),
    }


def person_json(person: Person) -> Json:
    return {
        "personId": person.person_id,
        "name": person.name,
        "pictureUrl": person.picture_url,
        "language": person.language,
        "statusMessage": person.status_message,
        "userIds": person.user_ids,
        "deleted": person.deleted,
    }
