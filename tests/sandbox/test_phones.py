"""What people do on their phones, and what the account gets to see of it."""

import asyncio
import io
import json
from typing import Any

import aiohttp
import pytest
from PIL import Image

from tests.sandbox.conftest import CHANNEL, Receiver, Sandbox


def picture(colour: str = "red", size: tuple[int, int] = (640, 480), kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, kind)
    return buffer.getvalue()


def form(kind: str, *files: tuple[str, bytes], **fields: str) -> aiohttp.FormData:
    data = aiohttp.FormData(quote_fields=False)  # names go as UTF-8, as browsers send them
    data.add_field("type", kind)
    for name, value in fields.items():
        data.add_field(name, value)
    for name, content in files:
        data.add_field("file", content, filename=name)
    return data


async def test_text_with_a_quote(sandbox: Sandbox, receiver: Receiver) -> None:
    sent = (await sandbox.push("mei", "which colour?")).body["sentMessages"][0]["id"]
    await sandbox.play("mei", "messages", {"type": "text", "text": "red", "quotedMessageId": sent})
    [event] = await receiver.wait_for(1)

    assert event["message"]["quotedMessageId"] == sent
    assert (await sandbox.chat("mei"))["messages"][-1]["quoted"]["text"] == "which colour?"


@pytest.mark.parametrize(
    "message",
    [
        {"type": "sticker", "packageId": "446", "stickerId": "1988"},
        {"type": "location", "title": "店", "address": "台北市", "latitude": 25.03, "longitude": 121.56},
    ],
)
async def test_stickers_and_locations(sandbox: Sandbox, receiver: Receiver, message: dict[str, Any]) -> None:
    await sandbox.play("mei", "messages", message)
    [event] = await receiver.wait_for(1)

    assert message.items() <= event["message"].items()


async def test_an_incomplete_message_is_refused(sandbox: Sandbox) -> None:
    await sandbox.play("mei", "messages", {"type": "text"}, expect=400)
    await sandbox.play("mei", "messages", {"type": "image"}, expect=400)
    await sandbox.play("nobody", "messages", {"type": "text", "text": "hi"}, expect=404)
    await sandbox.play("mei", "messages/1/unsend", expect=404)
    await sandbox.play("mei", "richmenu-tap", {}, expect=400)
    await sandbox.control("POST", "/clock/advance", {"seconds": "soon"}, expect=400)


async def test_an_image_can_be_downloaded_until_it_is_unsent(sandbox: Sandbox, receiver: Receiver) -> None:
    image = picture()
    sent = await sandbox.play("mei", "messages", data=form("image", ("a.png", image)))
    [event] = await receiver.wait_for(1)
    message_id = event["message"]["id"]

    assert event["message"]["contentProvider"] == {"type": "line"}
    content = await sandbox.api("GET", f"/v2/bot/message/{message_id}/content")
    assert (content.status, content.body, content.headers["content-type"]) == (200, image, "image/png")
    preview = await sandbox.api("GET", f"/v2/bot/message/{message_id}/content/preview")
    with Image.open(io.BytesIO(preview.body)) as small:
        assert small.size == (384, 288)
    shown = await sandbox.session.get(sandbox.url + sent["message"]["contentUrl"])
    assert await shown.read() == image

    await sandbox.play("mei", f"messages/{message_id}/unsend")
    assert (await receiver.wait_for(2))[-1]["unsend"] == {"messageId": message_id}
    assert (await sandbox.api("GET", f"/v2/bot/message/{message_id}/content")).status == 410
    assert (await sandbox.chat("mei"))["messages"][-1]["unsent"] is True


async def test_several_images_are_a_set(sandbox: Sandbox, receiver: Receiver) -> None:
    files = [(f"{colour}.png", picture(colour)) for colour in ("red", "green", "blue")]
    await sandbox.play("mei", "messages", data=form("image", *files))
    events = await receiver.wait_for(3)

    sets = [event["message"]["imageSet"] for event in events]
    assert len({each["id"] for each in sets}) == 1
    assert {(each["index"], each["total"]) for each in sets} == {(1, 3), (2, 3), (3, 3)}


async def test_a_large_video_is_prepared_first(sandbox: Sandbox, receiver: Receiver) -> None:
    await sandbox.control("PUT", f"/channels/{CHANNEL}/delivery", {"transcodingSeconds": 60})
    await sandbox.play("mei", "messages", data=form("video", ("a.mp4", b"\0\0\0\x20ftypisom" * 9), duration="5000"))
    [event] = await receiver.wait_for(1)
    content = f"/v2/bot/message/{event['message']['id']}/content"

    assert event["message"]["duration"] == 5000
    assert (await sandbox.api("GET", content)).status == 202
    assert (await sandbox.api("GET", content + "/transcoding")).body == {"status": "processing"}
    await sandbox.advance(61)
    assert (await sandbox.api("GET", content)).status == 200
    assert (await sandbox.api("GET", content + "/transcoding")).body == {"status": "succeeded"}


