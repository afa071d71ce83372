"""From LINE's webhook events to ``channels.ports``.

Source: developers.line.biz/en/reference/messaging-api/#webhook-event-objects. A tolerant reader, as LINE demands:
properties may come, go and change their order without notice, so whatever is missing or of another shape than documented
is left out, and an event that makes no sense without it is kept as ``incomplete``. Reading never raises.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from madoguchi.channels.ports import (
    AnyEvent,
    Followed,
    Kept,
    MediaReceived,
    MenuTurned,
    MessageEdited,
    MessageReceived,
    MessageUnsent,
    Noticed,
    PostbackReceived,
    Unfollowed,
)

Json = dict[str, Any]
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MILLISECONDS_MAX = 253_402_300_799_000  # the end of the year 9999
_INTEGER_MAX = 2**31 - 1
_MEDIA_KINDS = frozenset({"image", "video", "audio", "file"})


def read(event_pk: int, account_id: int, payload: object, received_at: dt.datetime) -> AnyEvent:
    """One raw event of an account. ``received_at`` stands in for a missing time."""
    event = payload if isinstance(payload, dict) else {}
    kind = _text(event, "type", 40)
    at = _time(event.get("timestamp")) or received_at
    source = _object(event, "source")
    user_id = _text(source, "userId", 80)
    if reason := _reason_to_keep(event, kind, source, user_id):
        text = _text(_object(event, "message"), "text", 20_000) if reason == "group" else ""
        return Kept(event_pk, account_id, user_id, at, kind=kind, reason=reason, text=text)
    common: Json = {
        "event_pk": event_pk,
        "account_id": account_id,
        "external_id": user_id,
        "at": at,
        "reply_token": _text(event, "replyToken", 120),
        "received_at": received_at,
    }
    return _READERS[kind](event, common) or Kept(event_pk, account_id, user_id, at, kind=kind, reason="incomplete")


def kind(payload: object) -> str:
    """LINE's name for what happened; empty when there is none."""
    return _text(payload, "type", 40) if isinstance(payload, dict) else ""


def _reason_to_keep(event: Json, kind: str, source: Json, user_id: str) -> str:
    if event.get("mode") == "standby":
        return "standby"  # another channel holds the chat, and we must stay silent
    if source.get("type") in ("group", "room"):
        return "group"
    if kind in _ACCOUNT_WIDE:
        return "account_wide"
    if kind not in _READERS:
        return "unknown_kind"
    if not user_id:
        return "no_sender"
    if kind == "beacon" and _object(event, "beacon").get("type") == "stay":
        return "beacon_stay"  # repeated every few seconds
    return ""


def _message(event: Json, common: Json) -> AnyEvent | None:
    message = _object(event, "message")
    message_id, kind = _text(message, "id", 40), _text(message, "type", 40)
    if not message_id or not kind:
        return None
    details = _DETAILS[kind](message) if kind in _DETAILS else {} if kind in _MEDIA_KINDS else {"type": kind}
    if read_token := _text(message, "markAsReadToken", 1000):
        details["read_token"] = read_token
    return MessageReceived(
        **common,
        provider_message_id=message_id,
        kind=kind if kind in _DETAILS or kind in _MEDIA_KINDS else "other",
        text=_text(message, "text", 20_000) if kind == "text" else "",
        details=details,
        media=_media(message, kind) if kind in _MEDIA_KINDS else None,
        quote_token=_text(message, "quoteToken", 200),
        quoted_provider_message_id=_text(message, "quotedMessageId", 40),
        read_token=read_token,
    )


def _media(message: Json, kind: str) -> MediaReceived:
    content = _object(message, "contentProvider")
    is_elsewhere = content.get("type") == "external"
    return MediaReceived(
        kind=kind,
        name=_text(message, "fileName", 10_000)[:255],
        byte_size=_number(message.get("fileSize"), at_most=2**53),
        duration_ms=_number(message.get("duration")),
        external_url=_text(content, "originalContentUrl", 2_000) if is_elsewhere else "",
    )


def _text_details(message: Json) -> Json:
    emojis = [
        {
            "index": emoji.get("index"),
            "length": emoji.get("length"),
            "product_id": emoji.get("productId"),
            "emoji_id": emoji.get("emojiId"),
        }
        for emoji in _objects(message, "emojis")
    ]
    mentions = [
        {
            "index": mention.get("index"),
            "length": mention.get("length"),
            "type": mention.get("type"),
            "is_self": mention.get("isSelf") is True,
        }
        for mention in _objects(_object(message, "mention"), "mentionees")
    ]
    return _without_empty({"emojis": emojis, "mentions": mentions})


