"""What LINE refuses although its OpenAPI files would let it pass."""

import io
from typing import Any

import pytest

from madoguchi.sandbox.line.validation.checks import grapheme_length, utf16_length
from tests.sandbox.conftest import Sandbox

Json = dict[str, Any]

URL = "https://example.com/a.png"
ACTION = {"type": "message", "label": "ok", "text": "ok"}


def text(value: str) -> Json:
    return {"type": "text", "text": value}


def buttons(**changes: Any) -> Json:
    template = {"type": "buttons", "text": "text", "actions": [ACTION], **changes}
    return {"type": "template", "altText": "alt", "template": template}


def carousel(*columns: Json) -> Json:
    return {"type": "template", "altText": "alt", "template": {"type": "carousel", "columns": list(columns)}}


def flex(contents: Json, alt_text: str = "alt") -> Json:
    return {"type": "flex", "altText": alt_text, "contents": contents}


def bubble(value: str = "hi") -> Json:
    body = {"type": "box", "layout": "vertical", "contents": [{"type": "text", "text": value}]}
    return {"type": "bubble", "body": body}


def quick(*items: Json) -> Json:
    return {**text("choose"), "quickReply": {"items": list(items)}}


def quick_item(action: Json = ACTION) -> Json:
    return {"type": "action", "action": action}


GOOD: dict[str, Json] = {
    "text of 5,000 UTF-16 units": text("😀" * 2500),
    "emoji": {**text("$ hi"), "emojis": [{"index": 0, "productId": "p", "emojiId": "001"}]},
    "textV2": {
        "type": "textV2",
        "text": "{{}} {who} {smile}",
        "substitution": {
            "who": {"type": "mention", "mentionee": {"type": "all"}},
            "smile": {"type": "emoji", "productId": "p", "emojiId": "001"},
        },
    },
    "image": {"type": "image", "originalContentUrl": URL, "previewImageUrl": URL},
    "image of this machine": {
        "type": "image",
        "originalContentUrl": "http://localhost:8000/a.png",
        "previewImageUrl": "http://127.0.0.1:8000/a.png",
    },
    "video": {"type": "video", "originalContentUrl": URL, "previewImageUrl": URL, "trackingId": "t-1"},
    "audio": {"type": "audio", "originalContentUrl": URL, "duration": 60000},
    "location": {"type": "location", "title": "店", "address": "台北", "latitude": 25.0, "longitude": 121.5},
    "sticker": {"type": "sticker", "packageId": "446", "stickerId": "1988"},
    "buttons": buttons(title="title", thumbnailImageUrl=URL, text="t" * 60),
    "confirm": {
        "type": "template",
        "altText": "alt",
        "template": {
            "type": "confirm",
            "text": "sure?",
            "actions": [ACTION, {"type": "uri", "label": "no", "uri": URL}],
        },
    },
    "carousel": carousel({"text": "1", "actions": [ACTION]}, {"text": "2", "actions": [ACTION]}),
    "label of 20 family emoji": buttons(actions=[{**ACTION, "label": "👨‍👩‍👧" * 20}]),
    "flex bubble": flex(bubble()),
    "flex carousel": flex({"type": "carousel", "contents": [bubble(), bubble()]}),
    "imagemap": {
        "type": "imagemap",
        "baseUrl": "https://example.com/map",
        "altText": "map",
        "baseSize": {"width": 1040, "height": 700},
        "actions": [{"type": "uri", "linkUri": URL, "area": {"x": 0, "y": 0, "width": 10, "height": 10}}],
    },
    "quick reply": quick(quick_item({"type": "camera", "label": "camera"}), quick_item()),
    "date picker": buttons(
        actions=[
            {
                "type": "datetimepicker",
                "label": "when",
                "data": "d",
                "mode": "date",
                "min": "2026-01-01",
                "max": "2026-12-31",
            }
        ]
    ),
}

