"""Webhooks: signed, lost, doubled, late, out of order, repeated."""

import asyncio

import pytest

from madoguchi.sandbox.line.webhooks import signature
from tests.sandbox.conftest import CHANNEL, Receiver, Sandbox


async def _plan(sandbox: Sandbox, **plan: object) -> None:
    await sandbox.control("PUT", f"/channels/{CHANNEL}/delivery", plan)


async def _write(sandbox: Sandbox, *texts: str) -> None:
    for text in texts:
        await sandbox.play("mei", "messages", {"type": "text", "text": text})


def test_the_documented_signature() -> None:
    body = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'

    assert signature("8c570fa6dd201bb328f1c1eac23a96d8", body) == "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="


async def test_a_message_event(sandbox: Sandbox, receiver: Receiver) -> None:
    await _write(sandbox, "您好")
    [event] = await receiver.wait_for(1)

    assert receiver.bodies[0]["destination"] == sandbox.world.channels[CHANNEL].bot_user_id
    assert event["source"] == {"type": "user", "userId": sandbox.user_id("mei")}
    assert event["message"]["text"] == "您好"
    assert event["deliveryContext"] == {"isRedelivery": False}
    assert len(event["webhookEventId"]) == 26


async def test_an_inactive_webhook_loses_events(sandbox: Sandbox, receiver: Receiver) -> None:
    await sandbox.control("POST", "/channels", {"channelId": CHANNEL, "webhookActive": False})
    await _write(sandbox, "lost")
    await sandbox.control("POST", "/channels", {"channelId": CHANNEL, "webhookActive": True})
    await _write(sandbox, "kept")
    await sandbox.emulator.sender.until_idle()

    assert [event["message"]["text"] for event in receiver.events] == ["kept"]


async def test_duplicates(sandbox: Sandbox, receiver: Receiver) -> None:
    await _plan(sandbox, duplicateRate=1.0)
    await _write(sandbox, "twice")
    first, second = await receiver.wait_for(2)

    assert first == second


async def test_batches(sandbox: Sandbox, receiver: Receiver) -> None:
    await _plan(sandbox, batchSeconds=0.05, batchMax=3)
    await _write(sandbox, "1", "2", "3", "4")
    await receiver.wait_for(4)

    assert max(len(body["events"]) for body in receiver.bodies) > 1
    assert sorted(event["message"]["text"] for event in receiver.events) == ["1", "2", "3", "4"]


async def test_reordering_loses_nothing(sandbox: Sandbox, receiver: Receiver) -> None:
    await _plan(sandbox, reorderRate=0.5, reorderSeconds=0.3, seed=4)
    await _write(sandbox, *map(str, range(12)))
    await receiver.wait_for(12)

    arrived = [event["message"]["text"] for event in receiver.events]
    assert arrived != [str(number) for number in range(12)]
    in_time = sorted(receiver.events, key=lambda event: (event["timestamp"], event["message"]["id"]))
    assert [event["message"]["text"] for event in in_time] == [str(number) for number in range(12)]


