"""Clock, faults, webhook behaviour, and what was accepted."""

import io

import segno
from aiohttp import web

from madoguchi.sandbox.line.faults import FaultRule
from madoguchi.sandbox.line.media import content_type

from .lookup import answer, as_number, channel_named, emulator_of, read_json, read_object, refuse

routes = web.RouteTableDef()


@routes.get("/sandbox/clock")
async def get_clock(request: web.Request) -> web.StreamResponse:
    clock = emulator_of(request).world.clock
    return answer({"now": clock.now(), "rate": clock.rate})


@routes.put("/sandbox/clock")
async def put_clock(request: web.Request) -> web.StreamResponse:
    emulator, body = emulator_of(request), await read_object(request)
    clock = emulator.world.clock
    try:
        rate = as_number(body["rate"], "rate") if "rate" in body else None
        clock.set(as_number(body.get("now", clock.now()), "now"), rate=rate)
    except ValueError as error:
        raise refuse(400, str(error)) from None
    emulator.world.touch()
    emulator.stream.publish("clock", {"now": clock.now()})
    return await get_clock(request)


@routes.post("/sandbox/clock/advance")
async def advance_clock(request: web.Request) -> web.StreamResponse:
    emulator, body = emulator_of(request), await read_object(request)
    emulator.world.clock.advance(as_number(body.get("seconds"), "seconds"))
    emulator.world.touch()
    emulator.stream.publish("clock", {"now": emulator.world.clock.now()})
    return await get_clock(request)


@routes.get("/sandbox/faults")
async def get_faults(request: web.Request) -> web.StreamResponse:
    return answer([rule.to_json() for rule in emulator_of(request).faults.rules])


@routes.put("/sandbox/faults")
async def put_faults(request: web.Request) -> web.StreamResponse:
    """Replace the rules: a list, or {rules, seed}; an empty list ends all faults."""
    emulator, body = emulator_of(request), await read_json(request)
    listed, seed = (body, 0) if isinstance(body, list) else (body.get("rules", []), int(body.get("seed", 0)))
    try:
        emulator.faults.replace([FaultRule.read(each) for each in listed], seed)
    except (KeyError, TypeError, ValueError) as error:
        raise refuse(400, f"not a fault rule: {error}") from None
    return await get_faults(request)


@routes.get("/sandbox/channels/{channel}/delivery")
async def get_delivery(request: web.Request) -> web.StreamResponse:
    emulator = emulator_of(request)
    channel = channel_named(emulator, request.match_info["channel"])
    return answer({**emulator.sender.plan(channel).to_json(), "errors": channel.webhook_errors})


@routes.put("/sandbox/channels/{channel}/delivery")
async def put_delivery(request: web.Request) -> web.StreamResponse:
    emulator = emulator_of(request)
    channel = channel_named(emulator, request.match_info["channel"])
    body = await read_object(request)
    try:
        emulator.sender.set_plan(channel, body)
    except (TypeError, ValueError) as error:
        raise refuse(400, str(error)) from None
    return await get_delivery(request)


@routes.get("/sandbox/limits")
async def get_limits(request: web.Request) -> web.StreamResponse:
    return answer({"scale": emulator_of(request).limiter.scale})


@routes.put("/sandbox/limits")
async def put_limits(request: web.Request) -> web.StreamResponse:
    """Multiply all rate limits by `scale`; 0 turns them off, for measuring. Full buckets either way."""
    emulator, body = emulator_of(request), await read_object(request)
    emulator.limiter.scale = as_number(body.get("scale", 1.0), "scale")
    emulator.limiter.reset()
    return await get_limits(request)


@routes.get("/sandbox/log")
async def get_log(request: web.Request) -> web.StreamResponse:
    """API requests, the oldest first: of a `channel`, `after` a number."""
    emulator = emulator_of(request)
    channel_id, after = request.query.get("channel", ""), int(as_number(request.query.get("after", "0"), "after"))
    return answer(
        [entry.to_json() for entry in emulator.log if entry.number > after and channel_id in ("", entry.channel_id)]
    )


@routes.get("/sandbox/webhooks")
async def get_webhooks(request: web.Request) -> web.StreamResponse:
    """The last webhook requests, the oldest first, and how many events arrived in all."""
    emulator = emulator_of(request)
    channel_id = request.query.get("channel", "")
    listed = [
        {
            "at": each.at,
            "channelId": each.channel_id,
            "webhookEventIds": each.event_ids,
            "status": each.status,
            "reason": each.reason,
            "detail": each.detail,
            "tookSeconds": round(each.took_seconds, 4),
        }
        for each in emulator.sender.log
        if channel_id in ("", each.channel_id)
    ]
    return answer({"delivered": emulator.sender.delivered, "pending": emulator.sender.pending, "requests": listed})


@routes.get("/sandbox/judge")
async def get_judge(request: web.Request) -> web.StreamResponse:
    """Every accepted bubble in the order of acceptance: who, what, by which request and retry key."""
    world = emulator_of(request).world
    channel_id = request.query.get("channel", "")
    return answer(
        [
            {
                "messageId": message.id,
                "channelId": message.channel_id,
                "personId": message.person_id,
                "at": message.at,
                "via": message.via,
                "requestId": message.request_id,
                "retryKey": message.retry_key or None,
                "delivered": message.delivered,
                "message": message.body,
            }
            for message in world.messages.values()
            if message.direction == "out" and message.via != "seed" and channel_id in ("", message.channel_id)
        ]
    )


@routes.get("/sandbox/media/{name}")
async def get_media(request: web.Request) -> web.StreamResponse:
    media = emulator_of(request).media
    name = request.match_info["name"]
    if "preview" in request.query:
        name = await media.preview(name) or name
    path = media.path(name)
    if path is None:
        raise refuse(404, "no such file")
    # Sent by people: never to be run as a page of this origin.
    safe = content_type(name).split("/")[0] in ("image", "video", "audio") and not name.endswith(".svg")
    headers = {"Content-Type": content_type(name), "X-Content-Type-Options": "nosniff", "Cache-Control": "max-age=3600"}
    if not safe:
        headers["Content-Disposition"] = "attachment"
    return web.FileResponse(path, headers=headers)


@routes.get("/qr")
async def qr_code(request: web.Request) -> web.StreamResponse:
    """A text as QR code, SVG."""
    text = request.query.get("text", "")
    if not 1 <= len(text) <= 1000:
        raise refuse(400, "text of 1 to 1000 characters is needed")
    buffer = io.BytesIO()
    segno.make(text, error="m").save(buffer, kind="svg", scale=6, border=2, xmldecl=False)
    return web.Response(body=buffer.getvalue(), content_type="image/svg+xml")
