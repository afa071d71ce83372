"""Play a person: add, block, write, unsend, tap."""

from typing import Any

from aiohttp import BodyPartReader, web

from madoguchi.sandbox.line import phone
from madoguchi.sandbox.line.emulator import Emulator
from madoguchi.sandbox.line.records import ChatMessage, Friendship, Json

from .lookup import answer, as_number, chat_of, emulator_of, message_in, read_json, read_object, refuse
from .view import friendship_json, message_json

routes = web.RouteTableDef()

CHAT = "/sandbox/people/{person}/channels/{channel}"
MAX_FILE_BYTES = 200 * 1024 * 1024


@routes.post(CHAT + "/add")
async def add(request: web.Request) -> web.Response:
    emulator, channel, person, _ = chat_of(request)
    body = await read_object(request)
    try:
        friendship = phone.add_friend(emulator, channel, person, quiet=bool(body.get("quiet")))
    except phone.NotPossible as error:
        raise refuse(409, str(error)) from None
    return answer({"friendship": friendship_json(friendship)})


@routes.post(CHAT + "/block")
async def block(request: web.Request) -> web.Response:
    emulator, channel, person, _ = chat_of(request)
    body = await read_object(request)
    friendship = phone.block(emulator, channel, person, quiet=bool(body.get("quiet")))
    return answer({"friendship": friendship_json(friendship)})


@routes.post(CHAT + "/unblock")
async def unblock(request: web.Request) -> web.Response:
    emulator, channel, person, _ = chat_of(request)
    body = await read_object(request)
    friendship = phone.unblock(emulator, channel, person, quiet=bool(body.get("quiet")))
    return answer({"friendship": friendship_json(friendship)})


@routes.post(CHAT + "/delete-account")
async def delete_account(request: web.Request) -> web.Response:
    emulator, _, person, friendship = chat_of(request)
    phone.delete_account(emulator, person)
    return answer({"friendship": friendship_json(friendship), "deleted": True})


@routes.post(CHAT + "/messages")
async def write(request: web.Request) -> web.Response:
    """One message, a list of them, or files as a form: several images are one image set.

    `quiet` sends no webhook, `timestamp` (ms) dates it, `direction: "out"` seeds an answer of the account."""
    emulator, _, _, friendship = chat_of(request)
    if request.content_type.startswith("multipart/"):
        messages = await _write_files(request, emulator, friendship)
    else:
        body = await read_json(request)
        listed = body if isinstance(body, list) else [body]
        messages = [write_message(emulator, friendship, each) for each in listed]
    shown = [message_json(emulator, each) for each in messages]
    return answer({"message": shown[0] if shown else None, "messages": shown})


@routes.post("/sandbox/history")
async def seed_history(request: web.Request) -> web.Response:
    """Seed many chats at once: [{personId, channelId, friend?: bool, messages: […]}]; returns the message ids."""
    emulator = emulator_of(request)
    world = emulator.world
    ids: list[list[str]] = []
    for chat in await read_json(request):
        channel, person = world.channels.get(chat["channelId"]), world.people.get(chat["personId"])
        if channel is None or person is None:
            raise refuse(404, f"no chat {chat['channelId']}/{chat['personId']}")
        if chat.get("friend"):
            phone.add_friend(emulator, channel, person, quiet=True)
        friendship = world.friendship(channel, person.person_id)
        messages = [write_message(emulator, friendship, {"quiet": True, **each}) for each in chat.get("messages", [])]
        ids.append([message.id for message in messages])
    return answer({"messageIds": ids})


@routes.post(CHAT + "/messages/{message}/unsend")
async def unsend(request: web.Request) -> web.Response:
    emulator, _, _, friendship = chat_of(request)
    message = message_in(friendship, request.match_info["message"], "in")
    phone.unsend(emulator, message)
    return answer({"message": message_json(emulator, message)})


@routes.post(CHAT + "/messages/{message}/click")
async def click(request: web.Request) -> web.Response:
    """A link in a bubble of the account was opened: {url}; for the statistics only."""
    emulator, _, _, friendship = chat_of(request)
    message = message_in(friendship, request.match_info["message"], "out")
    body = await read_object(request)
    message.clicks.append(str(body.get("url", "")))
    emulator.world.touch()
    return answer({})


@routes.post(CHAT + "/postback")
async def postback(request: web.Request) -> web.Response:
    emulator, _, _, friendship = chat_of(request)
    body = await read_object(request)
    if not isinstance(body.get("data"), str):
        raise refuse(400, "data is missing")
    phone.postback(emulator, friendship, body["data"], body.get("params"), str(body.get("displayText") or ""))
    return answer({})


