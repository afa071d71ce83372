"""The routes of the pages: `/` (start), `/phones`, their assets, and LINE's own links (`/R/…`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from aiohttp import web
from yarl import URL

from madoguchi.sandbox.phones import assets, language, start
from madoguchi.sandbox.phones.markup import Page, escape

DEMO_INFO: Final = web.AppKey("demo_info", Path)

# Scripts and styles come from this origin only and never inline; pictures and sound may come from wherever the
# account under test keeps them, as with LINE.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data: blob: http: https:; media-src 'self' data: blob: http: https:; "
    "frame-src http: https:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# The page that hands a link of LINE's back to the phone whose in-app browser followed it.
HANDED_BACK: Final = "default-src 'none'; script-src 'self'; frame-ancestors 'self'"


def setup(app: web.Application) -> None:
    """Add the pages to the emulator's application.

    `app[DEMO_INFO]`, when set, names a JSON file that is read anew for each view of the start page:
    `{"console": "http://localhost:8000", "logins": [{"username", "name", "role", "password"}], "phones": ["personId"]}`.
    Without it the start page explains the emulator itself.
    """
    app.router.add_get("/", start_page)
    app.router.add_get("/phones", phones_page)
    app.router.add_get(assets.PREFIX + "/{version}/{name}", assets.serve)
    app.router.add_get("/R/{rest:.*}", line_link)


async def start_page(request: web.Request) -> web.Response:
    """`GET /`: what this is, where to go, the tour; or, without a demo, how to use the emulator."""
    page = _page(request)
    demo = _demo(request.app)
    origin = f"{request.scheme}://{request.host}"
    return _html(start.demo_page(page, demo) if demo else start.emulator_page(page, origin))


async def phones_page(request: web.Request) -> web.Response:
    """`GET /phones?p=person,person@channel&link=…`: the simulated phones; the script does the rest."""
    page = _page(request)
    demo = _demo(request.app) or {}
    console = escape(demo.get("console", ""))
    link = f'<a class="quiet" href="{console}" target="madoguchi-console">{page.say("phones.console")}</a>'
    first = escape(" ".join(demo.get("phones", [])))
    return _html(page.fill("phones.html", first=first, console=link if console else "", start=page.to("/")))


async def line_link(request: web.Request) -> web.Response:
    """`GET /R/…`: an address of `line.me` (add a friend, open a chat), opened on a phone: from outside, or by a page in
    its in-app browser, which is a frame."""
    if request.headers.get("Sec-Fetch-Dest") == "iframe":
        script = assets.address("handback.js")
        body = f'<!doctype html><meta charset="utf-8"><title>LINE</title><script src="{script}"></script>'
        return web.Response(
            text=body,
            content_type="text/html",
            headers={"Content-Security-Policy": HANDED_BACK, "Cache-Control": "no-store"},
        )
    raise web.HTTPFound(URL("/phones").with_query(link=f"https://line.me{request.raw_path}"))


def _page(request: web.Request) -> Page:
    asked = request.query.get("lang", "")
    return Page(language.choose(asked, request.headers.get("Accept-Language", "")), chosen=bool(asked))


def _demo(app: web.Application) -> dict[str, Any] | None:
    path = app.get(DEMO_INFO)
    if path is None or not path.is_file():
        return None
    info: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return info


def _html(body: str) -> web.Response:
    return web.Response(
        text=body,
        content_type="text/html",
        headers={
            "Content-Security-Policy": POLICY,
            "Cache-Control": "no-cache",
            "Vary": "Accept-Language",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        },
    )
