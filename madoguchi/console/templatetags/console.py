"""Tags of the console's templates: icons, people's colours, times in words."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

import phonenumbers
from django import template
from django.utils import timezone
from django.utils.html import format_html, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from lucide.templatetags.lucide import lucide

from madoguchi.bindings.tokens import shown
from madoguchi.console.base import words
from madoguchi.console.base.context import of_section
from madoguchi.conversations.models import Conversation, Message
from madoguchi.kit.names import initial
from madoguchi.members.models import Member
from madoguchi.organization.models import Staff

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, size: int = 20) -> SafeString:
    """A stroked icon. It says nothing to a screen reader: the element around it has the name."""
    return mark_safe(lucide(str(name), size=size, stroke_width="1.7", aria_hidden="true", focusable="false"))  # noqa: S308 (drawn from constants)


@register.simple_tag
def section_files(section: str) -> tuple[list[str], list[str]]:
    """Stylesheets and scripts of the section's own; none for a page that belongs to none."""
    return of_section(section or "")


@register.filter
def tint(pk: int) -> int:
    """One of the eight colours of a person's circle, the same everywhere and for ever."""
    return pk * 5 % 8


register.filter("initial", initial)


@register.filter
def moment(at: dt.datetime | None) -> str:
    """Short: 09:41 today, then yesterday, then the date."""
    return "" if at is None else words.moment(at, timezone.now())


@register.filter
def day(on: dt.date) -> str:
    return words.day(on, timezone.localdate())


@register.filter
def whole_moment(at: dt.datetime | None) -> str:
    return "" if at is None else words.whole_moment(at)


@register.filter
def waiting(since: dt.datetime | None) -> str:
    return "" if since is None else words.waiting(since, timezone.now())


@register.filter
def urgency(since: dt.datetime | None) -> str:
    return "" if since is None else words.urgency(since, timezone.now())


@register.filter
def clock(at: dt.datetime) -> str:
    return words.clock(at)


@register.filter
def weekday_moment(at: dt.datetime) -> str:
    return words.weekday_moment(at)


@register.filter
def who(member: Member) -> str:
    """The person's name; until the profile has arrived, that somebody is there."""
    return member.display_name or gettext("New customer")


@register.filter
def preview(conversation: Conversation) -> str:
    """The last words; for what has none, what it was."""
    if conversation.last_text:
        return conversation.last_text
    if conversation.last_kind == Message.Kind.TEXT:  # nobody sends a text without words
        return gettext("The customer took this message back")
    kind = dict(Message.Kind.choices).get(conversation.last_kind, "")
    return f"[{kind}]" if kind else ""


@register.filter(is_safe=False)
def spoken(text: str, mentioned: list[str]) -> SafeString:
    """What somebody wrote: links can be followed, mentioned colleagues stand out; everything else is only text."""
    at_names = "|".join(re.escape(f"@{name}") for name in sorted(mentioned, key=len, reverse=True))
    pieces = re.split(f"({at_names})", text) if at_names else [text]
    return mark_safe("".join(_mention(piece) if number % 2 else _words(piece) for number, piece in enumerate(pieces)))  # noqa: S308 (each piece is escaped)


def _mention(at_name: str) -> SafeString:
    return format_html('<span class="mention">{}</span>', at_name)


def _words(text: str) -> str:
    return urlize(text, nofollow=True, autoescape=True).replace("<a ", '<a target="_blank" ')


@register.filter
def span(seconds: float) -> str:
    return words.span(seconds)


register.filter("code_letters", shown)


@register.filter
def phone(number: str) -> str:
    """As people of that country write it."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)


@register.filter
def works_at(person: Staff) -> str:
    """The places of a person whose postings are prefetched."""
    today = timezone.localdate()
    current = [p for p in person.postings.all() if p.since <= today and (p.until is None or p.until >= today)]
    places = [str(p.store or p.department) for p in current if p.store or p.department]
    return " · ".join(dict.fromkeys(places))
