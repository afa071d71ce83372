"""From what staff wrote and attached to the bubbles of one request: what we keep and what LINE gets, part by part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from madoguchi.channels import links
from madoguchi.channels.languages import language_of
from madoguchi.channels.line import limits, messages
from madoguchi.channels.models import Contact, Media, OutboundMessage
from madoguchi.channels.uploads import Upload, megabytes
from madoguchi.conversations.errors import NothingToSend, TextTooLong, TooManyBubbles
from madoguchi.conversations.models import Message
from madoguchi.kit.text_length import utf16_units
from madoguchi.organization.models import Brand


@dataclass(frozen=True, slots=True)
class Bubble:
    """``wire`` is the provider's message object for it."""

    kind: Message.Kind
    wire: dict[str, Any]
    text: str = ""
    media: Media | None = None


def refuse_beyond_limits(text: str, files: Sequence[object]) -> None:
    """Raises NothingToSend, TextTooLong, TooManyBubbles."""
    if not text.strip() and not files:
        raise NothingToSend
    units = utf16_units(text.strip())
    if units > limits.TEXT_UNITS:
        raise TextTooLong(units, limits.TEXT_UNITS)
    if len(files) + bool(text.strip()) > OutboundMessage.BUBBLES_MAX:
        raise TooManyBubbles(OutboundMessage.BUBBLES_MAX)


def bubbles(
    *, text: str, uploads: Sequence[Upload], contact: Contact, thread: int, brand: Brand, quote_token: str = ""
) -> list[Bubble]:
    """The words first, then the files in their order. Writes the rows of the files; the caller's transaction holds."""
    voice = messages.Voice(brand.sender_name, links.icon_url(brand))
    made: list[Bubble] = []
    if words := text.strip():
        made.append(Bubble(Message.Kind.TEXT, messages.text(words, voice=voice, quote_token=quote_token), words))
    rows = [upload.row(contact.account, thread) for upload in uploads]
    made += [
        Bubble(Message.Kind(row.kind), _file_message(row, contact, voice), media=row)
        for row in Media.objects.bulk_create(rows)
    ]
    return made


def _file_message(media: Media, contact: Contact, voice: messages.Voice) -> dict[str, Any]:
    url, preview_url = links.file_url(media), links.file_url(media, links.PREVIEW)
    if media.kind == Media.Kind.IMAGE:
        return messages.image(url=url, preview_url=preview_url, voice=voice)
    if media.kind == Media.Kind.VIDEO:
        return messages.video(url=url, preview_url=preview_url, voice=voice)
    with translation.override(language_of(contact)):
        kind = media.name.rpartition(".")[2].upper()
        description = f"{kind} · {megabytes(media.byte_size or 0)}"
        return messages.file(name=media.name, description=description, url=url, button=_("Open file"), voice=voice)
