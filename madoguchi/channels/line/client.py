"""Talking HTTP to LINE: one connection pool for all accounts of a process.

aiohttp, because it alone reaches the rate LINE allows (docs/decisions/0010-one-http-client.md). Two kinds of calls:
``send`` for the outbox, which returns the bare answer because every status means something there, and the others, which
raise ``channels.errors``.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import aiohttp
from yarl import URL

from madoguchi.channels import errors
from madoguchi.channels.line.answers import json_object
from madoguchi.channels.models import Account

REQUEST_SECONDS = 10.0
CONTENT_SECONDS = 600.0
"""For a whole download; a silence of REQUEST_SECONDS ends it earlier."""
IDLE_SECONDS = 10.0
"""A connection that has been quiet for longer is not used again: LINE may be closing it, and a reply that meets a closing
connection has an unknown outcome."""


@dataclass(frozen=True)
class Access:
    """Where the API of an account is, and what lets us in."""

    api_base: str
    data_base: str
    token: str

    @classmethod
    def of(cls, account: Account) -> Access:
        return cls(account.api_base, account.data_base, account.access_token)

    @cached_property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}

    @cached_property
    def reply_url(self) -> URL:
        return URL(f"{self.api_base}/v2/bot/message/reply")

    @cached_property
    def push_url(self) -> URL:
        return URL(f"{self.api_base}/v2/bot/message/push")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: dict[str, Any]
    request_id: str
    accepted_request_id: str = ""
    """With 409: the request that was accepted under the same retry key."""


@dataclass(frozen=True, slots=True)
class Profile:
    """get-profile; LINE leaves out what has no value."""

    display_name: str
    picture_url: str
    status_message: str
    language: str


@dataclass(frozen=True, slots=True)
class Quota:
    """Messages of this month that count; ``limit`` None: no limit (get-quota, get-consumption)."""

    limit: int | None
    used: int


@dataclass(frozen=True, slots=True)
class Webhook:
    address: str
    active: bool


class LineClient:
    """Make it inside a running event loop and close it there: ``async with LineClient() as line``."""

    def __init__(self, *, connections: int = 64, request_seconds: float = REQUEST_SECONDS) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=connections, keepalive_timeout=IDLE_SECONDS),
            timeout=aiohttp.ClientTimeout(total=request_seconds),
            auto_decompress=True,
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        self._content_timeout = aiohttp.ClientTimeout(total=CONTENT_SECONDS, sock_read=request_seconds)

    async def __aenter__(self) -> LineClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._session.close()

    async def send(self, url: URL, body: bytes, headers: dict[str, str]) -> Answer:
        """POST as it is. Raises aiohttp.ClientError and TimeoutError: what they mean depends on the route."""
        async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as response:
            raw = await response.read()
            request_id = response.headers.get("x-line-request-id", "")
            accepted_id = response.headers.get("x-line-accepted-request-id", "") if response.status == 409 else ""
            return Answer(response.status, json_object(raw), request_id, accepted_id)

    async def profile(self, access: Access, user_id: str) -> Profile:
        """Raises Gone for somebody who blocked us, left LINE, or never spoke to us."""
        body = await self.call(access, "GET", f"/v2/bot/profile/{user_id}")
        return Profile(
            display_name=str(body.get("displayName") or ""),
            picture_url=str(body.get("pictureUrl") or ""),
            status_message=str(body.get("statusMessage") or ""),
            language=str(body.get("language") or ""),
        )

    async def quota(self, access: Access) -> Quota:
        limit = await self.call(access, "GET", "/v2/bot/message/quota")
        usage = await self.call(access, "GET", "/v2/bot/message/quota/consumption")
        value = limit.get("value") if limit.get("type") == "limited" else None
        return Quota(limit=int(value) if value is not None else None, used=int(usage.get("totalUsage") or 0))

    async def bot_info(self, access: Access) -> dict[str, Any]:
        """userId, basicId, displayName … (get-bot-info): also the cheapest proof that the token works."""
        return await self.call(access, "GET", "/v2/bot/info")

    async def webhook(self, access: Access) -> Webhook:
        """Where LINE sends this account's events (get-webhook-endpoint-information). Raises Gone when it was never set."""
        body = await self.call(access, "GET", "/v2/bot/channel/webhook/endpoint")
        return Webhook(address=str(body.get("endpoint") or ""), active=bool(body.get("active")))

    async def test_webhook(self, access: Access) -> str:
        """Have LINE send an empty event there; what went wrong, empty when all is well (test-webhook-endpoint)."""
        body = await self.call(access, "POST", "/v2/bot/channel/webhook/test", {})
        return "" if body.get("success") else f"{body.get('reason', '')}: {body.get('detail', '')}".strip(": ")

    async def mark_as_read(self, access: Access, read_token: str) -> None:
        await self.call(access, "POST", "/v2/bot/chat/markAsRead", {"markAsReadToken": read_token})

    async def show_loading(self, access: Access, user_id: str, seconds: int) -> None:
        """``seconds``: 5 to 60 in steps of 5 (display-a-loading-indicator)."""
        await self.call(access, "POST", "/v2/bot/chat/loading/start", {"chatId": user_id, "loadingSeconds": seconds})

    @asynccontextmanager
    async def content(self, access: Access, message_id: str) -> AsyncIterator[aiohttp.ClientResponse]:
        """The file of a message, to be read in pieces. Raises NotReadyYet, Gone and the like before anything is read."""
        async with self.file(access, f"/v2/bot/message/{message_id}/content") as response:
            yield response

    @asynccontextmanager
    async def file(self, access: Access, path: str) -> AsyncIterator[aiohttp.ClientResponse]:
        """Any file of the data host, as ``content``."""
        url = URL(access.data_base + path)
        headers = {"Authorization": access.headers["Authorization"]}
        try:
            async with self._session.get(url, headers=headers, timeout=self._content_timeout) as response:
                if response.status == 202:
                    raise errors.NotReadyYet
                if response.status != 200:
                    _raise_for(response.status, json_object(await response.read()))
                yield response
        except (aiohttp.ClientError, TimeoutError) as error:
            raise errors.TryAgainLater(describe(error)) from error

    async def upload(self, access: Access, path: str, content: bytes, content_type: str) -> None:
        """POST a file to a route of the data host. Raises ``channels.errors``."""
        headers = {"Authorization": access.headers["Authorization"], "Content-Type": content_type}
        try:
            async with self._session.post(
                URL(access.data_base + path), data=content, headers=headers, timeout=self._content_timeout
            ) as response:
                answer = json_object(await response.read())
                if response.status != 200:
                    _raise_for(response.status, answer)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise errors.TryAgainLater(describe(error)) from error

    async def call(self, access: Access, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """The answer's body, of any route that speaks JSON. Raises ``channels.errors``."""
        data = None if body is None else json.dumps(body).encode()
        try:
            async with self._session.request(
                method, URL(access.api_base + path), data=data, headers=access.headers, allow_redirects=False
            ) as response:
                answer = json_object(await response.read())
                if response.status not in (200, 202):
                    _raise_for(response.status, answer)
                return answer
        except (aiohttp.ClientError, TimeoutError) as error:
            raise errors.TryAgainLater(describe(error)) from error


def describe(error: BaseException) -> str:
    """Some of these exceptions have no text at all."""
    return str(error) or type(error).__name__


def problem(body: dict[str, Any]) -> str:
    """LINE's message and its details in one line (error-responses); texts are LINE's and may change."""
    details = body.get("details")
    parts = [
        f"{detail.get('property', '')}: {detail.get('message', '')}".strip(": ")
        for detail in (details if isinstance(details, list) else [])
        if isinstance(detail, dict)
    ]
    message = str(body.get("message") or "")
    return f"{message} ({'; '.join(parts)})" if parts else message


def _raise_for(status: int, body: dict[str, Any]) -> None:
    text = problem(body) or f"HTTP {status}"
    if status == 401:
        raise errors.AccessTokenRefused(text)
    if status in (404, 410):
        raise errors.Gone(text)
    if status in (408, 429) or status >= 500:
        raise errors.TryAgainLater(text)
    raise errors.CallRefused(text)
