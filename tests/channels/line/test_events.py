"""Every event of LINE's reference, as hand-written payloads, and payloads that LINE never promised not to send."""

import datetime as dt
from typing import Any

import pytest

from madoguchi.channels.line.events import kind, read
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

USER = "U4af4980629" + "0" * 22
RECEIVED = dt.datetime(2026, 11, 21, 12, 0, 1, tzinfo=dt.UTC)
AT = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)


def event(type_: str, **more: Any) -> dict[str, Any]:
    return {
        "type": type_,
        "mode": "active",
        "timestamp": int(AT.timestamp() * 1000),
        "source": {"type": "user", "userId": USER},
        "webhookEventId": "01FZ74A0TDDPYRVKNK77XKC3ZR",
        "deliveryContext": {"isRedelivery": False},
        **more,
    }


def message(type_: str, **more: Any) -> dict[str, Any]:
    return event(
        "message",
        replyToken="nHuyWiB7yP5Zw52FIkcQobQuGDXCTA",
        message={"id": "444573844083572737", "type": type_, **more},
    )


def look(payload: object) -> AnyEvent:
    return read(7, 3, payload, RECEIVED)


def test_common_properties_are_read() -> None:
    seen = look(message("text", text="Hello", quoteToken="q-token", markAsReadToken="30yhdy232"))

    assert isinstance(seen, MessageReceived)
    assert (seen.event_pk, seen.account_id, seen.external_id, seen.at, seen.received_at) == (7, 3, USER, AT, RECEIVED)
    assert seen.reply_token == "nHuyWiB7yP5Zw52FIkcQobQuGDXCTA"
    assert (seen.provider_message_id, seen.quote_token, seen.read_token) == (
        "444573844083572737",
        "q-token",
        "30yhdy232",
    )


def test_text_with_emojis_mentions_and_quote() -> None:
    seen = look(
        message(
            "text",
            text="@All @example Good Morning!! (love)",
            emojis=[{"index": 29, "length": 6, "productId": "5ac1bfd5040ab15980c9b435", "emojiId": "001"}],
            mention={
                "mentionees": [
                    {"index": 0, "length": 4, "type": "all"},
                    {"index": 5, "length": 8, "userId": "U49585cd0d5", "type": "user", "isSelf": True},
                ]
            },
            quotedMessageId="468789577898262530",
        )
    )

    assert isinstance(seen, MessageReceived)
    assert (seen.kind, seen.text) == ("text", "@All @example Good Morning!! (love)")
    assert seen.quoted_provider_message_id == "468789577898262530"
    assert seen.details == {
        "emojis": [{"index": 29, "length": 6, "product_id": "5ac1bfd5040ab15980c9b435", "emoji_id": "001"}],
        "mentions": [
            {"index": 0, "length": 4, "type": "all", "is_self": False},
            {"index": 5, "length": 8, "type": "user", "is_self": True},
        ],
    }


def test_sticker() -> None:
    seen = look(
        message(
            "sticker",
            packageId="446",
            stickerId="1988",
            stickerResourceType="A_TYPE_OF_NEXT_YEAR",
            keywords=["cony", "sally"],
            text="Let's\nhang out",
        )
    )

    assert isinstance(seen, MessageReceived)
    assert (seen.kind, seen.text) == ("sticker", "")
    assert seen.details == {
        "package_id": "446",
        "sticker_id": "1988",
        "resource_type": "A_TYPE_OF_NEXT_YEAR",
        "keywords": ["cony", "sally"],
        "text": "Let's\nhang out",
    }


def test_location_without_title() -> None:
    seen = look(message("location", address="台北市信義區", latitude=25.033, longitude=121))

    assert isinstance(seen, MessageReceived)
    assert seen.details == {"address": "台北市信義區", "latitude": 25.033, "longitude": 121.0}


