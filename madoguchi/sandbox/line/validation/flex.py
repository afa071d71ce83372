"""Flex messages (flex-message): sizes, nesting and the properties that every client depends on."""

import json
from collections.abc import Callable

from madoguchi.sandbox.line.records import Json

from .actions import Place, check_action
from .checks import Checker

ALT_TEXT = 1500
BUBBLE_BYTES = 30 * 1024
CAROUSEL_BYTES = 50 * 1024
CAROUSEL_BUBBLES = 12
ANIMATIONS = 10

SIZES = frozenset({"nano", "micro", "deca", "hecto", "kilo", "mega", "giga"})
IN_BOX = frozenset({"box", "button", "image", "icon", "text", "separator", "filler"})
IN_BASELINE = frozenset({"icon", "text", "filler"})
IN_HERO = frozenset({"box", "image", "video"})

Check = Callable[[Checker, Json, str], None]


def check_flex(checker: Checker, message: Json, where: str) -> None:
    checker.text(message, "altText", where, ALT_TEXT)
    if (contents := checker.object(message, "contents", where)) is None:
        return
    at = f"{where}.contents"
    match checker.choice(contents, "type", at, {"bubble", "carousel"}):
        case "bubble":
            _bubble(checker, contents, at)
        case "carousel":
            _size(checker, contents, at, CAROUSEL_BYTES)
            sizes = set()
            for index, bubble in enumerate(checker.items(contents, "contents", at, 1, CAROUSEL_BUBBLES)):
                _bubble(checker, bubble, f"{at}.contents[{index}]")
                sizes.add(str(bubble.get("size", "mega")))
            if len(sizes) > 1:
                checker.add("All bubbles of a carousel must have the same size", f"{at}.contents")
    if _animations(contents) > ANIMATIONS:
        checker.add(f"At most {ANIMATIONS} animated images", at)


def _size(checker: Checker, container: Json, where: str, most: int) -> None:
    if len(json.dumps(container, ensure_ascii=False, separators=(",", ":")).encode()) > most:
        checker.add(f"Must be at most {most // 1024} KB", where)


def _bubble(checker: Checker, bubble: Json, where: str) -> None:
    if bubble.get("type") != "bubble":
        checker.choice(bubble, "type", where, {"bubble"})
        return
    _size(checker, bubble, where, BUBBLE_BYTES)
    checker.choice(bubble, "size", where, SIZES, required=False)
    checker.choice(bubble, "direction", where, {"ltr", "rtl"}, required=False)
    for name in ("header", "body", "footer"):
        if block := checker.object(bubble, name, where, required=False):
            _component(checker, block, f"{where}.{name}", frozenset({"box"}))
    if hero := checker.object(bubble, "hero", where, required=False):
        _component(checker, hero, f"{where}.hero", IN_HERO)
    tap = checker.object(bubble, "action", where, required=False)
    check_action(checker, tap, f"{where}.action", Place.TAPPABLE)


def _component(checker: Checker, component: Json, where: str, allowed: frozenset[str]) -> None:
    kind = checker.choice(component, "type", where, allowed)
    if not kind:
        return
    COMPONENTS[kind](checker, component, where)
    if kind != "button" and "action" in component:
        check_action(checker, checker.object(component, "action", where), f"{where}.action", Place.FLEX)


def _box(checker: Checker, box: Json, where: str) -> None:
    layout = checker.choice(box, "layout", where, {"horizontal", "vertical", "baseline"})
    allowed = IN_BASELINE if layout == "baseline" else IN_BOX
    for index, each in enumerate(checker.items(box, "contents", where, 0, 1000)):
        _component(checker, each, f"{where}.contents[{index}]", allowed)


def _button(checker: Checker, button: Json, where: str) -> None:
    checker.choice(button, "style", where, {"primary", "secondary", "link"}, required=False)
    action = checker.object(button, "action", where)
    check_action(checker, action, f"{where}.action", Place.FLEX)
    if action is not None and not action.get("label"):
        checker.add("May not be empty", f"{where}.action.label")


def _url(checker: Checker, component: Json, where: str) -> None:
    checker.url(component, "url", where)


def _video(checker: Checker, video: Json, where: str) -> None:
    checker.url(video, "url", where)
    checker.url(video, "previewUrl", where)
    if alternative := checker.object(video, "altContent", where):
        _component(checker, alternative, f"{where}.altContent", frozenset({"box", "image"}))


def _text(checker: Checker, text: Json, where: str) -> None:
    spans = checker.items(text, "contents", where, 0, 1000, required=False)
    if not spans:
        checker.text(text, "text", where, 100_000)
    for index, span in enumerate(spans):
        checker.choice(span, "type", f"{where}.contents[{index}]", {"span"})
        checker.text(span, "text", f"{where}.contents[{index}]", 100_000)


def _nothing(checker: Checker, component: Json, where: str) -> None:
    """Separators and fillers have nothing that could be wrong here."""


def _animations(item: object) -> int:
    if isinstance(item, list):
        return sum(map(_animations, item))
    if not isinstance(item, dict):
        return 0
    return (item.get("type") == "image" and item.get("animated") is True) + sum(map(_animations, item.values()))


COMPONENTS: dict[str, Check] = {
    "box": _box,
    "button": _button,
    "image": _url,
    "icon": _url,
    "video": _video,
    "text": _text,
    "separator": _nothing,
    "filler": _nothing,
}
