"""The fastest entrance there can be: it checks the signature and forgets the request. For comparison only."""

from __future__ import annotations

import os

from madoguchi.channels.line import signature
from madoguchi.kit.asgi import Receive, Scope, Send, answer

_SECRET = os.environ.get("BARE_ENTRANCE_SECRET", "").encode()


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        return
    body = (await receive())["body"]
    given = next(value for name, value in scope["headers"] if name == signature.HEADER)
    await answer(send, 200 if signature.is_genuine(body, _SECRET, given) else 401, b"OK")