def _sticker_details(message: Json) -> Json:
    keywords = message.get("keywords")
    return _without_empty(
        {
            "package_id": _text(message, "packageId", 40),
            "sticker_id": _text(message, "stickerId", 40),
            "resource_type": _text(message, "stickerResourceType", 40),
            "keywords": [word for word in keywords if isinstance(word, str)] if isinstance(keywords, list) else [],
            "text": _text(message, "text", 1_000),
        }
    )


def _location_details(message: Json) -> Json:
    return _without_empty(
        {
            "title": _text(message, "title", 1_000),
            "address": _text(message, "address", 1_000),
            "latitude": _degrees(message.get("latitude")),
            "longitude": _degrees(message.get("longitude")),
        }
    )


def _image_details(message: Json) -> Json:
    image_set = _object(message, "imageSet")
    return (
        _without_empty({"image_set": {name: image_set.get(name) for name in ("id", "index", "total")}})
        if (image_set)
        else {}
    )


def _edited(event: Json, common: Json) -> AnyEvent | None:
    message = _object(event, "message")
    message_id, text = _text(message, "id", 40), _text(message, "text", 20_000)
    return MessageEdited(**common, provider_message_id=message_id, text=text) if message_id and text else None


def _unsent(event: Json, common: Json) -> AnyEvent | None:
    message_id = _text(_object(event, "unsend"), "messageId", 40)
    return MessageUnsent(**common, provider_message_id=message_id) if message_id else None


def _followed(event: Json, common: Json) -> AnyEvent:
    return Followed(**common, was_unblocked=_object(event, "follow").get("isUnblocked") is True)


def _unfollowed(_event: Json, common: Json) -> AnyEvent:
    return Unfollowed(**common)


def _postback(event: Json, common: Json) -> AnyEvent | None:
    postback = _object(event, "postback")
    data = postback.get("data")
    if not isinstance(data, str):
        return None
    params = _object(postback, "params")
    if "status" in params:  # of a tab of a rich menu; one that led nowhere names no alias (postback-event)
        return MenuTurned(**common, data=data, is_shown=params["status"] == "SUCCESS")
    return PostbackReceived(**common, data=data, params=params)


def _video_played(event: Json, common: Json) -> AnyEvent:
    details = {"tracking_id": _text(_object(event, "videoPlayComplete"), "trackingId", 100)}
    return Noticed(**common, kind="video_played", details=details)


def _beacon(event: Json, common: Json) -> AnyEvent:
    beacon = _object(event, "beacon")
    kind = "beacon_banner_tapped" if beacon.get("type") == "banner" else "beacon_entered"
    return Noticed(**common, kind=kind, details={"hardware_id": _text(beacon, "hwid", 40)})


def _account_linked(event: Json, common: Json) -> AnyEvent:
    link = _object(event, "link")
    kind = "account_linked" if link.get("result") == "ok" else "account_link_failed"
    return Noticed(**common, kind=kind, details={"nonce": _text(link, "nonce", 255)})


def _membership(event: Json, common: Json) -> AnyEvent | None:
    membership = _object(event, "membership")
    kind = membership.get("type")
    if kind not in ("joined", "left", "renewed"):
        return None
    return Noticed(
        **common, kind=f"membership_{kind}", details={"membership_id": _number(membership.get("membershipId"))}
    )


_READERS: dict[str, Callable[[Json, Json], AnyEvent | None]] = {
    "accountLink": _account_linked,
    "beacon": _beacon,
    "follow": _followed,
    "membership": _membership,
    "message": _message,
    "messageEdited": _edited,
    "postback": _postback,
    "unfollow": _unfollowed,
    "unsend": _unsent,
    "videoPlayComplete": _video_played,
}
_DETAILS: dict[str, Callable[[Json], Json]] = {
    "image": _image_details,
    "location": _location_details,
    "sticker": _sticker_details,
    "text": _text_details,
}
_ACCOUNT_WIDE = frozenset({"activated", "botResumed", "botSuspended", "deactivated", "delivery", "module"})
"""Known, about no customer's thread; nothing follows from them yet."""


def _object(of: Json, name: str) -> Json:
    value = of.get(name)
    return value if isinstance(value, dict) else {}


def _objects(of: Json, name: str) -> list[Json]:
    value = of.get(name)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text(of: Json, name: str, at_most: int) -> str:
    """Empty when it is longer than we can hold: half an id or half a token is worse than none."""
    value = of.get(name)
    return value if isinstance(value, str) and len(value) <= at_most else ""


def _number(value: object, *, at_most: int = _INTEGER_MAX) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= at_most else None


def _degrees(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if -180 <= value <= 180 else None


def _time(milliseconds: object) -> dt.datetime | None:
    value = _number(milliseconds, at_most=_MILLISECONDS_MAX)
    return _EPOCH + dt.timedelta(milliseconds=value) if value else None


def _without_empty(details: Json) -> Json:
    return {name: value for name, value in details.items() if value not in (None, "", [])}
