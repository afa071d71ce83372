"""Messages to many: broadcast, narrowcast and what is known about them afterwards."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.sandbox.conftest import CHANNEL, Sandbox

DAY = 86400
MESSAGES = [{"type": "text", "text": "週年慶"}]


async def test_a_broadcast_reaches_all_friends(sandbox: Sandbox) -> None:
    sandbox.add_people(3)
    headers = {"X-Line-Retry-Key": str(uuid.uuid4())}

    first = await sandbox.api("POST", "/v2/bot/message/broadcast", {"messages": MESSAGES}, headers=headers)
    second = await sandbox.api("POST", "/v2/bot/message/broadcast", {"messages": MESSAGES}, headers=headers)

    assert (first.status, first.body, second.status) == (200, {}, 409)
    assert second.body == {"message": "The retry key is already accepted"}
    assert [each["delivered"] for each in await sandbox.control("GET", "/judge")] == [True] * 4
    assert await sandbox.texts("ken") == ["hi"]
    assert (await sandbox.api("GET", "/v2/bot/message/quota/consumption")).body == {"totalUsage": 4}


async def _narrowcast(sandbox: Sandbox, **body: Any) -> tuple[int, str]:
    answer = await sandbox.api("POST", "/v2/bot/message/narrowcast", {"messages": MESSAGES, **body})
    return answer.status, answer.headers["x-line-request-id"]


async def _progress(sandbox: Sandbox, request_id: str) -> Any:
    path = "/v2/bot/message/progress/narrowcast"
    return (await sandbox.api("GET", path, params={"requestId": request_id})).body


async def test_a_narrowcast_takes_its_time(sandbox: Sandbox) -> None:
    sandbox.add_people(2)
    status, request_id = await _narrowcast(sandbox)

    assert status == 202
    assert (await _progress(sandbox, request_id))["phase"] == "waiting"
    await sandbox.advance(3)
    assert (await _progress(sandbox, request_id))["phase"] == "sending"
    await sandbox.advance(5)
    done = await _progress(sandbox, request_id)
    assert (done["phase"], done["successCount"], done["failureCount"], done["targetCount"]) == ("succeeded", 3, 0, 3)
    assert "週年慶" in await sandbox.texts("mei")
    await sandbox.advance(15 * DAY)
    assert await _progress(sandbox, request_id) == {"message": "Not found"}


async def test_a_narrowcast_by_attribute(sandbox: Sandbox) -> None:
    for number, person in enumerate(sandbox.add_people(150)):
        person.gender, person.age = ("female", "male")[number % 2], "age_30"
    women = {"demographic": {"type": "gender", "oneOf": ["female"]}}
    status, request_id = await _narrowcast(sandbox, filter=women)
    await sandbox.advance(10)

    assert status == 202
    assert (await _progress(sandbox, request_id))["successCount"] == 75
    again = {"type": "redelivery", "requestId": request_id}
    thirties = {"type": "age", "gte": "age_30", "lt": "age_35"}
    both = {"demographic": {"type": "operator", "and": [thirties, {"type": "operator", "not": women["demographic"]}]}}
    _, second = await _narrowcast(sandbox, recipient=again, limit={"max": 60})
    _, third = await _narrowcast(sandbox, filter=both)
    await sandbox.advance(10)
    assert (await _progress(sandbox, second))["successCount"] == 60
    assert (await _progress(sandbox, third))["successCount"] == 75


async def test_few_people_cannot_be_told_apart(sandbox: Sandbox) -> None:
    women = {"demographic": {"type": "gender", "oneOf": ["female"]}}
    assert (await _narrowcast(sandbox, filter=women))[0] == 403

    for person in sandbox.add_people(110)[:10]:
        person.gender = "female"
    status, request_id = await _narrowcast(sandbox, filter=women)
    await sandbox.advance(10)
    progress = await _progress(sandbox, request_id)
    assert (status, progress["phase"], progress["errorCode"]) == (202, "failed", 2)


async def test_a_narrowcast_reserves_its_quota(sandbox: Sandbox) -> None:
    sandbox.add_people(9)
    await sandbox.control("POST", "/channels", {"channelId": CHANNEL, "plan": {"limit": 11}})

    assert (await _narrowcast(sandbox))[0] == 202
    assert [(await sandbox.push("mei")).status for _ in range(2)] == [200, 429]
    assert (await _narrowcast(sandbox))[0] == 429
    assert (await _narrowcast(sandbox, limit={"upToRemainingQuota": True}))[0] == 202
    await sandbox.advance(10)
    assert (await sandbox.api("GET", "/v2/bot/message/quota/consumption")).body == {"totalUsage": 11}


@pytest.mark.parametrize(
    "body",
    [
        {"filter": {"demographic": {"type": "shoe size"}}},
        {"filter": {"demographic": {"type": "operator", "and": [], "or": []}}},
        {"recipient": {"type": "operator", "or": [{"type": "redelivery", "requestId": "r"}] * 11}},
        {"limit": {"max": 0}},
    ],
)
async def test_refused_narrowcasts(sandbox: Sandbox, body: dict[str, Any]) -> None:
    assert (await _narrowcast(sandbox, **body))[0] == 400


async def test_aggregation_units(sandbox: Sandbox) -> None:
    for unit in ("winter", "summer", "winter"):
        body = {"to": sandbox.user_id("mei"), "messages": MESSAGES, "customAggregationUnits": [unit]}
        assert (await sandbox.api("POST", "/v2/bot/message/push", body)).status == 200
    for wrong in (["a", "b"], ["春"], ["x" * 31]):
        body = {"to": sandbox.user_id("mei"), "messages": MESSAGES, "customAggregationUnits": wrong}
        assert (await sandbox.api("POST", "/v2/bot/message/push", body)).status == 400

    assert (await sandbox.api("GET", "/v2/bot/message/aggregation/info")).body == {"numOfCustomAggregationUnits": 2}
    first = (await sandbox.api("GET", "/v2/bot/message/aggregation/list?limit=1")).body
    rest = (await sandbox.api("GET", "/v2/bot/message/aggregation/list", params={"start": first["next"]})).body
    assert (first["customAggregationUnits"], rest) == (["winter"], {"customAggregationUnits": ["summer"]})


async def test_statistics_hide_fewer_than_twenty_people(sandbox: Sandbox) -> None:
    crowd = sandbox.add_people(25)
    answer = await sandbox.api("POST", "/v2/bot/message/broadcast", {"messages": MESSAGES})
    for person in crowd[:22]:
        await sandbox.play(person.person_id, "open")
    message = (await sandbox.chat("crowd0"))["messages"][0]["id"]
    await sandbox.play("crowd0", f"messages/{message}/click", {"url": "https://example.com/"})

    request_id = answer.headers["x-line-request-id"]
    found = (await sandbox.api("GET", "/v2/bot/insight/message/event", params={"requestId": request_id})).body

    assert found["overview"]["delivered"] == 26
    assert (found["overview"]["uniqueImpression"], found["overview"]["uniqueClick"]) == (22, None)
    assert found["messages"][0]["impression"] == 22
    assert found["clicks"][0]["click"] is None


async def test_statistics_of_a_unit(sandbox: Sandbox) -> None:
    to = [sandbox.user_id(person.person_id) for person in sandbox.add_people(21)]
    body = {"to": to, "messages": MESSAGES, "customAggregationUnits": ["spring"]}
    await sandbox.api("POST", "/v2/bot/message/multicast", body)
    for number in range(21):
        await sandbox.play(f"crowd{number}", "open")
    today = datetime.fromtimestamp(sandbox.world.clock.now() + 9 * 3600, UTC).strftime("%Y%m%d")
    asked = {"customAggregationUnit": "spring", "from": today, "to": today}

    found = (await sandbox.api("GET", "/v2/bot/insight/message/event/aggregation", params=asked)).body

    assert found["overview"]["uniqueImpression"] == 21


async def test_followers_and_deliveries_per_day(sandbox: Sandbox) -> None:
    await sandbox.control("PUT", "/clock", {"now": datetime(2030, 5, 1, 3, tzinfo=UTC).timestamp(), "rate": 0})
    sandbox.add_people(4)
    await sandbox.play("crowd0", "block", {"quiet": True})
    await sandbox.push("mei")
    path, day = "/v2/bot/insight/followers", {"date": "20300501"}

    assert (await sandbox.api("GET", path, params=day)).body == {"status": "unready"}
    await sandbox.advance(DAY)
    counts = {"status": "ready", "followers": 5, "targetedReaches": 4, "blocks": 1}
    assert (await sandbox.api("GET", path, params=day)).body == counts
    assert (await sandbox.api("GET", path)).body == counts
    assert (await sandbox.api("GET", path, params={"date": "20161031"})).body == {"status": "out_of_service"}
    delivered = await sandbox.api("GET", "/v2/bot/insight/message/delivery", params=day)
    assert delivered.body == {"status": "ready", "apiPush": 1}


async def test_demographics_need_twenty_friends(sandbox: Sandbox) -> None:
    assert (await sandbox.api("GET", "/v2/bot/insight/demographic")).body == {"available": False}
    for person in sandbox.add_people(39)[:30]:
        person.gender, person.age, person.area = "female", "age_25", "臺北市"

    found = (await sandbox.api("GET", "/v2/bot/insight/demographic")).body

    assert found["genders"] == [{"gender": "female", "percentage": 75.0}, {"gender": "unknown", "percentage": 25.0}]
    assert found["subscriptionPeriods"][0]["subscriptionPeriod"] in ("within7days", "within90days")