async def test_files_and_audio(sandbox: Sandbox, receiver: Receiver) -> None:
    await sandbox.play("mei", "messages", data=form("file", ("帳單.pdf", b"%PDF-1.7")))
    await sandbox.play("mei", "messages", data=form("audio", ("a.m4a", b"\0\0\0\x20ftypM4A " * 9)))
    sent = {event["message"]["type"]: event["message"] for event in await receiver.wait_for(2)}
    file, audio = sent["file"], sent["audio"]

    assert (file["fileName"], file["fileSize"]) == ("帳單.pdf", 8)
    assert audio["duration"] == 1000
    assert (await sandbox.api("GET", "/v2/bot/message/1/content")).status == 404


async def test_a_postback_shows_its_text_but_makes_no_message(sandbox: Sandbox, receiver: Receiver) -> None:
    await sandbox.play("mei", "postback", {"data": "a=1", "params": {"date": "2026-12-24"}, "displayText": "訂位"})
    [event] = await receiver.wait_for(1)

    assert event["postback"] == {"data": "a=1", "params": {"date": "2026-12-24"}}
    assert (await sandbox.texts("mei"))[-1] == "訂位"


async def test_quick_replies_are_gone_after_the_next_message(sandbox: Sandbox) -> None:
    items = [{"type": "action", "action": {"type": "message", "label": "yes", "text": "yes"}}]
    message = {"type": "text", "text": "sure?", "quickReply": {"items": items}}
    await sandbox.api("POST", "/v2/bot/message/push", {"to": sandbox.user_id("mei"), "messages": [message]})

    assert (await sandbox.chat("mei"))["quickReply"] == {"items": items}
    await sandbox.play("mei", "messages", {"type": "text", "text": "yes"})
    assert (await sandbox.chat("mei"))["quickReply"] is None


async def test_reading(sandbox: Sandbox, receiver: Receiver) -> None:
    await sandbox.control("POST", "/channels", {"channelId": CHANNEL, "markAsReadMode": "manual", "chatMode": "chat"})
    for text in ("1", "2", "3"):
        await sandbox.play("mei", "messages", {"type": "text", "text": text})
    events = {event["message"]["text"]: event for event in await receiver.wait_for(3)}

    token = events["2"]["message"]["markAsReadToken"]
    assert (await sandbox.api("POST", "/v2/bot/chat/markAsRead", {"markAsReadToken": token})).body == {}

    assert [message["readByBot"] for message in (await sandbox.chat("mei"))["messages"]] == [True, True, False]
    assert (await sandbox.api("POST", "/v2/bot/chat/markAsRead", {"markAsReadToken": "made up"})).status == 400


async def test_loading_ends_with_the_next_message(sandbox: Sandbox) -> None:
    path, chat_id = "/v2/bot/chat/loading/start", sandbox.user_id("mei")
    assert (await sandbox.api("POST", path, {"chatId": chat_id})).status == 202
    assert (await sandbox.chat("mei"))["loadingUntil"]
    await sandbox.push("mei")
    assert (await sandbox.chat("mei"))["loadingUntil"] is None

    for seconds in (4, 7, 65):
        assert (await sandbox.api("POST", path, {"chatId": chat_id, "loadingSeconds": seconds})).status == 400
    assert (await sandbox.api("POST", path, {"chatId": "C" + "0" * 32})).status == 400


async def test_the_list_of_chats(sandbox: Sandbox) -> None:
    assert [chat["unread"] for chat in await sandbox.control("GET", "/people/mei/chats")] == [0]
    await sandbox.push("mei", "1", "2")

    [chat] = await sandbox.control("GET", "/people/mei/chats")
    assert (chat["channelId"], chat["last"]["text"], chat["unread"]) == (CHANNEL, "2", 2)
    await sandbox.play("mei", "open")
    [chat] = await sandbox.control("GET", "/people/mei/chats")
    assert chat["unread"] == 0
    assert await sandbox.control("GET", "/people/lin/chats") == []


async def test_long_chats_come_in_pages(sandbox: Sandbox) -> None:
    seeded = [{"type": "text", "text": str(number), "quiet": True, "timestamp": number} for number in range(10)]
    await sandbox.play("mei", "messages", seeded)

    page = await sandbox.control("GET", f"/people/mei/channels/{CHANNEL}/chat?limit=4")
    assert [each["text"] for each in page["messages"]] == ["6", "7", "8", "9"]
    assert page["earlier"] is True
    before = page["messages"][0]["id"]
    page = await sandbox.control("GET", f"/people/mei/channels/{CHANNEL}/chat?limit=100&before={before}")
    assert [each["text"] for each in page["messages"]] == ["0", "1", "2", "3", "4", "5"]
    assert page["earlier"] is False


