"""Narrowcast: choosing the recipients by attribute, and sending in the background on the movable clock.

Audience groups are not part of the sandbox; recipients are those of earlier requests (`redelivery`) and operators."""

import re
from typing import Any

from .delivery import Reach, Sending, count_sent, deliver, reach, take_quota
from .errors import AccountNotEligible, LineError
from .records import Campaign, Channel, Friendship, Json, Person
from .validation.checks import Checker
from .world import World

USER_ID = re.compile(r"U[0-9a-f]{32}")
WAITING_SECONDS = 2.0
SENDING_SECONDS = 3.0
LEAST_REACH = 100
"""Attributes may only be used by accounts that reach this many."""
LEAST_RECIPIENTS = 50
"""Fewer would tell who somebody is; checked when the delivery starts."""

AGES = tuple(f"age_{years}" for years in range(15, 75, 5))
PERIODS = {"day_7": 7, "day_30": 30, "day_90": 90, "day_180": 180, "day_365": 365}
DEMOGRAPHICS = frozenset({"operator", "gender", "age", "appType", "area", "subscriptionPeriod"})
NOT_ENOUGH_RECIPIENTS = 2


def check(checker: Checker, body: Json) -> None:
    """`recipient` and `filter.demographic`: known kinds, at most ten objects each."""
    if recipient := checker.object(body, "recipient", "", required=False):
        _check_tree(checker, recipient, "recipient", frozenset({"operator", "redelivery"}))
    chosen = checker.object(body, "filter", "", required=False) or {}
    if demographic := checker.object(chosen, "demographic", "filter", required=False):
        _check_tree(checker, demographic, "filter.demographic", DEMOGRAPHICS)


def _check_tree(checker: Checker, item: Json, where: str, kinds: frozenset[str]) -> None:
    if sum(1 for _ in _leaves(item)) > 10:
        checker.add("Size must be between 1 and 10", where)
        return
    kind = checker.choice(item, "type", where, kinds)
    if kind == "operator":
        operators = [name for name in ("and", "or", "not") if name in item]
        if len(operators) != 1:
            checker.add("Must have exactly one of and, or, not", where)
            return
        for each in _operands(item):
            _check_tree(checker, each, f"{where}.{operators[0]}", kinds)
    elif kind == "redelivery":
        checker.text(item, "requestId", where, 100)
    elif kind in ("gender", "area", "appType"):
        if not isinstance(item.get("oneOf"), list):
            checker.add("May not be empty", f"{where}.oneOf")
    elif kind == "age":
        for bound in ("gte", "lt"):
            checker.choice(item, bound, where, AGES, required=False)
    elif kind == "subscriptionPeriod":
        for bound in ("gte", "lt"):
            checker.choice(item, bound, where, PERIODS.keys(), required=False)


def _operands(item: Json) -> list[Json]:
    if "not" in item:
        return [item["not"]] if isinstance(item["not"], dict) else []
    operands: Any = item.get("and", item.get("or"))
    return [each for each in operands if isinstance(each, dict)] if isinstance(operands, list) else []


def _leaves(item: Json) -> Any:
    if item.get("type") != "operator":
        yield item
    for each in _operands(item):
        yield from _leaves(each)


def least_recipients(body: Json) -> int:
    """LINE names no exception for a narrowcast to all friends; only one that selects is held to the minimum here."""
    return LEAST_RECIPIENTS if body.get("recipient") or (body.get("filter") or {}).get("demographic") else 0


def select(world: World, channel: Channel, body: Json) -> list[str]:
    """Ids of the friends that fit, in the order they are known. 403 when the account reaches too few for attributes."""
    friends = world.friends(channel)
    demographic = (body.get("filter") or {}).get("demographic")
    if demographic and len(friends) < LEAST_REACH:
        raise AccountNotEligible
    recipient = body.get("recipient")
    return [
        each.person_id
        for each in friends
        if (not recipient or _received(world, channel, recipient, each.person_id))
        and (not demographic or _fits(world, demographic, each))
    ]


def _received(world: World, channel: Channel, recipient: Json, person_id: str) -> bool:
    if recipient["type"] == "operator":
        return _combine(recipient, [_received(world, channel, each, person_id) for each in _operands(recipient)])
    campaign = world.campaigns.get(recipient["requestId"])
    if campaign is None or campaign.channel_id != channel.channel_id:
        raise LineError(400, "The request ID of the recipient is invalid")
    return person_id in campaign.person_ids


def _fits(world: World, wanted: Json, friendship: Friendship) -> bool:
    person: Person = world.people[friendship.person_id]
    match wanted["type"]:
        case "operator":
            return _combine(wanted, [_fits(world, each, friendship) for each in _operands(wanted)])
        case "gender":
            return person.gender in wanted["oneOf"]
        case "area":
            return person.area in wanted["oneOf"]
        case "appType":
            return person.app_type in wanted["oneOf"]
        case "age":
            return person.age in AGES and _between(AGES.index(person.age), wanted, AGES.index)
        case _:
            days = (world.clock.now() - (friendship.added_at or 0.0)) / 86400
            return _between(days, wanted, PERIODS.__getitem__)


def _between(value: float, wanted: Json, read: Any) -> bool:
    return ("gte" not in wanted or value >= read(wanted["gte"])) and ("lt" not in wanted or value < read(wanted["lt"]))


def _combine(item: Json, results: list[bool]) -> bool:
    if "not" in item:
        return not any(results)
    return all(results) if "and" in item else any(results)


def advance(world: World, campaign: Campaign) -> None:
    """Bring a narrowcast to where it is by now; delivers once, when its time has come."""
    now = world.clock.now()
    channel = world.channels[campaign.channel_id]
    if campaign.state == "waiting" and now >= campaign.starts_at:
        if campaign.target < campaign.needs:
            campaign.state, campaign.error_code = "failed", NOT_ENOUGH_RECIPIENTS
            campaign.failed_description = "The number of recipients is insufficient"
            campaign.completed_at, campaign.reserved = now, 0
        else:
            campaign.state = "sending"
        world.touch()
    if campaign.state == "sending" and now >= campaign.completed_at:
        campaign.state, campaign.reserved = "succeeded", 0
        sending = Sending(channel, "narrowcast", campaign.request_id, campaign.messages, campaign.retry_key)
        # Who blocked the account since the request was accepted is a failure and is not counted.
        reached = [
            (world.people[person_id], reach(world, world.friendship(channel, person_id), strangers=False))
            for person_id in campaign.person_ids
        ]
        campaign.success = sum(how is Reach.DELIVERED for _, how in reached)
        campaign.failure = len(reached) - campaign.success
        take_quota(world, channel, campaign.success)
        for person, how in reached:
            deliver(world, sending, person, how)
        count_sent(world, channel, "narrowcast", campaign.success)


async def run(world: World, campaign: Campaign) -> None:
    """Advance as the clock goes, until the narrowcast is over."""
    for instant in (campaign.starts_at, campaign.completed_at):
        await world.clock.sleep_until(instant)
        advance(world, campaign)
