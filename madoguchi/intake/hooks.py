"""The entrance for webhooks: ``POST /hooks/line/<account public id>``, as a raw ASGI application.

A request is answered with 200 only when its events are on disk. Its signature is checked over the raw bytes before
anything in them is looked at; what does not pass is counted and forgotten. 503 asks the provider to come again: LINE
redelivers whatever was not answered with 2xx (developers.line.biz/en/docs/messaging-api/receiving-messages).
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable

import psycopg

from madoguchi.channels.line import signature
from madoguchi.intake.account_secrets import AccountSecret, AccountSecrets, SecretUnreadable
from madoguchi.intake.group_commit import GroupCommit, NotStored
from madoguchi.intake.models import Rejection
from madoguchi.intake.rejections import Rejections
from madoguchi.intake.wake_up import WakeUp
from madoguchi.kit.asgi import Message, Receive, Scope, Send, answer
from madoguchi.kit.lasting_connection import LastingConnection

log = logging.getLogger(__name__)

PREFIX = "/hooks/line/"
BODY_BYTES_MAX = 2 * 1024 * 1024
_OK: Message = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"text/plain"), (b"content-length", b"2")],
}
_OK_BODY: Message = {"type": "http.response.body", "body": b"OK"}
Reason = Rejection.Reason


class _Refused(Exception):
    def __init__(self, status: int, sentence: bytes, reason: Rejection.Reason, account: AccountSecret | None = None):
        self.status = status
        self.sentence = sentence
        self.reason = reason
        self.account_id = account.account_id if account else None


class Hooks:
    """One per process."""

    def __init__(self) -> None:
        self._side = LastingConnection("madoguchi hooks, side", session="SET synchronous_commit TO off")
        self._secrets = AccountSecrets(self._side)
        self._rejections = Rejections(self._side)
        self._wake_up = WakeUp(self._side)
        self._commit = GroupCommit(stored=self._wake_up.consumers)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._tasks = [
            asyncio.create_task(_keep_running(part.run)) for part in (self._commit, self._wake_up, self._rejections)
        ]

    async def stop(self) -> None:
        await self._commit.drain()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._secrets.close()
        await self._rejections.flush()
        await self._side.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            await answer(send, 405, b"POST only", headers=[(b"allow", b"POST")])
            return
        try:
            await self._take_in(scope, receive)
        except _Refused as refused:
            self._rejections.count(refused.reason, refused.account_id)
            await answer(send, refused.status, refused.sentence)
        except (NotStored, SecretUnreadable, psycopg.OperationalError):
            await answer(send, 503, b"Not stored, please come again", headers=[(b"retry-after", b"1")])
        except _Disconnected:
            pass
        else:
            await send(_OK)
            await send(_OK_BODY)

    async def _take_in(self, scope: Scope, receive: Receive) -> None:
        public_id: str = scope["path"].removeprefix(PREFIX)
        account = await self._secrets.find(public_id)
        if account is None:
            raise _Refused(404, b"No such address", Reason.UNKNOWN_ACCOUNT)
        given = next((value for name, value in scope["headers"] if name == signature.HEADER), None)
        if given is None:
            raise _Refused(401, b"Not signed", Reason.NO_SIGNATURE, account)
        body = await _read(receive)
        if body is None:
            raise _Refused(413, b"Too large", Reason.TOO_LARGE, account)
        if not signature.is_genuine(body, account.secret, given):
            account = await self._secrets.find_anew(public_id) or account  # the secret may be a new one
            if not signature.is_genuine(body, account.secret, given):
                raise _Refused(401, b"The signature is wrong", Reason.WRONG_SIGNATURE, account)
        try:
            text = body.decode()
            events = json.loads(text)["events"]
        except (ValueError, TypeError, LookupError, RecursionError):
            events = None
        if not isinstance(events, list):
            raise _Refused(400, b"Not a list of events", Reason.NOT_JSON, account)
        if events:
            await self._commit.store(account.account_id, text)


async def _keep_running(run: Callable[[], Awaitable[None]]) -> None:
    """A mistake in one part is reported, and must not silence the entrance for ever."""
    while True:
        try:
            await run()
        except Exception:
            log.exception("A part of the webhook entrance failed and starts again")
            await asyncio.sleep(1)


class _Disconnected(Exception):
    """The client has gone before its request was complete."""


async def _read(receive: Receive) -> bytes | None:
    """The whole body; None as soon as it is too large."""
    message = await receive()
    body: bytes = message.get("body", b"")
    if message.get("more_body"):
        parts, size = [body], len(body)
        while message.get("more_body"):
            message = await receive()
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > BODY_BYTES_MAX:
                return None
        body = b"".join(parts)
    if message["type"] == "http.disconnect":
        raise _Disconnected
    return body if len(body) <= BODY_BYTES_MAX else None


_hooks: Hooks | None = None


async def startup() -> None:
    global _hooks  # noqa: PLW0603 - the one instance of this process
    _hooks = Hooks()
    await _hooks.start()


async def shutdown() -> None:
    if _hooks:
        await _hooks.stop()


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """To be mounted below /hooks/, between ``startup`` and ``shutdown``."""
    assert _hooks, "startup() has not run"
    await _hooks(scope, receive, send)
