"""The LINE sandbox at the wire: in this process, on a port of its own, steered by its control API like by anybody else."""

from __future__ import annotations

import asyncio
import http.client
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web

from madoguchi.sandbox.line.server import create_app
from madoguchi.sandbox.line.world import World as LineWorld

if TYPE_CHECKING:
    from madoguchi.channels.models import Account, Contact

Json = dict[str, Any]


class LineSandbox:
    def __init__(self, url: str) -> None:
        self.url = url

    # -- what exists there -----------------------------------------------------------------------------------------

    def open_for(self, account: Account, *, plan_limit: int | None = None) -> None:
        """Make the account's channel there, and let the account call the sandbox instead of LINE."""
        account.api_base = account.data_base = self.url
        account.save()
        self.call(
            "POST",
            "/sandbox/channels",
            {
                "channelId": account.channel_id,
                "secret": account.channel_secret,
                "accessToken": account.access_token,
                "provider": account.provider.name,
                "name": account.name,
                "plan": {"limit": plan_limit},
            },
        )

    def befriend(self, contact: Contact) -> str:
        """A person with the contact's user id, who has added the account as a friend; returns their id there."""
        person = f"p{contact.pk}"
        self.call(
            "POST",
            "/sandbox/people",
            {
                "personId": person,
                "name": contact.profile_name or person,
                "userId": contact.external_id,
                "provider": contact.account.provider.name,
            },
        )
        self.call("POST", f"/sandbox/people/{person}/channels/{contact.account.channel_id}/add", {"quiet": True})
        return person

    def open_login_for(self, account: Account, *, endpoint: str = "http://localhost:8000/liff") -> None:
        """A LINE Login channel with a LIFF app, linked to the account, which is told of them."""
        account.login_channel_id = f"9{account.channel_id}"
        account.liff_id = f"{account.login_channel_id}-abcd1234"
        account.save()
        self.call(
            "POST",
            "/sandbox/channels",
            {
                "channelId": account.login_channel_id,
                "kind": "login",
                "provider": account.provider.name,
                "linkedBot": account.channel_id,
            },
        )
        self.call(
            "POST",
            f"/sandbox/channels/{account.login_channel_id}/liff",
            {"liffId": account.liff_id, "view": {"url": endpoint}},
        )

    def id_token(self, account: Account, person: str) -> str:
        """As the page gets it that this person opens inside LINE."""
        parts = urlsplit(f"{self.url}/liff/{account.liff_id}?person={person}")
        connection = http.client.HTTPConnection(parts.netloc, timeout=10)
        try:
            connection.request("GET", f"{parts.path}?{parts.query}")
            target = connection.getresponse().headers["Location"]
        finally:
            connection.close()
        return parse_qs(urlsplit(target).fragment)["id_token"][0]

    def use_token(self, account: Account, token: str) -> None:
        """The channel has another access token from now on; the former one is refused."""
        self.call("POST", "/sandbox/channels", {"channelId": account.channel_id, "accessToken": token})

    # -- what goes wrong -------------------------------------------------------------------------------------------

    def fail(self, kind: str, *, path: str = "/v2/bot/message/*", times: int | None = 1, **more: Any) -> None:
        """Requests to ``path`` meet this fault (sandbox/line/faults.py), ``times`` times."""
        self.call("PUT", "/sandbox/faults", [{"match": {"path": path}, "kind": kind, "times": times, **more}])

    def recover(self) -> None:
        self.call("PUT", "/sandbox/faults", [])

    # -- what it saw -----------------------------------------------------------------------------------------------

    def accepted(self) -> list[Json]:
        """Every bubble, in the order of acceptance."""
        found: list[Json] = self.call("GET", "/sandbox/judge")
        return found

    def texts(self) -> list[str]:
        return [each["message"].get("text", each["message"]["type"]) for each in self.accepted()]

    def refusals(self, account: Account, messages: list[Json]) -> list[str]:
        """What LINE has against these message objects (validate-message-objects-of-push-message); empty: it takes them."""
        headers = {"Authorization": f"Bearer {account.access_token}", "Content-Type": "application/json"}
        data = json.dumps({"messages": messages}).encode()
        request = urllib.request.Request(f"{self.url}/v2/bot/message/validate/push", data, headers)
        try:
            urllib.request.urlopen(request, timeout=10).close()
        except urllib.error.HTTPError as error:
            with error:
                found = json.load(error)
            return [found["message"], *(str(detail) for detail in found.get("details", []))]
        return []

    def requests(self) -> list[tuple[str, int]]:
        """Last part of the path, and status, of every request."""
        return [(each["path"].rpartition("/")[2], each["status"]) for each in self.call("GET", "/sandbox/log")]

    def call(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)


@contextmanager
def line_sandbox() -> Iterator[LineSandbox]:
    loop = asyncio.new_event_loop()
    runner = web.AppRunner(create_app(LineWorld()), access_log=None, shutdown_timeout=0.1)

    async def start() -> str:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        return f"http://{host}:{port}"

    thread = threading.Thread(target=loop.run_forever, name="line sandbox")
    thread.start()
    try:
        yield LineSandbox(asyncio.run_coroutine_threadsafe(start(), loop).result(10))
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