async def test_a_seeded_history_sends_nothing(sandbox: Sandbox, receiver: Receiver) -> None:
    history = [
        {
            "personId": "lin",
            "channelId": CHANNEL,
            "friend": True,
            "messages": [
                {"type": "text", "text": "question", "timestamp": 1_700_000_000_000},
                {"direction": "out", "type": "text", "text": "answer", "timestamp": 1_700_000_060_000},
            ],
        }
    ]
    made = await sandbox.control("POST", "/history", history)
    await sandbox.emulator.sender.until_idle()

    assert len(made["messageIds"][0]) == 2
    assert await sandbox.texts("lin") == ["question", "answer"]
    assert receiver.bodies == []
    assert await sandbox.control("GET", "/judge") == []


async def test_the_stream_tells_who_looks_what_changed(sandbox: Sandbox) -> None:
    async with sandbox.session.get(f"{sandbox.url}/sandbox/stream?person=mei") as stream:
        assert stream.content_type == "text/event-stream"
        await stream.content.readuntil(b": ready\n\n")
        await sandbox.push("ken", "not for mei")
        await sandbox.push("mei", "for mei")
        async with asyncio.timeout(2):
            frame = (await stream.content.readuntil(b"\n\n")).decode()
        await sandbox.advance(1)
        async with asyncio.timeout(2):
            clock = (await stream.content.readuntil(b"\n\n")).decode()

    kind, data = frame.strip().split("\n")
    assert kind == "event: chat"
    assert json.loads(data.removeprefix("data: "))["personId"] == "mei"
    assert clock.startswith("event: clock")


async def test_pages_of_other_sites_cannot_play(sandbox: Sandbox) -> None:
    url, body = f"{sandbox.url}/sandbox/people", {"personId": "x", "name": "x"}

    foreign = await sandbox.session.post(url, json=body, headers={"Origin": "https://example.com"})
    assert foreign.status == 403
    rebound = await sandbox.session.get(f"{sandbox.url}/sandbox/world", headers={"Host": "evil.example.com"})
    assert rebound.status == 421
    own = await sandbox.session.post(url, json=body, headers={"Origin": sandbox.url})
    assert own.status == 200


async def test_qr_codes(sandbox: Sandbox) -> None:
    answer = await sandbox.session.get(f"{sandbox.url}/qr?text=https://line.me/R/ti/p/@abc")

    assert answer.content_type == "image/svg+xml"
    assert b"<svg" in await answer.read()
    assert (await sandbox.session.get(f"{sandbox.url}/qr")).status == 400


async def test_profiles_and_followers(sandbox: Sandbox) -> None:
    await sandbox.control("POST", "/people", {"personId": "mei", "name": "美", "statusMessage": "出國中"})
    assert (await sandbox.api("GET", f"/v2/bot/profile/{sandbox.user_id('mei')}")).body == {
        "userId": sandbox.user_id("mei"),
        "displayName": "美",
        "statusMessage": "出國中",
        "language": "zh-TW",
    }
    crowd = {sandbox.user_id(person.person_id) for person in sandbox.add_people(5)}
    first = (await sandbox.api("GET", "/v2/bot/followers/ids?limit=4")).body
    second = (await sandbox.api("GET", "/v2/bot/followers/ids", params={"limit": 4, "start": first["next"]})).body
    assert set(first["userIds"]) | set(second["userIds"]) == crowd | {sandbox.user_id("mei")}
    assert "next" not in second
    await sandbox.advance(86401)
    late = await sandbox.api("GET", "/v2/bot/followers/ids", params={"start": first["next"]})
    assert late.status == 400

    await sandbox.control("POST", "/channels", {"channelId": CHANNEL, "verified": False})
    assert (await sandbox.api("GET", "/v2/bot/followers/ids")).status == 403


async def test_user_ids_differ_by_provider(sandbox: Sandbox) -> None:
    for channel_id, provider in (("2001", "provider"), ("2002", "another")):
        await sandbox.control(
            "POST", "/channels", {"channelId": channel_id, "provider": provider, "accessToken": f"token-{channel_id}"}
        )
    [mei] = [each for each in (await sandbox.control("GET", "/world"))["people"] if each["personId"] == "mei"]

    assert mei["userIds"]["provider"] == sandbox.user_id("mei") != mei["userIds"]["another"]
    body = {"to": sandbox.user_id("mei"), "messages": [{"type": "text", "text": "x"}]}
    assert (await sandbox.api("POST", "/v2/bot/message/push", body, token="token-2001")).status == 200
    assert (await sandbox.api("POST", "/v2/bot/message/push", body, token="token-2002")).status == 400