BAD: dict[str, tuple[Json, str, str]] = {
    "empty text": (text(""), "text", "May not be empty"),
    "text of 5,001": (text("x" * 5001), "text", "Length must be between 0 and 5000"),
    "text of 5,002 UTF-16 units": (text("😀" * 2501), "text", "Length must be between 0 and 5000"),
    "unknown type": ({"type": "hologram"}, "type", "Must be one of the following values"),
    "emoji not at a $": (
        {**text("hi"), "emojis": [{"index": 0, "productId": "p", "emojiId": "1"}]},
        "emojis[0].index",
        "Must point to a $",
    ),
    "textV2 without substitution": ({"type": "textV2", "text": "{who}"}, "text", "Placeholder"),
    "plain http": (
        {"type": "image", "originalContentUrl": "http://example.com/a.png", "previewImageUrl": URL},
        "originalContentUrl",
        "HTTPS",
    ),
    "location without address": (
        {"type": "location", "title": "t", "address": "", "latitude": 1, "longitude": 1},
        "address",
        "May not be empty",
    ),
    "location title of 101": (
        {"type": "location", "title": "t" * 101, "address": "a", "latitude": 1, "longitude": 1},
        "title",
        "between 0 and 100",
    ),
    "altText of 1,501": (flex(bubble(), "a" * 1501), "altText", "1500"),
    "bubble over 30 KB": (flex(bubble("x" * 31_000)), "contents", "30 KB"),
    "13 bubbles": (flex({"type": "carousel", "contents": [bubble()] * 13}), "contents.contents", "between 1 and 12"),
    "five buttons": (buttons(actions=[ACTION] * 5), "template.actions", "between 1 and 4"),
    "buttons text of 61 with a title": (buttons(title="t", text="t" * 61), "template.text", "60"),
    "label of 21": (buttons(actions=[{**ACTION, "label": "l" * 21}]), "template.actions[0].label", "20"),
    "rich menu switch in a button": (
        buttons(actions=[{"type": "richmenuswitch", "richMenuAliasId": "a", "data": "d"}]),
        "template.actions[0].type",
        "Must be one of",
    ),
    "camera in a button": (
        buttons(actions=[{"type": "camera", "label": "c"}]),
        "template.actions[0].type",
        "Must be one of",
    ),
    "uri scheme": (
        buttons(actions=[{"type": "uri", "label": "l", "uri": "ftp://example.com"}]),
        "template.actions[0].uri",
        "scheme",
    ),
    "confirm with one action": (
        {"type": "template", "altText": "a", "template": {"type": "confirm", "text": "t", "actions": [ACTION]}},
        "template.actions",
        "between 2 and 2",
    ),
    "uneven carousel": (
        carousel({"text": "1", "actions": [ACTION]}, {"text": "2", "actions": [ACTION, ACTION]}),
        "template.columns",
        "same number",
    ),
    "14 quick replies": (quick(*[quick_item()] * 14), "quickReply.items", "between 1 and 13"),
    "sender name of 21": ({**text("hi"), "sender": {"name": "n" * 21}}, "sender.name", "20"),
    "sender with a reserved word": ({**text("hi"), "sender": {"name": "LINE shop"}}, "sender.name", "reserved"),
    "made-up quote token": ({**text("hi"), "quoteToken": "nonsense"}, "quoteToken", "Invalid quote token"),
}


@pytest.mark.parametrize("name", GOOD)
async def test_accepted(sandbox: Sandbox, name: str) -> None:
    body = {"to": sandbox.user_id("mei"), "messages": [GOOD[name]]}

    assert (await sandbox.api("POST", "/v2/bot/message/validate/push", {"messages": [GOOD[name]]})).body == {}
    assert (await sandbox.api("POST", "/v2/bot/message/push", body)).status == 200
    assert len((await sandbox.chat("mei"))["messages"]) == 1


@pytest.mark.parametrize("name", BAD)
async def test_refused(sandbox: Sandbox, name: str) -> None:
    message, where, problem = BAD[name]

    answer = await sandbox.api(
        "POST", "/v2/bot/message/push", {"to": sandbox.user_id("mei"), "messages": [text("fine"), message]}
    )

    assert answer.status == 400
    assert answer.body["message"] == f"The request body has {len(answer.body['details'])} error(s)"
    detail = answer.body["details"][0]
    assert detail["property"] == f"messages[1].{where}"
    assert problem in detail["message"]
    assert (await sandbox.chat("mei"))["messages"] == []


@pytest.mark.parametrize("count", [0, 6])
async def test_one_to_five_messages(sandbox: Sandbox, count: int) -> None:
    answer = await sandbox.api(
        "POST", "/v2/bot/message/push", {"to": sandbox.user_id("mei"), "messages": [text("hi")] * count}
    )

    assert answer.body["details"] == [{"message": "Size must be between 1 and 5", "property": "messages"}]


async def test_bodies_that_are_no_json_objects(sandbox: Sandbox) -> None:
    path, json_type = "/v2/bot/message/push", {"Content-Type": "application/json"}

    assert (await sandbox.api("POST", path, data=b"{", headers=json_type)).status == 400
    assert (await sandbox.api("POST", path, data=b"[]", headers=json_type)).status == 400
    assert (await sandbox.api("POST", path, data=b"{}", headers={"Content-Type": "text/plain"})).status == 415
    assert (
        await sandbox.api("POST", path, data=io.BytesIO(b" " * (2 * 1024 * 1024 + 1)), headers=json_type)
    ).status == 413


async def test_tokens(sandbox: Sandbox) -> None:
    for token in (None, "wrong"):
        answer = await sandbox.api("GET", "/v2/bot/info", token=token)
        assert answer.status == 401
        assert answer.body["message"].startswith("Authentication failed due to the following reason: ")


async def test_unknown_paths_and_trailing_slashes(sandbox: Sandbox) -> None:
    for path in ("/v2/bot/info/", "/v2/bot/message/shout"):
        answer = await sandbox.api("GET", path)
        assert (answer.status, answer.body) == (404, {"message": "Not found"})
        assert answer.headers["x-line-request-id"]


@pytest.mark.parametrize(
    ("value", "utf16", "graphemes"),
    [
        ("abc", 3, 3),
        ("你好", 2, 2),
        ("😀", 2, 1),
        ("👨‍👩‍👧", 8, 1),
        ("🇹🇼🇯🇵", 8, 2),
        ("👍🏽", 4, 1),
        ("e\u0301", 2, 1),
        ("が", 1, 1),
    ],
)
def test_counting(value: str, utf16: int, graphemes: int) -> None:
    assert utf16_length(value) == utf16
    assert grapheme_length(value) == graphemes