@pytest.mark.parametrize(
    ("payload", "media"),
    [
        (message("image", contentProvider={"type": "line"}), MediaReceived("image")),
        (
            message(
                "image",
                contentProvider={"type": "external", "originalContentUrl": "https://example.com/a.jpg"},
            ),
            MediaReceived("image", external_url="https://example.com/a.jpg"),
        ),
        (
            message("video", duration=60000, contentProvider={"type": "line", "originalContentUrl": "https://x"}),
            MediaReceived("video", duration_ms=60000),
        ),
        (message("audio", duration=1200, contentProvider={"type": "line"}), MediaReceived("audio", duration_ms=1200)),
        (message("file", fileName="收據.pdf", fileSize=2138), MediaReceived("file", name="收據.pdf", byte_size=2138)),
    ],
)
def test_media(payload: dict[str, Any], media: MediaReceived) -> None:
    seen = look(payload)

    assert isinstance(seen, MessageReceived)
    assert (seen.kind, seen.media) == (media.kind, media)


def test_image_set_is_kept_for_the_bubble() -> None:
    seen = look(
        message(
            "image",
            imageSet={"id": "E005D41A7288F41B65593ED38FF6E9834B046AB36A37921A56BC236F13A91855", "index": 1, "total": 2},
        )
    )

    assert isinstance(seen, MessageReceived)
    assert seen.details["image_set"]["index"] == 1
    assert seen.details["image_set"]["total"] == 2


def test_message_of_an_unknown_kind_is_a_message() -> None:
    seen = look(message("hologram", shape="cube"))

    assert isinstance(seen, MessageReceived)
    assert (seen.kind, seen.details) == ("other", {"type": "hologram"})


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (event("follow", follow={"isUnblocked": True}), Followed),
        (event("unfollow"), Unfollowed),
        (event("unsend", unsend={"messageId": "325708"}), MessageUnsent),
        (event("messageEdited", message={"id": "325708", "type": "text", "text": "new"}), MessageEdited),
        (event("postback", postback={"data": "storeId=12345"}), PostbackReceived),
        (event("videoPlayComplete", videoPlayComplete={"trackingId": "track-id"}), Noticed),
        (event("beacon", beacon={"hwid": "d41d8cd98f", "type": "enter"}), Noticed),
        (event("beacon", beacon={"hwid": "d41d8cd98f", "type": "banner"}), Noticed),
        (event("accountLink", link={"result": "ok", "nonce": "a" * 12}), Noticed),
        (event("membership", membership={"type": "joined", "membershipId": 3189}), Noticed),
        (event("membership", membership={"type": "left", "membershipId": 3189}), Noticed),
        (event("membership", membership={"type": "renewed", "membershipId": 3189}), Noticed),
    ],
)
def test_other_kinds_are_understood(payload: dict[str, Any], expected: type[AnyEvent]) -> None:
    seen = look(payload)

    assert type(seen) is expected
    assert seen.external_id == USER


def test_contents_of_other_kinds() -> None:
    edited = look(event("messageEdited", message={"id": "1", "type": "text", "text": "new"}))
    postback = look(event("postback", postback={"data": "d", "params": {"datetime": "2026-12-25T01:00"}}))
    unblocked, added = look(event("follow", follow={"isUnblocked": True})), look(event("follow"))

    assert isinstance(edited, MessageEdited)
    assert (edited.provider_message_id, edited.text) == ("1", "new")
    assert isinstance(postback, PostbackReceived)
    assert (postback.data, postback.params) == ("d", {"datetime": "2026-12-25T01:00"})
    assert isinstance(unblocked, Followed)
    assert isinstance(added, Followed)
    assert unblocked.was_unblocked
    assert not added.was_unblocked


