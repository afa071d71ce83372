"""What LINE's answers mean, by route, where the sandbox gives no such answer."""

import asyncio
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from madoguchi.channels.line.client import Access, LineClient
from madoguchi.channels.line.messages import Voice, file, shorten, text
from madoguchi.channels.line.sending import Parcel, send
from madoguchi.channels.models import OutboundMessage
from madoguchi.channels.outcomes import Accepted, AccessRefused, Outcome, OutcomeUnknown, Refused, TryAgain
from madoguchi.kit.text_length import utf16_units

Refusal = OutboundMessage.Refusal
KEY = uuid.UUID("3fa85f64-5717-4562-b3fc-2c963f66afa6")


@contextmanager
def line_that_answers(status: int, body: bytes) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    asked: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append({"path": self.path, "headers": dict(self.headers), "body": json.loads(content)})
            self.send_response(status)
            self.send_header("x-line-request-id", "of-this-request")
            if status == 409:
                self.send_header("x-line-accepted-request-id", "of-the-first")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


def outcome(url: str, *, reply_token: str = "") -> Outcome:
    async def ask() -> Outcome:
        async with LineClient(request_seconds=2) as line:
            parcel = Parcel(KEY, "U" + "1" * 32, '[{"type": "text", "text": "好"}]', reply_token)
            return await send(line, Access(url, url, "token"), parcel)

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("status", "body", "by_push", "by_reply"),
    [
        (403, b'{"message":"Access to this API is not available"}', Refusal.FORBIDDEN, Refusal.FORBIDDEN),
        (413, b'{"message":"Payload Too Large"}', Refusal.INVALID, Refusal.INVALID),
        (429, b'{"message":"You have reached your monthly limit."}', Refusal.QUOTA, Refusal.QUOTA),
        (429, b'{"message":"The API rate limit has been exceeded."}', TryAgain, TryAgain),
        (401, b'{"message":"Authentication failed"}', AccessRefused, AccessRefused),
        (400, b'{"message":"The property, to, in the request body is invalid"}', Refusal.RECIPIENT, Refusal.RECIPIENT),
        (400, b"not even JSON", Refusal.INVALID, Refusal.INVALID),
        (302, b"", Refusal.INVALID, Refusal.INVALID),
        (408, b"", TryAgain, OutcomeUnknown),
        (503, b"<html>busy</html>", TryAgain, OutcomeUnknown),
        (200, b"not even JSON", Accepted, Accepted),
        (200, b'{"sentMessages":"odd"}', Accepted, Accepted),
    ],
)
def test_an_answer_means(status: int, body: bytes, by_push: object, by_reply: object) -> None:
    with line_that_answers(status, body) as (url, _asked):
        found = [outcome(url), outcome(url, reply_token="r")]

    assert [each.refusal if isinstance(each, Refused) else type(each) for each in found] == [by_push, by_reply]


def test_only_a_push_carries_the_retry_key() -> None:
    with line_that_answers(200, b"{}") as (url, asked):
        outcome(url)
        outcome(url, reply_token="r")

    assert [each["headers"].get("X-Line-Retry-Key") for each in asked] == [str(KEY), None]
    assert [sorted(each["body"]) for each in asked] == [["messages", "to"], ["messages", "replyToken"]]
    assert asked[0]["headers"]["Authorization"] == "Bearer token"


def test_a_known_retry_key_is_an_acceptance_of_the_first_request() -> None:
    body = b'{"message":"The retry key is already accepted","sentMessages":[{"id":"1","quoteToken":"q"}]}'
    with line_that_answers(409, body) as (url, _asked):
        found = outcome(url)

    assert found == Accepted("of-the-first", [{"id": "1", "quoteToken": "q"}], counts=True)


def test_without_a_connection_a_reply_was_certainly_not_sent() -> None:
    with line_that_answers(200, b"{}") as (url, _asked):
        pass

    assert isinstance(outcome(url, reply_token="r"), TryAgain)


def test_a_voice_fits_lines_limit_and_an_icon_is_optional() -> None:
    with_icon = text("好", voice=Voice("一二三四五六七八九十" * 3, "https://example.com/icon.png"))

    assert len(with_icon["sender"]["name"]) == 20
    assert text("好", voice=Voice("森"))["sender"] == {"name": "森"}


@pytest.mark.parametrize("words", ["短い", "🙂" * 100, "字" * 100, "a🙂" * 50])
def test_shortened_text_is_never_longer_and_never_cuts_a_character(words: str) -> None:
    cut = shorten(words, 40)

    assert utf16_units(cut) <= 40
    assert words.startswith(cut.removesuffix("…"))


def test_a_very_long_file_name_fits() -> None:
    card = file(name="名" * 2_000, description="PDF", url="https://x.example/a", button="開", voice=Voice("森"))

    assert utf16_units(card["altText"]) <= 1_500
