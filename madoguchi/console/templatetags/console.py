"""Tags of the console's templates: icons, people's colours, times in words."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

from madoguchi.console.base import words

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, size: int = 20) -> SafeString:
    """A stroked icon. It says nothing to a screen reader: the element around it has the name."""
    return mark_safe(lucide(str(name), size=size, stroke_width="1.7", aria_hidden="true", focusable="false"))  # noqa: S308 (drawn from constants)


@register.filter
def tint(pk: int) -> int:
    """One of the eight colours of a person's circle, the same everywhere and for ever."""
    return pk * 5 % 8


register.filter("initial", words.initial)


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
