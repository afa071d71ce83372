"""Read the chats, and hear at once when one changes."""

import asyncio

from aiohttp import web

from madoguchi.sandbox.line.records import Json

from .lookup import answer, chat_of, emulator_of, person_named, refuse
from .view import chat_json, friendship_json, last_json, unread

routes = web.RouteTableDef()

HEARTBEAT_SECONDS = 15


@routes.get("/sandbox/people/{person}/chats")
async def get_chats(request: web.Request) -> web.Response:
    """Accounts that the person has anything to do with, the latest message first."""
    emulator = emulator_of(request)
    world = emulator.world
    person = person_named(emulator, request.match_info["person"])
    found: list[Json] = []
    for channel in world.channels.values():
        friendship = world.friendships.get(f"{channel.channel_id}/{person.person_id}")
        if friendship is None or channel.kind != "messaging":
            continue
        if friendship.state != "never" or friendship.messages:
            found.append(
                {
                    "channelId": channel.channel_id,
                    "name": channel.name,
                    "iconUrl": channel.icon_url,
                    "friendship": friendship_json(friendship),
                    "last": last_json(friendship),
                    "unread": unread(friendship),
                }
            )
    found.sort(key=lambda chat: chat["last"]["at"] if chat["last"] else 0, reverse=True)
    return answer(found)


@routes.get("/sandbox/people/{person}/channels/{channel}/chat")
async def get_chat(request: web.Request) -> web.Response:
    emulator, _, _, friendship = chat_of(request)
    limit = request.query.get("limit", "200")
    if not limit.isdecimal() or not 1 <= int(limit) <= 5000:
        raise refuse(400, "limit must be between 1 and 5000")
    return answer(chat_json(emulator, friendship, limit=int(limit), before=request.query.get("before", "")))


@routes.get("/sandbox/stream")
async def stream(request: web.Request) -> web.StreamResponse:
    """Server-sent events `chat`, `people`, `clock`; with `?person=` only that person's chats."""
    emulator = emulator_of(request)
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )
    await response.prepare(request)
    with emulator.stream.subscribe(request.query.get("person", "")) as queue:
        await response.write(b"retry: 1000\n: ready\n\n")
        while True:
            try:
                frame = await asyncio.wait_for(queue.get(), HEARTBEAT_SECONDS)
            except TimeoutError:
                frame = b": still here\n\n"
            if frame is None:
                return response
            await response.write(frame)
