"""Multicast, broadcast and narrowcast: messages to many, and how far a narrowcast has come."""

from datetime import UTC, datetime
from typing import Any

from madoguchi.sandbox.line import audience
from madoguchi.sandbox.line.delivery import (
    Reach,
    Sending,
    assign_unit,
    check_retry_key,
    count_sent,
    deliver,
    reach,
    remember_retry_key,
    reserved_quota,
    take_quota,
    used_quota,
)
from madoguchi.sandbox.line.errors import InvalidBody, LineError, NotFound, QuotaExceeded, invalid_property
from madoguchi.sandbox.line.gateway import Answer, Call, Endpoints, answer
from madoguchi.sandbox.line.records import Campaign, Json
from madoguchi.sandbox.line.validation.checks import Checker
from madoguchi.sandbox.line.validation.requests import RETRY_HEADER, read_messages, read_units

endpoints = Endpoints()

MULTICAST_MOST = 500
PROGRESS_SECONDS = 14 * 86400


@endpoints.post("/v2/bot/message/multicast")
async def multicast(call: Call) -> Answer:
    """Friends only; whoever cannot be reached is passed over in silence (send-multicast-message).

    LINE documents both 200 and 400 for ids that it does not know; a malformed one is 400 here."""
    body = call.json()
    world, channel = call.world, call.channel
    retry_key = check_retry_key(world, channel, call.request.headers.get(RETRY_HEADER))
    messages = read_messages(call, body)
    units = read_units(body)
    people = []
    for index, user_id in enumerate(_recipients(body)):
        if not isinstance(user_id, str) or not audience.USER_ID.fullmatch(user_id):
            raise invalid_property(f"to[{index}]")
        if person := world.person_by_user_id(channel.provider, user_id):
            people.append(person)
    reached = [(each, reach(world, world.friendship(channel, each.person_id), strangers=False)) for each in people]
    take_quota(world, channel, sum(how is Reach.DELIVERED for _, how in reached))
    unit = assign_unit(world, channel, units)
    sending = Sending(channel, "multicast", call.request_id, messages, retry_key, unit)
    for person, how in reached:
        deliver(world, sending, person, how)
    count_sent(world, channel, "multicast", len(reached))
    remember_retry_key(world, sending)
    return {}


def _recipients(body: Json) -> list[Any]:
    to = body.get("to")
    if not isinstance(to, list) or not 1 <= len(to) <= MULTICAST_MOST:
        raise InvalidBody([(f"Size must be between 1 and {MULTICAST_MOST}", "to")])
    return list(dict.fromkeys(str(each) for each in to))


@endpoints.post("/v2/bot/message/broadcast")
async def broadcast(call: Call) -> Answer:
    body = call.json()
    world, channel = call.world, call.channel
    retry_key = check_retry_key(world, channel, call.request.headers.get(RETRY_HEADER))
    messages = read_messages(call, body)
    friends = world.friends(channel)
    take_quota(world, channel, len(friends))
    sending = Sending(channel, "broadcast", call.request_id, messages, retry_key)
    for friendship in friends:
        deliver(world, sending, world.people[friendship.person_id], Reach.DELIVERED)
    count_sent(world, channel, "broadcast", len(friends))
    now = world.clock.now()
    world.campaigns[call.request_id] = Campaign(
        call.request_id,
        channel.channel_id,
        "broadcast",
        now,
        now,
        now,
        messages,
        person_ids=[each.person_id for each in friends],
        state="succeeded",
        success=len(friends),
        target=len(friends),
    )
    remember_retry_key(world, sending)
    return {}


@endpoints.post("/v2/bot/message/narrowcast")
async def narrowcast(call: Call) -> Answer:
    """202 now, delivered a little later on the movable clock; reserves quota meanwhile (send-narrowcast-message)."""
    body = call.json()
    world, channel = call.world, call.channel
    retry_key = check_retry_key(world, channel, call.request.headers.get(RETRY_HEADER))
    messages = read_messages(call, body)
    checker = Checker(call.emulator.accepts_url)
    limit = checker.object(body, "limit", "", required=False) or {}
    most = checker.number(limit, "max", "limit", 1, 2**31 - 1, required=False)
    checker.flag(limit, "upToRemainingQuota", "limit")
    audience.check(checker, body)
    checker.raise_if_any()
    targets = audience.select(world, channel, body)
    reserved = len(targets) if most is None else min(len(targets), int(most))
    if channel.plan_limit is not None:
        remaining = channel.plan_limit - used_quota(world, channel) - reserved_quota(world, channel)
        if limit.get("upToRemainingQuota"):
            reserved = min(reserved, max(0, remaining))
        elif reserved > remaining:
            raise QuotaExceeded
    now = world.clock.now()
    campaign = Campaign(
        call.request_id,
        channel.channel_id,
        "narrowcast",
        accepted_at=now,
        starts_at=now + audience.WAITING_SECONDS,
        completed_at=now + audience.WAITING_SECONDS + audience.SENDING_SECONDS,
        messages=messages,
        person_ids=targets[:reserved],
        target=len(targets[:reserved]),
        reserved=reserved,
        retry_key=retry_key,
        needs=audience.least_recipients(body),
    )
    world.campaigns[call.request_id] = campaign
    remember_retry_key(world, Sending(channel, "narrowcast", call.request_id, messages, retry_key))
    call.emulator.background(audience.run(world, campaign))
    return answer({}, status=202)


@endpoints.get("/v2/bot/message/progress/narrowcast")
async def narrowcast_progress(call: Call) -> Answer:
    request_id = call.query("requestId")
    if not request_id:
        raise LineError(400, "The request body has 1 error(s)", [("May not be empty", "requestId")])
    campaign = call.world.campaigns.get(request_id)
    if (
        campaign is None
        or campaign.kind != "narrowcast"
        or campaign.channel_id != call.channel.channel_id
        or call.world.clock.now() - campaign.accepted_at > PROGRESS_SECONDS
    ):
        raise NotFound
    audience.advance(call.world, campaign)
    found: Json = {"phase": campaign.state, "acceptedTime": iso(campaign.accepted_at)}
    if campaign.state in ("succeeded", "failed"):
        found["completedTime"] = iso(campaign.completed_at)
    if campaign.state in ("succeeded", "sending"):
        found |= {
            "successCount": campaign.success,
            "failureCount": campaign.failure,
            "targetCount": campaign.target,
        }
    if campaign.state == "failed":
        found |= {"errorCode": campaign.error_code, "failedDescription": campaign.failed_description}
    return found


def _validator(kind: str) -> None:
    @endpoints.post(f"/v2/bot/message/validate/{kind}")
    async def validate(call: Call) -> Answer:
        read_messages(call, call.json())
        return {}


for _kind in ("reply", "push", "multicast", "narrowcast", "broadcast"):
    _validator(_kind)


def iso(instant: float) -> str:
    """`2026-08-07T04:05:06.789Z`"""
    return datetime.fromtimestamp(instant, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
