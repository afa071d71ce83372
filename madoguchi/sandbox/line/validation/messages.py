"""Message objects that are sent (message-objects): limits by type."""

import re
from collections.abc import Callable

from madoguchi.sandbox.line.delivery import quoted_message
from madoguchi.sandbox.line.records import Channel, Json
from madoguchi.sandbox.line.world import World

from .actions import check_quick_reply, check_scheme
from .checks import Checker
from .flex import check_flex
from .templates import check_template

Check = Callable[[Checker, Json, str], None]

ALT_TEXT = 1500
FORBIDDEN_IN_SENDER_NAME = re.compile(r"\bline\b", re.IGNORECASE)

_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_KEY = re.compile(r"[A-Za-z0-9_]{1,20}")


def check_messages(checker: Checker, messages: list[Json], world: World, channel: Channel) -> None:
    for index, message in enumerate(messages):
        where = f"messages[{index}]"
        check = CHECKS.get(str(message.get("type")))
        if check is None:
            checker.choice(message, "type", where, CHECKS.keys())
            continue
        check(checker, message, where)
        if "sender" in message:
            _sender(checker, message, where)
        if "quickReply" in message:
            check_quick_reply(checker, message, where)
        if message.get("quoteToken") is not None and quoted_message(world, channel, message["quoteToken"]) is None:
            checker.add("Invalid quote token", f"{where}.quoteToken")


def _sender(checker: Checker, message: Json, where: str) -> None:
    if (sender := checker.object(message, "sender", where, required=False)) is None:
        return
    name = checker.text(sender, "name", f"{where}.sender", 20, required=False)
    if name and FORBIDDEN_IN_SENDER_NAME.search(name):
        checker.add("Must not contain a reserved word", f"{where}.sender.name")
    checker.url(sender, "iconUrl", f"{where}.sender", required=False)


def _text(checker: Checker, message: Json, where: str) -> None:
    text = checker.text(message, "text", where, 5000)
    if "emojis" in message:
        for index, emoji in enumerate(checker.items(message, "emojis", where, 0, 20, required=False)):
            at = f"{where}.emojis[{index}]"
            start = checker.number(emoji, "index", at, 0, 4999)
            if start is not None and text.encode("utf-16-le")[int(start) * 2 : int(start) * 2 + 2] != b"$\0":
                checker.add("Must point to a $ in the text", f"{at}.index")
            checker.text(emoji, "productId", at, 64)
            checker.text(emoji, "emojiId", at, 64)


def _text_v2(checker: Checker, message: Json, where: str) -> None:
    """Placeholders `{key}` and the substitution have to fit; braces are written twice (text-message-v2)."""
    text = checker.text(message, "text", where, 5000)
    substitution = checker.object(message, "substitution", where, required=False) or {}
    if len(substitution) > 100:
        checker.add("Size must be between 0 and 100", f"{where}.substitution")
        return
    used = set()
    for found in _PLACEHOLDER.finditer(text):
        if found[0] in ("{{", "}}"):
            continue
        key = found[1]
        if key is None or key not in substitution:
            checker.add("Placeholder has no substitution", f"{where}.text")
        else:
            used.add(key)
    kinds: list[str] = []
    for key, value in substitution.items():
        at = f"{where}.substitution['{key}']"
        if not _KEY.fullmatch(key) or not isinstance(value, dict):
            checker.add("Must be a valid substitution", at)
            continue
        if key not in used:
            checker.add("Is not used in the text", at)
        kinds.append(kind := checker.choice(value, "type", at, {"mention", "emoji"}))
        if kind == "emoji":
            checker.text(value, "productId", at, 64)
            checker.text(value, "emojiId", at, 64)
        elif kind == "mention":
            mentionee = checker.object(value, "mentionee", at) or {"type": "all"}
            if checker.choice(mentionee, "type", f"{at}.mentionee", {"user", "all"}) == "user":
                checker.text(mentionee, "userId", f"{at}.mentionee", 64)
    if kinds.count("mention") > 20 or kinds.count("emoji") > 20:
        checker.add("Size must be between 0 and 20", f"{where}.substitution")


def _image(checker: Checker, message: Json, where: str) -> None:
    checker.url(message, "originalContentUrl", where)
    checker.url(message, "previewImageUrl", where)


def _video(checker: Checker, message: Json, where: str) -> None:
    _image(checker, message, where)
    tracking = checker.text(message, "trackingId", where, 100, required=False)
    if tracking and not re.fullmatch(r"[A-Za-z0-9\-.=,+*()%$&;:@{}!?<>\[\]]+", tracking):
        checker.add("Must be a valid tracking ID", f"{where}.trackingId")


def _audio(checker: Checker, message: Json, where: str) -> None:
    checker.url(message, "originalContentUrl", where)
    checker.number(message, "duration", where, 1, 86_400_000)


def _location(checker: Checker, message: Json, where: str) -> None:
    checker.text(message, "title", where, 100)
    checker.text(message, "address", where, 100)
    checker.number(message, "latitude", where, -90, 90, whole=False)
    checker.number(message, "longitude", where, -180, 180, whole=False)


def _sticker(checker: Checker, message: Json, where: str) -> None:
    """LINE accepts its published list only; the sandbox has no copy of it and accepts any number."""
    for name in ("packageId", "stickerId"):
        value = checker.text(message, name, where, 20)
        if value and not value.isdecimal():
            checker.add("Must be a valid sticker", f"{where}.{name}")


def _coupon(checker: Checker, message: Json, where: str) -> None:
    checker.text(message, "couponId", where, 64)
    checker.text(message, "deliveryTag", where, 30, required=False)


def _imagemap(checker: Checker, message: Json, where: str) -> None:
    checker.url(message, "baseUrl", where)
    checker.text(message, "altText", where, ALT_TEXT)
    if size := checker.object(message, "baseSize", where):
        checker.number(size, "width", f"{where}.baseSize", 1040, 1040)
        checker.number(size, "height", f"{where}.baseSize", 1, 100_000)
    for index, action in enumerate(checker.items(message, "actions", where, 0, 50)):
        at = f"{where}.actions[{index}]"
        match checker.choice(action, "type", at, {"uri", "message", "clipboard"}):
            case "uri":
                if uri := checker.text(action, "linkUri", at, 1000):
                    check_scheme(checker, uri, f"{at}.linkUri")
            case "message":
                checker.text(action, "text", at, 400)
            case "clipboard":
                checker.text(action, "clipboardText", at, 1000)
        checker.text(action, "label", at, 100, required=False)
        _area(checker, action, at)
    if video := checker.object(message, "video", where, required=False):
        at = f"{where}.video"
        _image(checker, video, at)
        _area(checker, video, at)
        if link := checker.object(video, "externalLink", at, required=False):
            checker.text(link, "linkUri", f"{at}.externalLink", 1000)
            checker.text(link, "label", f"{at}.externalLink", 30)


def _area(checker: Checker, item: Json, where: str) -> None:
    if area := checker.object(item, "area", where):
        for name in ("x", "y"):
            checker.number(area, name, f"{where}.area", 0, 100_000)
        for name in ("width", "height"):
            checker.number(area, name, f"{where}.area", 1, 100_000)


CHECKS: dict[str, Check] = {
    "text": _text,
    "textV2": _text_v2,
    "image": _image,
    "video": _video,
    "audio": _audio,
    "location": _location,
    "sticker": _sticker,
    "coupon": _coupon,
    "imagemap": _imagemap,
    "template": check_template,
    "flex": check_flex,
}
