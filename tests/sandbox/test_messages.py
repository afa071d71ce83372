"""Push and reply: who is reached, how often, and what comes back."""

import uuid

import pytest

from tests.sandbox.conftest import CHANNEL, Receiver, Sandbox

DAY = 86400


async def test_a_push_appears_in_the_chat_under_its_sender(sandbox: Sandbox) -> None:
    sender = {"name": "森山茶舖", "iconUrl": "https://example.com/icon.png"}
    message = {"type": "text", "text": "您好", "sender": sender}

    answer = await sandbox.api("POST", "/v2/bot/message/push", {"to": sandbox.user_id("mei"), "messages": [message]})

    assert answer.status == 200
    chat = await sandbox.chat("mei")
    shown = chat["messages"][-1]
    assert (shown["direction"], shown["text"], shown["sender"]) == ("out", "您好", sender)
    assert answer.body["sentMessages"][0]["id"] == shown["id"]
    assert chat["unread"] == 1


@pytest.mark.parametrize(
    ("state", "status", "delivered"),
    [
        ("friend", 200, True),
        ("blocked", 200, False),
        ("wrote lately", 200, True),
        ("wrote long ago", 200, False),
        ("never", 200, False),
        ("deleted", 200, False),
        ("unknown", 400, False),
    ],
)
async def test_push_by_user_state(sandbox: Sandbox, state: str, status: int, delivered: bool) -> None:
    person = {"wrote lately": "ken", "wrote long ago": "ken", "never": "lin"}.get(state, "mei")
    to = "U" + "0" * 32 if state == "unknown" else sandbox.user_id(person)
    if state == "blocked":
        await sandbox.play("mei", "block")
    if state == "deleted":
        await sandbox.play("mei", "delete-account")
    if state == "wrote long ago":
        await sandbox.advance(7 * DAY + 1)

    answer = await sandbox.api(
        "POST", "/v2/bot/message/push", {"to": to, "messages": [{"type": "text", "text": "news"}]}
    )

    assert answer.status == status
    assert ("news" in await sandbox.texts(person)) is delivered
    used = (await sandbox.api("GET", "/v2/bot/message/quota/consumption")).body["totalUsage"]
    assert used == int(delivered)
    if status == 400:
        assert answer.body == {"message": "Failed to send messages"}


@pytest.mark.parametrize(
    ("state", "profile", "loading"),
    [
        ("friend", 200, True),
        ("blocked", 404, False),
        ("wrote", 200, False),
        ("never", 404, False),
        ("deleted", 404, False),
    ],
)
async def test_profile_and_loading_by_user_state(sandbox: Sandbox, state: str, profile: int, loading: bool) -> None:
    person = {"wrote": "ken", "never": "lin"}.get(state, "mei")
    user_id = sandbox.user_id(person)
    if state in ("blocked", "deleted"):
        await sandbox.play(person, {"blocked": "block", "deleted": "delete-account"}[state])

    assert (await sandbox.api("GET", f"/v2/bot/profile/{user_id}")).status == profile
    started = await sandbox.api("POST", "/v2/bot/chat/loading/start", {"chatId": user_id, "loadingSeconds": 10})

    assert started.status == 202
    assert ((await sandbox.chat(person))["loadingUntil"] is not None) is loading


async def test_multicast_reaches_friends_only(sandbox: Sandbox) -> None:
    to = [sandbox.user_id(person) for person in ("mei", "ken", "lin")]
    body = {"to": to, "messages": [{"type": "text", "text": "all"}]}

    assert (await sandbox.api("POST", "/v2/bot/message/multicast", body)).body == {}

    assert "all" in await sandbox.texts("mei")
    assert "all" not in await sandbox.texts("ken")
    assert (await sandbox.api("GET", "/v2/bot/message/quota/consumption")).body == {"totalUsage": 1}


async def test_a_retry_key_is_accepted_once_in_a_day(sandbox: Sandbox) -> None:
    headers = {"X-Line-Retry-Key": str(uuid.uuid4())}

    first = await sandbox.push("mei", "once", headers=headers)
    second = await sandbox.push("mei", "once", headers=headers)

    assert (first.status, second.status) == (200, 409)
    assert second.body == {
        "message": "The retry key is already accepted",
        "sentMessages": first.body["sentMessages"],
    }
    assert second.headers["x-line-accepted-request-id"] == first.headers["x-line-request-id"]
    assert second.headers["x-line-request-id"] != first.headers["x-line-request-id"]
    assert (await sandbox.texts("mei")).count("once") == 1

    await sandbox.advance(DAY + 1)

    assert (await sandbox.push("mei", "once", headers=headers)).status == 200
    assert (await sandbox.texts("mei")).count("once") == 2


async def test_a_retry_key_has_to_be_a_uuid(sandbox: Sandbox) -> None:
    assert (await sandbox.push("mei", headers={"X-Line-Retry-Key": "again"})).status == 400


