"""Rate limits, quota and faults on a clock that can be moved."""

import time
from datetime import UTC, datetime

import aiohttp
import pytest

from tests.sandbox.conftest import CHANNEL, Sandbox

HOUR, DAY = 3600, 86400


async def test_an_hourly_bucket_refills_with_the_clock(sandbox: Sandbox) -> None:
    path = "/v2/bot/insight/demographic"
    statuses = [(await sandbox.api("GET", path)).status for _ in range(61)]

    assert statuses == [200] * 60 + [429]
    assert (await sandbox.api("GET", path)).body == {
        "message": "The API rate limit has been exceeded. Try again later."
    }
    assert (await sandbox.api("GET", "/v2/bot/insight/followers")).status == 200

    await sandbox.advance(61)

    assert (await sandbox.api("GET", path)).status == 200
    assert (await sandbox.api("GET", path)).status == 429


async def test_buckets_belong_to_channel_and_path_template(sandbox: Sandbox) -> None:
    await sandbox.control("POST", "/channels", {"channelId": "1002", "accessToken": "token-1002"})
    await sandbox.control("PUT", "/clock", {"rate": 0})
    answers = [await sandbox.api("GET", "/v2/bot/richmenu/list") for _ in range(11)]

    assert [answer.status for answer in answers] == [200] * 10 + [429]
    assert (await sandbox.api("GET", "/v2/bot/richmenu/list", token="token-1002")).status == 200


async def test_limits_can_be_scaled(sandbox: Sandbox) -> None:
    await sandbox.control("PUT", "/limits", {"scale": 0.001})
    await sandbox.control("PUT", "/clock", {"rate": 0})

    assert [(await sandbox.push("mei")).status for _ in range(3)] == [200, 200, 429]

    await sandbox.control("PUT", "/limits", {"scale": 0})

    assert [(await sandbox.push("mei")).status for _ in range(3)] == [200, 200, 200]


async def test_the_monthly_quota_counts_people_not_bubbles(sandbox: Sandbox) -> None:
    await sandbox.control("POST", "/channels", {"channelId": CHANNEL, "plan": {"limit": 2}})

    assert (await sandbox.push("mei", "1", "2", "3")).status == 200
    assert (await sandbox.push("ken")).status == 200
    over = await sandbox.push("mei")

    assert (over.status, over.body) == (429, {"message": "You have reached your monthly limit."})
    assert (await sandbox.api("GET", "/v2/bot/message/quota")).body == {"type": "limited", "value": 2}
    world = await sandbox.control("GET", "/world")
    assert world["channels"][0]["plan"] == {"limit": 2, "used": 2}


async def test_a_month_begins_at_midnight_in_japan(sandbox: Sandbox) -> None:
    await sandbox.control("POST", "/channels", {"channelId": CHANNEL, "plan": {"limit": 1}})
    await sandbox.control("PUT", "/clock", {"now": datetime(2026, 11, 30, 14, 59, tzinfo=UTC).timestamp(), "rate": 0})

    assert [(await sandbox.push("mei")).status for _ in range(2)] == [200, 429]

    await sandbox.advance(61)

    assert (await sandbox.push("mei")).status == 200


async def test_a_multicast_over_quota_sends_nothing(sandbox: Sandbox) -> None:
    people = sandbox.add_people(5)
    await sandbox.control("POST", "/channels", {"channelId": CHANNEL, "plan": {"limit": 4}})
    to = [sandbox.user_id(person.person_id) for person in people]

    answer = await sandbox.api(
        "POST", "/v2/bot/message/multicast", {"to": to, "messages": [{"type": "text", "text": "x"}]}
    )

    assert answer.status == 429
    assert await sandbox.control("GET", "/judge") == []


async def test_delivery_counts_are_ready_the_next_day(sandbox: Sandbox) -> None:
    await sandbox.control("PUT", "/clock", {"now": datetime(2026, 11, 10, 3, 0, tzinfo=UTC).timestamp(), "rate": 0})
    await sandbox.push("mei")
    path, day = "/v2/bot/message/delivery/push", {"date": "20261110"}

    assert (await sandbox.api("GET", path, params=day)).body == {"status": "unready"}
    await sandbox.advance(DAY)
    assert (await sandbox.api("GET", path, params=day)).body == {"status": "ready", "success": 1}
    assert (await sandbox.api("GET", path, params={"date": "20180330"})).body == {"status": "out_of_service"}
    assert (await sandbox.api("GET", path, params={"date": "2026-11-10"})).status == 400


@pytest.mark.parametrize(
    ("kind", "status", "carried_out"),
    [("500", 500, False), ("500_after", 500, True), ("429", 429, False)],
)
async def test_faults_that_answer(sandbox: Sandbox, kind: str, status: int, carried_out: bool) -> None:
    rule = {"match": {"method": "POST", "path": "/v2/bot/message/*"}, "kind": kind, "times": 1}
    await sandbox.control("PUT", "/faults", [rule])

    assert (await sandbox.push("mei", "x")).status == status
    assert ("x" in await sandbox.texts("mei")) is carried_out
    assert (await sandbox.push("mei", "y")).status == 200


@pytest.mark.parametrize(("kind", "carried_out"), [("timeout_after_accept", True), ("timeout_before_accept", False)])
async def test_faults_that_do_not_answer(sandbox: Sandbox, kind: str, carried_out: bool) -> None:
    await sandbox.control("PUT", "/faults", [{"match": {"path": "*push"}, "kind": kind, "times": 1}])

    with pytest.raises(TimeoutError):
        await sandbox.push("mei", "x", timeout=aiohttp.ClientTimeout(total=0.2))

    assert ("x" in await sandbox.texts("mei")) is carried_out


async def test_a_dropped_connection(sandbox: Sandbox) -> None:
    await sandbox.control("PUT", "/faults", [{"match": {"channelId": CHANNEL}, "kind": "drop", "times": 1}])

    with pytest.raises(aiohttp.ClientError):
        await sandbox.push("mei", "x")

    assert "x" not in await sandbox.texts("mei")


async def test_slow_answers(sandbox: Sandbox) -> None:
    await sandbox.control("PUT", "/faults", [{"kind": "slow", "seconds": 0.2, "times": 1}])
    started = time.monotonic()

    assert (await sandbox.push("mei")).status == 200
    assert time.monotonic() - started >= 0.2


async def test_rates_follow_their_seed(sandbox: Sandbox) -> None:
    async def run() -> list[int]:
        await sandbox.control("PUT", "/faults", {"rules": [{"kind": "500", "rate": 0.5}], "seed": 7})
        return [(await sandbox.push("mei")).status for _ in range(20)]

    first = await run()

    assert {200, 500} == set(first)
    assert await run() == first


async def test_wrong_rules_are_refused(sandbox: Sandbox) -> None:
    await sandbox.control("PUT", "/faults", [{"kind": "gremlins"}], expect=400)
    await sandbox.control("PUT", f"/channels/{CHANNEL}/delivery", {"speed": 1}, expect=400)


async def test_the_log_knows_every_request(sandbox: Sandbox) -> None:
    answer = await sandbox.push("mei")
    await sandbox.api("GET", "/v2/bot/nothing")

    pushed, missed = await sandbox.control("GET", "/log")

    assert pushed["requestId"] == answer.headers["x-line-request-id"]
    assert (pushed["status"], pushed["accepted"], pushed["channelId"]) == (200, True, CHANNEL)
    assert (missed["status"], missed["accepted"]) == (404, False)
    assert await sandbox.control("GET", f"/log?after={pushed['number']}") == [missed]
