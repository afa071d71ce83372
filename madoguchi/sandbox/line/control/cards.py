"""Printed codes that a phone could be held to: counter cards, posters. The sandbox knows what stands on them, not what
they mean."""

from dataclasses import asdict

import aiohttp
from aiohttp import web
from yarl import URL

from madoguchi.sandbox.line.network import is_loopback_host
from madoguchi.sandbox.line.records import PrintedCode

from .lookup import answer, emulator_of, read_json, refuse

routes = web.RouteTableDef()

MOST_CODES = 500
LOOK_SECONDS = 3.0


@routes.get("/sandbox/printed-codes")
async def get_printed_codes(request: web.Request) -> web.Response:
    """`[{text, title, note}]`, in the order in which they were printed."""
    return answer([asdict(each) for each in emulator_of(request).world.printed_codes.values()])


@routes.put("/sandbox/printed-codes")
async def put_printed_codes(request: web.Request) -> web.StreamResponse:
    """All of them: a list of `{text, title, note?}`; `text` is what the QR code says."""
    world, body = emulator_of(request).world, await read_json(request)
    if not isinstance(body, list) or len(body) > MOST_CODES or not all(isinstance(each, dict) for each in body):
        raise refuse(400, f"a list of at most {MOST_CODES} objects is needed")
    codes = [PrintedCode(*(str(each.get(name) or "") for name in ("text", "title", "note"))) for each in body]
    if not all(1 <= len(each.text) <= 1000 and each.title for each in codes):
        raise refuse(400, "each code needs a text of 1 to 1000 characters and a title")
    world.printed_codes = {each.text: each for each in codes}
    world.touch()
    emulator_of(request).stream.publish("people", {})
    return await get_printed_codes(request)


@routes.get("/sandbox/frames")
async def can_be_framed(request: web.Request) -> web.Response:
    """`{framed}`: whether a page on this machine lets the phones show it in their in-app browser (`?url=`). LINE's has
    no frame, so real pages need not allow it; those that do not are opened beside the phone."""
    url = URL(request.query.get("url", ""))
    if url.scheme != "http" or not is_loopback_host(url.host):
        return answer({"framed": False})
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=LOOK_SECONDS)) as session,
            session.get(url, allow_redirects=True) as response,
        ):
            policy = response.headers.get("Content-Security-Policy", "")
            is_page = response.content_type == "text/html"
            forbids = "X-Frame-Options" in response.headers
    except (aiohttp.ClientError, TimeoutError):
        return answer({"framed": False})
    allowed = next((part.split()[1:] for part in policy.split(";") if part.split()[:1] == ["frame-ancestors"]), None)
    origin = f"{request.scheme}://{request.host}"
    return answer({"framed": is_page and not forbids and (allowed is None or origin in allowed)})