async def test_redelivery_is_off_at_first(sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.statuses = [500]
    await _write(sandbox, "once")
    await receiver.wait_for(1)
    await sandbox.emulator.sender.until_idle()
    await sandbox.advance(3600)
    await _write(sandbox, "after")
    await receiver.wait_for(2)

    assert [event["message"]["text"] for event in receiver.events] == ["once", "after"]


async def test_redelivery_repeats_until_it_is_taken(sandbox: Sandbox, receiver: Receiver) -> None:
    await sandbox.control("POST", "/channels", {"channelId": CHANNEL, "redelivery": True})
    await _plan(sandbox, redeliverySeconds=[10, 20, 30])
    receiver.statuses = [500, 503]
    await _write(sandbox, "again")
    for count, seconds in ((1, 11), (2, 21), (3, 31)):
        await receiver.wait_for(count)
        await asyncio.sleep(0.02)
        await sandbox.advance(seconds)

    assert [event["deliveryContext"]["isRedelivery"] for event in receiver.events] == [False, True, True]
    assert len({event["webhookEventId"] for event in receiver.events}) == 1
    assert len({event["replyToken"] for event in receiver.events}) == 1
    settings = await sandbox.control("GET", f"/channels/{CHANNEL}/delivery")
    assert settings["errors"] == {"error_status_code": 2}


async def test_no_answer_within_two_seconds(sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.delay_seconds = 2.5
    await _write(sandbox, "slow")
    await sandbox.emulator.sender.until_idle()
    receiver.delay_seconds = 0

    log = await sandbox.control("GET", f"/webhooks?channel={CHANNEL}")
    assert log["requests"][-1]["reason"] == "REQUEST_TIMEOUT"
    assert 1.9 < log["requests"][-1]["tookSeconds"] < 2.4


async def test_webhook_settings_and_test(sandbox: Sandbox, receiver: Receiver) -> None:
    path = "/v2/bot/channel/webhook/endpoint"
    assert (await sandbox.api("GET", path)).body == {"endpoint": receiver.url, "active": True}

    tested = (await sandbox.api("POST", "/v2/bot/channel/webhook/test", {})).body
    assert (tested["success"], tested["statusCode"], tested["reason"]) == (True, 200, "OK")
    assert receiver.bodies == [{"destination": sandbox.world.channels[CHANNEL].bot_user_id, "events": []}]

    assert (await sandbox.api("PUT", path, {"endpoint": "http://example.com/hook"})).status == 400
    assert (await sandbox.api("PUT", path, {"endpoint": "https://example.com/" + "x" * 490})).status == 400
    assert (await sandbox.api("PUT", path, {"endpoint": "http://localhost:1/hook"})).status == 200

    tested = (await sandbox.api("POST", "/v2/bot/channel/webhook/test", {})).body
    assert (tested["success"], tested["reason"]) == (False, "COULD_NOT_CONNECT")


async def test_other_machines_are_not_called(sandbox: Sandbox) -> None:
    tested = (await sandbox.api("POST", "/v2/bot/channel/webhook/test", {"endpoint": "https://example.com/hook"})).body

    assert tested["reason"] == "COULD_NOT_CONNECT"
    assert "loopback" in tested["detail"]


@pytest.mark.parametrize(
    ("event", "with_reply_token"),
    [
        ({"type": "unsend", "unsend": {"messageId": "1"}}, False),
        ({"type": "videoPlayComplete", "videoPlayComplete": {"trackingId": "t"}}, True),
        ({"type": "beacon", "beacon": {"hwid": "d41d8cd98f", "type": "enter"}}, True),
        ({"type": "membership", "membership": {"type": "joined", "membershipId": 3}}, True),
        (
            {
                "type": "message",
                "mode": "standby",
                "message": {"type": "text", "id": "1", "text": "x", "quoteToken": "q"},
            },
            False,
        ),
    ],
)
async def test_events_of_any_kind(
    sandbox: Sandbox, receiver: Receiver, event: dict[str, object], with_reply_token: bool
) -> None:
    await sandbox.play("mei", "events", event)
    [arrived] = await receiver.wait_for(1)

    assert event.items() <= arrived.items()
    assert ("replyToken" in arrived) is with_reply_token


async def test_events_that_line_may_add(sandbox: Sandbox, receiver: Receiver) -> None:
    receiver.tolerant = True
    await sandbox.play("mei", "events", {"type": "teleported", "teleported": {"to": "Mars"}, "source": None})
    [arrived] = await receiver.wait_for(1)

    assert arrived["teleported"] == {"to": "Mars"}
    assert "source" not in arrived


async def test_friendship_events(sandbox: Sandbox, receiver: Receiver) -> None:
    for action in ("block", "block", "unblock", "add"):
        await sandbox.play("mei", action)
    await sandbox.play("lin", "add")
    await receiver.wait_for(3)

    kinds = [(event["type"], event.get("follow")) for event in receiver.events]
    assert kinds == [("unfollow", None), ("follow", {"isUnblocked": True}), ("follow", {"isUnblocked": False})]
    await sandbox.play("mei", "block")
    await sandbox.play("mei", "messages", {"type": "text", "text": "no"}, expect=409)
