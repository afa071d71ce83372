"""One process, three entrances: webhooks and the live stream in raw ASGI, pages in Django behind the WSGI bridge."""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madoguchi.settings")
sys.setswitchinterval(0.001)  # a thread that renders a page hands over sooner: hooks and streams wait for it

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections

pages_in_django = get_wsgi_application()  # sets Django up, which what follows relies on

from madoguchi import health
from madoguchi.console import stream
from madoguchi.intake import hooks
from madoguchi.kit.asgi import Receive, Scope, Send
from madoguchi.kit.garbage import spare_what_is_loaded
from madoguchi.kit.static_files import with_static_files
from madoguchi.kit.wsgi_bridge import WSGIBridge

UPLOAD_LIMIT = 210_000_000
"""Bytes of one request to a page. The largest thing a form may carry is a video: LINE takes up to 200 MB."""

pages = WSGIBridge(
    with_static_files(pages_in_django),
    threads=settings.WEB_THREADS,
    body_limit=UPLOAD_LIMIT,
    release=close_old_connections,
)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
    elif scope["type"] == "websocket":
        await send({"type": "websocket.close"})
    elif scope["path"].startswith("/hooks/"):
        await hooks.app(scope, receive, send)
    elif scope["path"] == "/live":
        await stream.app(scope, receive, send)
    elif scope["path"] == "/health":
        await health.respond(send, pages.run)
    else:
        await pages(scope, receive, send)


async def lifespan(receive: Receive, send: Send) -> None:
    await receive()
    await hooks.startup()
    await stream.startup()
    spare_what_is_loaded()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await stream.shutdown()
    await hooks.shutdown()
    pages.close()
    await send({"type": "lifespan.shutdown.complete"})
