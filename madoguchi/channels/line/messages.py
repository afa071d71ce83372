"""Message objects as LINE wants them (developers.line.biz/en/reference/messaging-api/#message-objects).

Each is a plain dict, ready for JSON. Every one carries a voice: the brand's name and icon above the bubble
(icon-nickname-switch). Who calls has checked the limits already (``channels/uploads.py``, ``conversations.actions.send``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from madoguchi.channels.line import limits
from madoguchi.kit.text_length import utf16_units

MessageObject = dict[str, Any]

_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Voice:
    """In whose name a bubble speaks. Without an icon the account's own is shown."""

    name: str
    icon_url: str = ""

    def sender(self) -> dict[str, str]:
        sender = {"name": self.name[: limits.SENDER_NAME_CHARACTERS]}
        return sender | {"iconUrl": self.icon_url} if self.icon_url else sender


def text(words: str, *, voice: Voice, quote_token: str = "") -> MessageObject:
    message: MessageObject = {"type": "text", "text": words, "sender": voice.sender()}
    return message | {"quoteToken": quote_token} if quote_token else message


@dataclass(frozen=True, slots=True)
class Button:
    """What the customer can tap: either it sends ``data`` back to us (a postback), or it opens ``url``."""

    label: str
    """At most 20 characters are sure to be seen."""
    data: str = ""
    """At most 300 characters (postback-action)."""
    url: str = ""
    """At most 1,000 characters (uri-action)."""
    is_primary: bool = False

    def action(self) -> dict[str, str]:
        label = shorten(self.label, 40)
        if self.url:
            return {"type": "uri", "label": label, "uri": self.url}
        return {"type": "postback", "label": label, "data": self.data, "displayText": label}


def with_buttons(words: str, buttons: Sequence[Button], *, voice: Voice) -> MessageObject:
    """Words with up to six buttons below them, as one bubble."""
    return {
        "type": "flex",
        "altText": shorten(words, limits.ALT_TEXT_UNITS),
        "contents": {
            "type": "bubble",
            "body": {
                "type": "box",
                "layout": "vertical",
                "contents": [{"type": "text", "text": shorten(words, 2_000), "wrap": True}],
            },
            "footer": {
                "type": "box",
                "layout": "vertical",
                "spacing": "sm",
                "contents": [
                    {
                        "type": "button",
                        "style": "primary" if button.is_primary else "secondary",
                        "height": "sm",
                        "action": button.action(),
                    }
                    for button in buttons
                ],
            },
        },
        "sender": voice.sender(),
    }


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a bubble: what something is called, what is said of it, and what can be done with it."""

    title: str
    lines: tuple[str, ...]
    """None of them empty (flex-text)."""
    buttons: tuple[Button, ...] = ()

    def __str__(self) -> str:
        return "\n".join([self.title, *self.lines])


def with_sections(words: str, sections: Sequence[Section], *, voice: Voice) -> MessageObject:
    """Words, and below them one part after the other, as one bubble; a dozen of them fit into LINE's 30 KB."""
    alternative = "\n\n".join([words, *map(str, sections)])
    contents: list[dict[str, Any]] = [{"type": "text", "text": words, "wrap": True}]
    for section in sections:
        contents += [{"type": "separator", "margin": "md"}, _section(section)]
    return {
        "type": "flex",
        "altText": shorten(alternative, limits.ALT_TEXT_UNITS),
        "contents": {"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": contents}},
        "sender": voice.sender(),
    }


def _section(section: Section) -> dict[str, Any]:
    title = {"type": "text", "text": section.title, "weight": "bold", "wrap": True}
    lines = [{"type": "text", "text": line, "size": "sm", "color": "#5c5c5c", "wrap": True} for line in section.lines]
    buttons = [
        {"type": "button", "style": "link", "height": "sm", "action": button.action()} for button in section.buttons
    ]
    row = [{"type": "box", "layout": "horizontal", "contents": buttons}] if buttons else []
    return {"type": "box", "layout": "vertical", "margin": "md", "spacing": "xs", "contents": [title, *lines, *row]}


def asking_for_place(message: MessageObject, label: str) -> MessageObject:
    """With a button above the keyboard by which the customer sends where they are (quick-reply, location-action); it is
    gone as soon as another message follows. ``label``: at most 20 characters."""
    action = {"type": "location", "label": shorten(label, 20)}
    return message | {"quickReply": {"items": [{"type": "action", "action": action}]}}


def image(*, url: str, preview_url: str, voice: Voice) -> MessageObject:
    return {"type": "image", "originalContentUrl": url, "previewImageUrl": preview_url, "sender": voice.sender()}


def video(*, url: str, preview_url: str, voice: Voice) -> MessageObject:
    return {"type": "video", "originalContentUrl": url, "previewImageUrl": preview_url, "sender": voice.sender()}


def file(*, name: str, description: str, url: str, button: str, voice: Voice) -> MessageObject:
    """A card with a link: bots cannot send files. ``description`` is type and size in the customer's language."""
    return {
        "type": "flex",
        "altText": shorten(name, limits.ALT_TEXT_UNITS),
        "contents": {
            "type": "bubble",
            "size": "kilo",
            "body": {
                "type": "box",
                "layout": "vertical",
                "spacing": "sm",
                "contents": [
                    {"type": "text", "text": shorten(name, 120), "weight": "bold", "size": "sm", "wrap": True},
                    {"type": "text", "text": description, "size": "xs", "color": "#6b6b6b"},
                ],
            },
            "footer": {
                "type": "box",
                "layout": "vertical",
                "contents": [
                    {
                        "type": "button",
                        "style": "link",
                        "height": "sm",
                        "action": {"type": "uri", "label": shorten(button, 40), "uri": url},
                    }
                ],
            },
        },
        "sender": voice.sender(),
    }


def shorten(words: str, units: int) -> str:
    """At most so many UTF-16 units; what is cut off is shown by an ellipsis."""
    if utf16_units(words) <= units:
        return words
    kept, left = [], units - 1
    for character in words:
        left -= utf16_units(character)
        if left < 0:
            break
        kept.append(character)
    return "".join(kept) + _ELLIPSIS
