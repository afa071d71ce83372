"""liff.line.me: opening a LIFF app, and a small stand-in for LINE's JavaScript SDK at `/liff/sdk.js`.

The app's page gets its tokens in the fragment, as with LINE. The stand-in tells a page who opened it."""

from pathlib import Path
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from madoguchi.sandbox.line.emulator import EMULATOR
from madoguchi.sandbox.line.records import Json, LiffApp

from . import grants, jwt
from .html import failed, page, say
from .pages import COOKIE, with_query

routes = web.RouteTableDef()

SDK = Path(__file__).with_name("liff.js")


@routes.get("/liff/sdk.js")
async def sdk(_: web.Request) -> web.StreamResponse:
    return web.FileResponse(SDK, headers={"Content-Type": "text/javascript", "Access-Control-Allow-Origin": "*"})


@routes.get(r"/liff/{liff:\d+-\w+}{path:.*}")
async def open_app(request: web.Request) -> web.StreamResponse:
    """Redirects to the endpoint URL. `person` says who opens it; otherwise one chooses, as a phone knows by itself."""
    emulator = request.app[EMULATOR]
    world = emulator.world
    app = world.liff_apps.get(request.match_info["liff"])
    if app is None:
        return failed(request, "liffId", status=404)
    query = dict(request.query)
    person_id = query.pop("person", "") or request.cookies.get(COOKIE, "")
    person = world.people.get(person_id)
    if person is None or person.deleted:
        links = "".join(
            f'<label><a href="?{urlencode({**query, "person": each.person_id})}">{_escaped(each.name)}</a></label>'
            for each in list(world.people.values())[:50]
            if not each.deleted
        )
        return page(request, say(request, "who"), links)
    channel = world.channels[app.channel_id]
    scope = " ".join(app.settings.get("scope", []))
    token = grants.issue_user_token(world, channel, person, scope, grants.LIFF_TOKEN_SECONDS)
    fragment = {"access_token": token.token}
    if "openid" in scope.split():
        payload = grants.id_payload(world, channel, person, scope, nonce="", method="linesso")
        fragment["id_token"] = jwt.encode_es256(payload)
    raise web.HTTPFound(f"{_target(app, request.match_info['path'], query)}#{urlencode(fragment)}")


def _target(app: LiffApp, path: str, query: dict[str, str]) -> str:
    """The first redirect carries path and query in `liff.state`; the SDK then moves on to it."""
    url: str = app.settings["view"]["url"]
    state = path + (f"?{urlencode(query)}" if query else "")
    return with_query(url, {"liff.state": state}) if state else url


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


@routes.post("/sandbox/channels/{channel}/liff")
async def put_app(request: web.Request) -> web.Response:
    """Create or change a LIFF app with a fixed id: {liffId, view: {type, url}, scope?, botPrompt?}."""
    emulator = request.app[EMULATOR]
    body: Json = await request.json()
    liff_id, channel_id = str(body.pop("liffId", "")), request.match_info["channel"]
    view = body.get("view")
    if channel_id not in emulator.world.channels or not liff_id.startswith(f"{channel_id}-"):
        return web.json_response({"error": "liffId is the login channel's id, a hyphen and letters"}, status=400)
    if not isinstance(view, dict) or not urlsplit(str(view.get("url", ""))).hostname:
        return web.json_response({"error": "view.url is missing"}, status=400)
    settings = {"scope": ["openid", "profile"], **body, "view": {"type": "full", **view}}
    emulator.world.liff_apps[liff_id] = LiffApp(liff_id, channel_id, settings)
    emulator.world.touch()
    return web.json_response({"liffId": liff_id, **settings})