@pytest.mark.parametrize(
    ("params", "is_shown"),
    [
        ({"newRichMenuAliasId": "b", "status": "SUCCESS"}, True),
        ({"status": "RICHMENU_ALIAS_ID_NOTFOUND"}, False),
        ({"status": "FAILED"}, False),
    ],
)
def test_turning_to_a_tab_is_no_button(params: Any, is_shown: bool) -> None:
    turned = look(event("postback", postback={"data": "to=b", "params": params}))

    assert isinstance(turned, MenuTurned)
    assert (turned.data, turned.is_shown) == ("to=b", is_shown)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (event("message", mode="standby", message={"id": "1", "type": "text", "text": "x"}), "standby"),
        (event("message", source={"type": "group", "groupId": "C1", "userId": USER}), "group"),
        (event("message", source={"type": "room", "roomId": "R1"}), "group"),
        (event("join", source={"type": "group", "groupId": "C1"}), "group"),
        (event("leave", source={"type": "room", "roomId": "R1"}), "group"),
        (event("memberJoined", source={"type": "group", "groupId": "C1"}, joined={"members": []}), "group"),
        (event("memberLeft", source={"type": "group", "groupId": "C1"}, left={"members": []}), "group"),
        (event("delivery", delivery={"data": "15034552939884E28681A7D668CEA94C"}), "account_wide"),
        (event("module", module={"type": "attached", "botId": "U1", "scopes": []}), "account_wide"),
        (event("activated", chatControl={"expireAt": 1}), "account_wide"),
        (event("deactivated"), "account_wide"),
        (event("botSuspended"), "account_wide"),
        (event("botResumed"), "account_wide"),
        (event("somethingNew", somethingNew={"a": 1}), "unknown_kind"),
        ({**event("accountLink", link={"result": "failed", "nonce": "n"}), "source": None}, "no_sender"),
        (event("beacon", beacon={"hwid": "d41d8cd98f", "type": "stay"}), "beacon_stay"),
        (event("message"), "incomplete"),
        (event("message", message={"type": "text", "text": "no id"}), "incomplete"),
        (event("message", message={"id": "x" * 41, "type": "text"}), "incomplete"),
        (event("unsend", unsend=[]), "incomplete"),
        (event("postback", postback={"data": 1}), "incomplete"),
        (event("membership", membership={"type": "?"}), "incomplete"),
        (event("messageEdited", message={"id": "1", "type": "text"}), "incomplete"),
        ({}, "unknown_kind"),
        (["a", "list"], "unknown_kind"),
        ("text", "unknown_kind"),
        (None, "unknown_kind"),
    ],
)
def test_the_rest_is_kept_with_a_reason(payload: object, reason: str) -> None:
    seen = look(payload)

    assert isinstance(seen, Kept)
    assert (seen.reason, seen.kind) == (reason, kind(payload))


NONSENSE: tuple[Any, ...] = (
    None,
    True,
    -1,
    3.5,
    float("inf"),
    10**400,
    "",
    "x" * 30_000,
    [],
    [[]],
    {},
    {"a": {}},
    "\ud800",
)


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_reading_never_raises_whatever_a_property_holds(nonsense: object) -> None:
    payloads = [
        message("text", text="x", emojis=[{}], mention={"mentionees": [{}]}, quotedMessageId="1", quoteToken="1"),
        message("sticker", packageId="1", stickerId="1", stickerResourceType="1", keywords=["1"], text="1"),
        message("image", contentProvider={"type": "external", "originalContentUrl": "1"}, imageSet={"id": "1"}),
        message("video", duration=1),
        message("file", fileName="1", fileSize=1),
        message("location", title="1", address="1", latitude=1, longitude=1),
        event("follow", follow={"isUnblocked": True}),
        event("unsend", unsend={"messageId": "1"}),
        event("postback", postback={"data": "1", "params": {"a": "1"}}),
        event("beacon", beacon={"hwid": "1", "type": "enter"}),
        event("accountLink", link={"result": "ok", "nonce": "1"}),
        event("membership", membership={"type": "joined", "membershipId": 1}),
        event("messageEdited", message={"id": "1", "type": "text", "text": "1"}),
        event("videoPlayComplete", videoPlayComplete={"trackingId": "1"}),
    ]
    for payload in payloads:
        for spoiled in _spoil(payload, nonsense):
            seen = look(spoiled)
            assert seen.at.tzinfo is dt.UTC
            assert len(seen.external_id) <= 80


def _spoil(payload: Any, nonsense: object) -> list[Any]:
    """The payload with each of its values, at any depth, replaced in turn."""
    if not isinstance(payload, dict):
        return [nonsense]
    return [{**payload, name: spoiled} for name in payload for spoiled in [nonsense, *_spoil(payload[name], nonsense)]]
