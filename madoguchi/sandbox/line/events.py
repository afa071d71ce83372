"""Webhook events as LINE builds them (webhook-event-objects); properties without a value are left out."""

from . import identifiers
from .records import Channel, Json, Person, ReplyToken
from .world import World

WITHOUT_REPLY_TOKEN = frozenset(
    {"unsend", "unfollow", "leave", "memberLeft", "delivery", "module", "activated", "deactivated"}
    | {"botSuspended", "botResumed"}
)
REPLY_WINDOW_SECONDS = 60
REPLY_LIMIT_SECONDS = 20 * 60


def build(world: World, channel: Channel, person: Person, kind: str, fields: Json | None = None) -> Json:
    """One event of `person`, with a fresh reply token where the kind has one. `fields` may replace anything."""
    fields = dict(fields or {})
    now = world.clock.now()
    event: Json = {
        "type": kind,
        "mode": "active",
        "timestamp": int(now * 1000),
        "source": {"type": "user", "userId": world.user_id(person, channel.provider)},
        "webhookEventId": identifiers.ulid(int(now * 1000)),
        "deliveryContext": {"isRedelivery": False},
    }
    failed_link = kind == "accountLink" and fields.get("link", {}).get("result") == "failed"
    standby = fields.get("mode") == "standby"
    if not (kind in WITHOUT_REPLY_TOKEN or failed_link or standby or "replyToken" in fields):
        event["replyToken"] = issue_reply_token(world, channel, person, now)
    event.update(fields)
    return {name: value for name, value in event.items() if value is not None}


def issue_reply_token(world: World, channel: Channel, person: Person, now: float) -> str:
    token = identifiers.opaque(32)
    tokens = world.reply_tokens
    tokens[token] = ReplyToken(token, channel.channel_id, person.person_id, now, now + REPLY_WINDOW_SECONDS)
    for _ in range(2):
        oldest = tokens[next(iter(tokens))]
        if now - oldest.event_at <= REPLY_LIMIT_SECONDS:
            break
        del tokens[oldest.token]
    return token


def reopen_reply_token(world: World, event: Json) -> None:
    """A delivery starts the minute anew, within 20 minutes of the event (send-reply-message-reply-token)."""
    token = world.reply_tokens.get(event.get("replyToken", ""))
    if token and not token.used:
        token.deadline = min(world.clock.now() + REPLY_WINDOW_SECONDS, token.event_at + REPLY_LIMIT_SECONDS)


def mark_as_read_token(channel: Channel, message_id: str) -> str:
    return identifiers.sealed("read", channel.secret, message_id)
