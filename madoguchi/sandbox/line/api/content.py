"""What people sent: files, previews, transcoding (api-data.line.me)."""

from aiohttp import web

from madoguchi.sandbox.line.errors import LineError, NotFound
from madoguchi.sandbox.line.gateway import Answer, Call, Endpoints
from madoguchi.sandbox.line.media import content_type
from madoguchi.sandbox.line.records import ChatMessage

endpoints = Endpoints()

WITH_PREVIEW = frozenset({"image", "video"})
PREPARED = frozenset({"video", "audio"})


def _message(call: Call) -> ChatMessage:
    """A message of this channel that has a file; 410 after it was unsent (get-content)."""
    message = call.world.messages.get(call.path("messageId"))
    if message is None or message.channel_id != call.channel.channel_id or not message.media:
        raise NotFound
    if message.unsent:
        raise LineError(410, "The message was unsent")
    return message


def _is_prepared(call: Call, message: ChatMessage) -> bool:
    """Video and audio are transcoded first, for as long as the channel's delivery plan says."""
    wait = call.emulator.sender.plan(call.channel).transcoding_seconds
    return message.body["type"] not in PREPARED or call.world.clock.now_ms() >= message.at + wait * 1000


@endpoints.get("/v2/bot/message/{messageId}/content")
async def get_content(call: Call) -> Answer:
    message = _message(call)
    if not _is_prepared(call, message):
        return web.Response(status=202)
    return _file(call, message.media[0])


@endpoints.get("/v2/bot/message/{messageId}/content/transcoding")
async def get_transcoding(call: Call) -> Answer:
    message = _message(call)
    if message.body["type"] not in PREPARED:
        raise NotFound
    return {"status": "succeeded" if _is_prepared(call, message) else "processing"}


@endpoints.get("/v2/bot/message/{messageId}/content/preview")
async def get_preview(call: Call) -> Answer:
    message = _message(call)
    if message.body["type"] not in WITH_PREVIEW:
        raise NotFound
    preview = await call.emulator.media.preview(message.media[0])
    if preview is None:
        raise NotFound
    return _file(call, preview)


def _file(call: Call, name: str) -> web.StreamResponse:
    path = call.emulator.media.path(name)
    if path is None:
        raise NotFound
    return web.FileResponse(path, headers={"Content-Type": content_type(name)})