@routes.post(CHAT + "/richmenu-tap")
async def tap_rich_menu(request: web.Request) -> web.Response:
    emulator, _, _, friendship = chat_of(request)
    body = await read_object(request)
    try:
        action = phone.tap_rich_menu(emulator, friendship, int(as_number(body.get("areaIndex"), "areaIndex")))
    except phone.NotPossible as error:
        raise refuse(409, str(error)) from None
    return answer({"action": action})


@routes.post(CHAT + "/open")
async def open_chat(request: web.Request) -> web.Response:
    emulator, _, _, friendship = chat_of(request)
    phone.open_chat(emulator, friendship)
    return answer({"friendship": friendship_json(friendship)})


@routes.post(CHAT + "/events")
async def send_event(request: web.Request) -> web.Response:
    """Any event: `type` and its fields; a null removes a common field. Kinds that LINE may add work as well."""
    emulator, channel, person, _ = chat_of(request)
    fields = await read_object(request)
    kind = fields.pop("type", None)
    if not isinstance(kind, str):
        raise refuse(400, "type is missing")
    return answer({"event": phone.emit(emulator, channel, person, kind, fields)})


def write_message(emulator: Emulator, friendship: Friendship, data: Json) -> ChatMessage:
    body = _content(data)
    quiet, at_ms = bool(data.get("quiet")), data.get("timestamp")
    if data.get("direction") == "out":
        return phone.seed_answer(emulator, friendship, body, at_ms=at_ms)
    try:
        return phone.write(emulator, friendship, body, quiet=quiet, at_ms=at_ms)
    except phone.NotPossible as error:
        raise refuse(409, str(error)) from None


def _content(data: Any) -> Json:
    if not isinstance(data, dict):
        raise refuse(400, "a message is an object")
    if data.get("direction") == "out":
        return {name: value for name, value in data.items() if name not in ("direction", "quiet", "timestamp")}
    names: tuple[str, ...]
    needed: tuple[str, ...]
    match data.get("type"):
        case "text":
            names, needed = ("text", "emojis", "mention", "quotedMessageId"), ("text",)
        case "sticker":
            names = ("packageId", "stickerId", "stickerResourceType", "keywords", "text", "quotedMessageId")
            needed = ("packageId", "stickerId")
            data = {"stickerResourceType": "STATIC", **data}
        case "location":
            names, needed = ("title", "address", "latitude", "longitude"), ("latitude", "longitude")
        case _:
            raise refuse(400, "type must be text, sticker or location; files come as a form")
    if missing := [name for name in needed if data.get(name) in (None, "")]:
        raise refuse(400, f"missing: {', '.join(missing)}")
    return {"type": data["type"], **{name: data[name] for name in names if data.get(name) is not None}}


async def _write_files(request: web.Request, emulator: Emulator, friendship: Friendship) -> list[ChatMessage]:
    kind, duration, quiet, at_ms = "", 0, False, None
    files: list[tuple[str, int, str]] = []
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise refuse(400, "nested forms are not understood")
        if part.name == "file":
            data = bytes(await part.read(decode=False))
            if not data:
                raise refuse(400, "the file is empty")
            name = part.filename or "file"
            files.append((name, len(data), await emulator.media.save(data, file_name=name)))
            kind = kind or str(part.headers.get("Content-Type", "")).partition("/")[0]
        elif part.name == "type":
            kind = await part.text()
        elif part.name == "duration":
            duration = int(as_number(await part.text(), "duration"))
        elif part.name == "quiet":
            quiet = await part.text() in ("1", "true")
        elif part.name == "timestamp":
            at_ms = int(as_number(await part.text(), "timestamp"))
    if not files:
        raise refuse(400, "the form has no file")
    if kind not in phone.CONTENT_TYPES:
        kind = "file"
    together = phone.image_set(len(files)) if kind == "image" else ""
    messages = []
    for index, (name, size, stored) in enumerate(files, start=1):
        body: Json = {"type": kind}
        if kind == "file":
            body.update(fileName=name, fileSize=size)
        else:
            body["contentProvider"] = {"type": "line"}
        if kind in ("video", "audio"):
            body["duration"] = duration or 1000
        if together:
            body["imageSet"] = {"id": together, "index": index, "total": len(files)}
        try:
            messages.append(phone.write(emulator, friendship, body, media=[stored], quiet=quiet, at_ms=at_ms))
        except phone.NotPossible as error:
            raise refuse(409, str(error)) from None
    return messages
