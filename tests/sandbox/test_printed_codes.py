"""Codes on paper, and the in-app browser in which what they say is opened."""

from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest
from aiohttp import web

from tests.sandbox.conftest import CHANNEL, Sandbox, listen

CODE = {"text": "https://liff.line.me/3001-abcd/bind/K7QF3M2X9T", "title": "葵", "note": "台北信義店"}


async def test_printed_codes_are_kept_as_they_are(sandbox: Sandbox) -> None:
    other = {"text": "anything at all", "title": "海報"}

    await sandbox.control("PUT", "/printed-codes", [CODE, other])

    assert await sandbox.control("GET", "/printed-codes") == [CODE, {**other, "note": ""}]
    await sandbox.control("PUT", "/printed-codes", [])
    assert await sandbox.control("GET", "/printed-codes") == []


@pytest.mark.parametrize(
    "wrong", [{}, ["text"], [{"text": "x"}], [{"title": "x"}], [{"text": "x" * 1001, "title": "x"}]]
)
async def test_a_code_that_says_nothing_is_refused(sandbox: Sandbox, wrong: object) -> None:
    await sandbox.control("PUT", "/printed-codes", [CODE])

    await sandbox.control("PUT", "/printed-codes", wrong, expect=400)

    assert await sandbox.control("GET", "/printed-codes") == [CODE]


async def test_the_phones_hear_of_new_cards(sandbox: Sandbox) -> None:
    async with sandbox.session.get(f"{sandbox.url}/sandbox/stream") as stream:
        await stream.content.readuntil(b": ready\n\n")
        await sandbox.control("PUT", "/printed-codes", [CODE])
        frame = await stream.content.readuntil(b"\n\n")

    assert frame.startswith(b"event: people")


async def test_the_phones_learn_which_account_a_login_channel_is_linked_to(sandbox: Sandbox) -> None:
    await sandbox.control("POST", "/channels", {"channelId": "3001", "kind": "login", "linkedBot": CHANNEL})

    channels = (await sandbox.control("GET", "/world"))["channels"]

    assert {each["channelId"]: each["linkedBot"] for each in channels} == {CHANNEL: "", "3001": CHANNEL}


@pytest.fixture
async def site() -> AsyncIterator[str]:
    """A web site on this machine whose pages answer with the headers of the query."""

    async def page(request: web.Request) -> web.Response:
        names = {"policy": "Content-Security-Policy", "options": "X-Frame-Options"}
        headers = {names[name]: value for name, value in request.query.items() if name in names}
        return web.Response(text="<p>", content_type=request.query.get("type", "text/html"), headers=headers)

    app = web.Application()
    app.router.add_get("/", page)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    yield await listen(runner)
    await runner.cleanup()


@pytest.mark.parametrize(
    ("query", "is_framed"),
    [
        ("", True),
        ("policy=default-src 'none'; frame-ancestors SANDBOX", True),
        ("policy=frame-ancestors 'none'", False),
        ("options=DENY", False),
        ("type=application/pdf", False),
    ],
)
async def test_a_page_is_shown_on_the_phone_when_it_allows_it(
    sandbox: Sandbox, site: str, query: str, is_framed: bool
) -> None:
    address = f"{site}/?{query.replace('SANDBOX', sandbox.url)}"

    assert await sandbox.control("GET", f"/frames?url={quote(address)}") == {"framed": is_framed}


@pytest.mark.parametrize("address", ["https://example.com/", "http://192.0.2.1/", "http://localhost:1/", "tel:1", ""])
async def test_nothing_is_fetched_from_elsewhere(sandbox: Sandbox, address: str) -> None:
    assert await sandbox.control("GET", f"/frames?url={quote(address)}") == {"framed": False}


async def test_a_page_on_the_phone_hands_lines_links_back_to_it(sandbox: Sandbox) -> None:
    address = f"{sandbox.url}/R/oaMessage/%40one/?hello"

    async with sandbox.session.get(address, headers={"Sec-Fetch-Dest": "iframe"}, allow_redirects=False) as answer:
        body, policy = await answer.text(), answer.headers["Content-Security-Policy"]

    assert answer.status == 200
    assert "handback.js" in body
    assert "frame-ancestors 'self'" in policy
