"""Whom a message reaches, and what becomes of it: the table by user state, quota, retry keys.

LINE answers 200 even when a message is dropped in silence (send-push-message, send-multicast-message)."""

import uuid
from dataclasses import dataclass
from enum import Enum, auto

from . import calendar, identifiers
from .errors import LineError, QuotaExceeded
from .records import AcceptedRequest, Channel, ChatMessage, Friendship, Json, Person
from .world import World

OPEN_TO_STRANGERS_SECONDS = 7 * 86400
RETRY_KEY_SECONDS = 24 * 3600
UNITS_PER_MONTH = 1000

QUOTABLE = frozenset({"text", "textV2", "sticker", "image", "video", "template", "flex"})


class Reach(Enum):
    DELIVERED = auto()
    DROPPED = auto()


@dataclass(frozen=True, slots=True)
class Sending:
    """What all bubbles of one request share."""

    channel: Channel
    via: str
    request_id: str
    messages: list[Json]
    retry_key: str = ""
    unit: str = ""


def reach(world: World, friendship: Friendship, *, strangers: bool) -> Reach:
    """`strangers`: push also reaches those who wrote within seven days without being friends."""
    if world.people[friendship.person_id].deleted or friendship.state == "blocked":
        return Reach.DROPPED
    if friendship.state == "friend":
        return Reach.DELIVERED
    wrote = friendship.wrote_at
    recent = wrote is not None and world.clock.now() - wrote <= OPEN_TO_STRANGERS_SECONDS
    return Reach.DELIVERED if strangers and recent else Reach.DROPPED


def deliver(world: World, sending: Sending, person: Person, reached: Reach) -> list[Json]:
    """Put the bubbles into the chat; returns `sentMessages`. Dropped bubbles are kept for the judge only."""
    channel = sending.channel
    friendship = world.friendship(channel, person.person_id)
    delivered = reached is Reach.DELIVERED
    at = world.clock.now_ms()
    sent: list[Json] = []
    message = None
    for body in sending.messages:
        message = world.add_message(
            friendship,
            ChatMessage(
                id=world.next_message_id(),
                channel_id=channel.channel_id,
                person_id=person.person_id,
                direction="out",
                at=at,
                body=body,
                via=sending.via,
                request_id=sending.request_id,
                retry_key=sending.retry_key,
                delivered=delivered,
                unit=sending.unit,
            ),
        )
        entry: Json = {"id": message.id}
        if body["type"] in QUOTABLE:
            entry["quoteToken"] = quote_token(channel, message.id)
        sent.append(entry)
    if delivered:
        # The loading animation goes away when a message arrives (display-a-loading-indicator).
        friendship.loading_until = 0.0
        world.chat_changed(channel.channel_id, person.person_id, message)
    else:
        world.touch()
    return sent


def quote_token(channel: Channel, message_id: str) -> str:
    """Never expires, can be used again and again, in the same chat only (get-quote-tokens)."""
    return identifiers.sealed("quote", channel.secret, message_id)


def quoted_message(world: World, channel: Channel, token: object) -> ChatMessage | None:
    message_id = identifiers.unsealed("quote", channel.secret, token)
    return world.messages.get(message_id) if message_id else None


# -- quota ----------------------------------------------------------------------


def take_quota(world: World, channel: Channel, recipients: int) -> None:
    """Count `recipients` persons (not bubbles) against this month; 429 when the plan does not allow them."""
    if not recipients:
        return
    month = calendar.month(world.clock.now())
    used = channel.usage.get(month, 0)
    if channel.plan_limit is not None and used + reserved_quota(world, channel) + recipients > channel.plan_limit:
        raise QuotaExceeded
    channel.usage[month] = used + recipients


def used_quota(world: World, channel: Channel) -> int:
    return channel.usage.get(calendar.month(world.clock.now()), 0)


def reserved_quota(world: World, channel: Channel) -> int:
    """What narrowcasts that still run have set aside (send-narrowcast-message)."""
    if not world.campaigns:
        return 0
    return sum(
        each.reserved
        for each in world.campaigns.values()
        if each.channel_id == channel.channel_id and each.state in ("waiting", "sending")
    )


def count_sent(world: World, channel: Channel, method: str, recipients: int) -> None:
    key = f"{calendar.day(world.clock.now())}/{method}"
    channel.sent[key] = channel.sent.get(key, 0) + recipients


def assign_unit(world: World, channel: Channel, units: list[str]) -> str:
    """The aggregation unit, or "" when the thousand names of this month are used up (silently, as LINE does)."""
    if not units:
        return ""
    names = channel.units.setdefault(calendar.month(world.clock.now()), [])
    if units[0] not in names:
        if len(names) >= UNITS_PER_MONTH:
            return ""
        names.append(units[0])
    return units[0]


# -- retry keys -------------------------------------------------------------------


def check_retry_key(world: World, channel: Channel, header: str | None) -> str:
    """The key, if it is new. 400 when it is not a UUID, 409 when it was accepted within 24 hours."""
    if header is None:
        return ""
    try:
        key = str(uuid.UUID(header))
    except ValueError:
        raise LineError(400, "The retry key is invalid") from None
    accepted = world.accepted_requests.get(f"{channel.channel_id}/{key}")
    if accepted and world.clock.now() - accepted.at < RETRY_KEY_SECONDS:
        extra = {} if accepted.sent_messages is None else {"sentMessages": accepted.sent_messages}
        headers = {"x-line-accepted-request-id": accepted.request_id}
        raise LineError(409, "The retry key is already accepted", headers=headers, extra=extra)
    return key


def remember_retry_key(world: World, sending: Sending, sent_messages: list[Json] | None = None) -> None:
    if not sending.retry_key:
        return
    now, accepted = world.clock.now(), world.accepted_requests
    name = f"{sending.channel.channel_id}/{sending.retry_key}"
    accepted.pop(name, None)
    accepted[name] = AcceptedRequest(
        sending.channel.channel_id, sending.retry_key, sending.request_id, now, sent_messages
    )
    # In order of acceptance: forget from the front, two at most, so that no request pays for many.
    for _ in range(2):
        oldest = next(iter(accepted))
        if now - accepted[oldest].at < RETRY_KEY_SECONDS:
            break
        del accepted[oldest]