async def test_a_refused_request_does_not_use_up_its_retry_key(sandbox: Sandbox) -> None:
    headers = {"X-Line-Retry-Key": str(uuid.uuid4())}

    assert (await sandbox.push("mei", "x" * 5001, headers=headers)).status == 400
    assert (await sandbox.push("mei", "short", headers=headers)).status == 200


async def _reply(sandbox: Sandbox, token: str, **options: object) -> int:
    body = {"replyToken": token, "messages": [{"type": "text", "text": "answer"}]}
    return (await sandbox.api("POST", "/v2/bot/message/reply", body, **options)).status


async def _reply_token(sandbox: Sandbox, receiver: Receiver) -> str:
    before = len(receiver.events)
    await sandbox.play("mei", "messages", {"type": "text", "text": "question"})
    return str((await receiver.wait_for(before + 1))[-1]["replyToken"])


async def test_a_reply_token_works_once_and_is_free(sandbox: Sandbox, receiver: Receiver) -> None:
    token = await _reply_token(sandbox, receiver)

    assert await _reply(sandbox, token) == 200
    assert await _reply(sandbox, token) == 400
    assert (await sandbox.texts("mei"))[-1] == "answer"
    assert (await sandbox.api("GET", "/v2/bot/message/quota/consumption")).body == {"totalUsage": 0}


@pytest.mark.parametrize(("seconds", "status"), [(59, 200), (61, 400)])
async def test_a_reply_token_lives_a_minute(sandbox: Sandbox, receiver: Receiver, seconds: int, status: int) -> None:
    token = await _reply_token(sandbox, receiver)
    await sandbox.advance(seconds)

    assert await _reply(sandbox, token) == status


async def test_a_reply_takes_no_retry_key(sandbox: Sandbox, receiver: Receiver) -> None:
    token = await _reply_token(sandbox, receiver)

    assert await _reply(sandbox, token, headers={"X-Line-Retry-Key": str(uuid.uuid4())}) == 400
    assert await _reply(sandbox, token) == 200


async def test_redelivery_gives_a_reply_token_another_minute(sandbox: Sandbox, receiver: Receiver) -> None:
    await sandbox.control("POST", "/channels", {"channelId": CHANNEL, "redelivery": True})
    await sandbox.control("PUT", f"/channels/{CHANNEL}/delivery", {"redeliverySeconds": [300, 1200]})
    receiver.statuses = [500, 500]
    token = await _reply_token(sandbox, receiver)
    await sandbox.emulator.sender.until_idle()
    await sandbox.advance(301)
    first, again = await receiver.wait_for(2)

    assert again == {**first, "deliveryContext": {"isRedelivery": True}}
    await sandbox.advance(59)
    assert await _reply(sandbox, token) == 200


async def test_a_redelivery_after_twenty_minutes_has_a_dead_reply_token(sandbox: Sandbox, receiver: Receiver) -> None:
    await sandbox.control("POST", "/channels", {"channelId": CHANNEL, "redelivery": True})
    await sandbox.control("PUT", f"/channels/{CHANNEL}/delivery", {"redeliverySeconds": [1201]})
    receiver.statuses = [500]
    token = await _reply_token(sandbox, receiver)
    await sandbox.emulator.sender.until_idle()
    await sandbox.advance(1202)
    await receiver.wait_for(2)

    assert await _reply(sandbox, token) == 400


async def test_a_quote_token_belongs_to_its_chat(sandbox: Sandbox) -> None:
    sent = (await sandbox.push("mei", "first")).body["sentMessages"][0]
    quoting = {"type": "text", "text": "second", "quoteToken": sent["quoteToken"]}

    answer = await sandbox.api("POST", "/v2/bot/message/push", {"to": sandbox.user_id("mei"), "messages": [quoting]})

    assert answer.status == 200
    assert (await sandbox.chat("mei"))["messages"][-1]["quoted"]["text"] == "first"

    elsewhere = await sandbox.api("POST", "/v2/bot/message/push", {"to": sandbox.user_id("ken"), "messages": [quoting]})

    assert elsewhere.status == 400
    assert elsewhere.body["details"][0]["property"] == "messages[0].quoteToken"


async def test_the_judge_lists_every_accepted_bubble_in_order(sandbox: Sandbox) -> None:
    key = str(uuid.uuid4())
    await sandbox.push("mei", "1", "2", headers={"X-Line-Retry-Key": key})
    await sandbox.play("mei", "block")
    await sandbox.push("mei", "3")

    bubbles = await sandbox.control("GET", f"/judge?channel={CHANNEL}")

    assert [(each["message"]["text"], each["retryKey"], each["delivered"]) for each in bubbles] == [
        ("1", key, True),
        ("2", key, True),
        ("3", None, False),
    ]
