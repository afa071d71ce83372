"""Delivering webhooks to the entrance of this process, as the ASGI server would."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from madoguchi.channels.line.signature import sign
from madoguchi.channels.models import Account
from madoguchi.intake.hooks import Hooks
from madoguchi.kit.asgi import Message

Events = Sequence[Any]


@dataclass(frozen=True)
class Request:
    path: str
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()
    method: str = "POST"
    chunk_bytes: int = 1 << 30


@dataclass
class Answer:
    status: int = 0
    headers: dict[bytes, bytes] = field(default_factory=dict)
    body: bytes = b""


def webhook(account: Account, events: Events | bytes, *, secret: str = "") -> Request:
    """Signed as LINE signs it; ``events`` as bytes is the body as it is."""
    body = events if isinstance(events, bytes) else json.dumps({"destination": "U0", "events": events}).encode()
    signature = sign(body, (secret or account.channel_secret).encode())
    return Request(f"/hooks/line/{account.public_id}", body, ((b"x-line-signature", signature),))


def text_event(
    number: int, *, user: str = "U1", text: str = "您好", message_id: str = "", **more: Any
) -> dict[str, Any]:
    return {
        "type": "message",
        "mode": "active",
        "timestamp": 1_795_000_000_000 + number * 1000,
        "source": {"type": "user", "userId": user},
        "webhookEventId": f"01EVENT{number:019d}",
        "deliveryContext": {"isRedelivery": False},
        "replyToken": f"token-{number}",
        "message": {"type": "text", "id": message_id or f"{number}", "text": text},
        **more,
    }


def deliver(*requests: Request) -> list[Answer]:
    """All at the same time, to an entrance that starts before and stops after."""

    async def all_at_once() -> list[Answer]:
        hooks = Hooks()
        await hooks.start()
        try:
            return await asyncio.gather(*(ask(hooks, request) for request in requests))
        finally:
            await hooks.stop()

    return asyncio.run(all_at_once())


async def ask(hooks: Hooks, request: Request) -> Answer:
    answer = Answer()
    chunks = _chunks(request)

    async def receive() -> Message:
        body, more = next(chunks)
        return {"type": "http.request", "body": body, "more_body": more}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status, answer.headers = message["status"], dict(message["headers"])
        else:
            answer.body += message["body"]

    scope = {"type": "http", "method": request.method, "path": request.path, "headers": list(request.headers)}
    await hooks(scope, receive, send)
    return answer


def _chunks(request: Request) -> Iterator[tuple[bytes, bool]]:
    size = request.chunk_bytes
    parts = [request.body[start : start + size] for start in range(0, len(request.body), size)] or [b""]
    yield from ((part, index < len(parts) - 1) for index, part in enumerate(parts))
