"""Action objects and quick replies (action-objects, quick-reply)."""

import re
from enum import StrEnum
from urllib.parse import urlsplit

from madoguchi.sandbox.line.records import Json

from .checks import Checker, grapheme_length

URI_SCHEMES = frozenset({"http", "https", "line", "tel"})
INPUT_OPTIONS = frozenset({"closeRichMenu", "openRichMenu", "openKeyboard", "openVoice"})
EVERYWHERE = frozenset({"postback", "message", "uri", "datetimepicker", "clipboard"})
IN_QUICK_REPLY = EVERYWHERE | {"camera", "cameraRoll", "location"}
IN_RICH_MENU = EVERYWHERE | {"richmenuswitch"}

_MOMENTS = {
    "date": re.compile(r"(?:19|20|21)\d\d-\d\d-\d\d"),
    "time": re.compile(r"\d\d:\d\d"),
    "datetime": re.compile(r"(?:19|20|21)\d\d-\d\d-\d\d[Tt]\d\d:\d\d"),
}
_ALIAS = re.compile(r"[a-z0-9_-]{1,32}")


class Place(StrEnum):
    """Where an action stands decides which kinds are allowed and how long its label may be."""

    TEMPLATE = "template"
    IMAGE_CAROUSEL = "image carousel"
    FLEX = "flex"
    QUICK_REPLY = "quick reply"
    RICH_MENU = "rich menu"
    TAPPABLE = "tappable area"
    """A default action or the action of a whole bubble: a label is optional."""


_LABEL_LENGTH = {Place.IMAGE_CAROUSEL: 12, Place.FLEX: 40}


def check_action(checker: Checker, action: Json | None, where: str, place: Place) -> None:
    if action is None:
        return
    allowed = IN_QUICK_REPLY if place is Place.QUICK_REPLY else IN_RICH_MENU if place is Place.RICH_MENU else EVERYWHERE
    kind = checker.choice(action, "type", where, allowed)
    if not kind:
        return
    # A flex button shows its label; everything else in flex, and rich menus, need none.
    labelled = place in (Place.TEMPLATE, Place.QUICK_REPLY)
    checker.text(action, "label", where, _LABEL_LENGTH.get(place, 20), required=labelled, count=grapheme_length)
    match kind:
        case "postback":
            _postback(checker, action, where)
        case "message":
            checker.text(action, "text", where, 300, count=grapheme_length)
        case "uri":
            _uri(checker, action, where)
        case "datetimepicker":
            _date_time_picker(checker, action, where)
        case "clipboard":
            checker.text(action, "clipboardText", where, 1000)
        case "richmenuswitch":
            alias = checker.text(action, "richMenuAliasId", where, 32)
            if alias and not _ALIAS.fullmatch(alias):
                checker.add("Must be a valid rich menu alias ID", f"{where}.richMenuAliasId")
            checker.text(action, "data", where, 300)


def _postback(checker: Checker, action: Json, where: str) -> None:
    checker.text(action, "data", where, 300)
    checker.text(action, "displayText", where, 300, required=False, count=grapheme_length)
    checker.text(action, "text", where, 300, required=False, count=grapheme_length)
    if action.get("displayText") and action.get("text"):
        checker.add("May not be used together with displayText", f"{where}.text")
    option = checker.choice(action, "inputOption", where, INPUT_OPTIONS, required=False)
    if action.get("fillInText") is not None:
        checker.text(action, "fillInText", where, 300, count=grapheme_length)
        if option != "openKeyboard":
            checker.add("Can only be used when inputOption is openKeyboard", f"{where}.fillInText")


def _uri(checker: Checker, action: Json, where: str) -> None:
    uri = checker.text(action, "uri", where, 1000)
    if uri:
        check_scheme(checker, uri, f"{where}.uri")
    if alternative := checker.object(action, "altUri", where, required=False):
        desktop = checker.text(alternative, "desktop", f"{where}.altUri", 1000, required=False)
        if desktop:
            check_scheme(checker, desktop, f"{where}.altUri.desktop")


def check_scheme(checker: Checker, uri: str, at: str) -> None:
    try:
        parts = urlsplit(uri)
    except ValueError:
        checker.add("Must be a valid URI", at)
        return
    if parts.scheme not in URI_SCHEMES or (parts.scheme in ("http", "https") and not parts.hostname):
        checker.add("Must be a valid URI scheme: http, https, line, tel", at)


def _date_time_picker(checker: Checker, action: Json, where: str) -> None:
    checker.text(action, "data", where, 300)
    mode = checker.choice(action, "mode", where, _MOMENTS.keys())
    if not mode:
        return
    moments = {}
    for name in ("initial", "min", "max"):
        value = checker.text(action, name, where, 32, required=False)
        if value and not _MOMENTS[mode].fullmatch(value):
            checker.add(f"Must be a valid {mode}", f"{where}.{name}")
        elif value:
            moments[name] = value.lower()
    if "min" in moments and "max" in moments and moments["min"] >= moments["max"]:
        checker.add("Must be before max", f"{where}.min")


def check_quick_reply(checker: Checker, message: Json, where: str) -> None:
    if (quick := checker.object(message, "quickReply", where, required=False)) is None:
        return
    where = f"{where}.quickReply"
    for index, item in enumerate(checker.items(quick, "items", where, 1, 13)):
        at = f"{where}.items[{index}]"
        checker.choice(item, "type", at, {"action"})
        checker.url(item, "imageUrl", at, required=False)
        check_action(checker, checker.object(item, "action", at), f"{at}.action", Place.QUICK_REPLY)
