"""Days, months and bars of the pages about working time."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from madoguchi.console.base import words

register = template.Library()
register.filter("weekday_date", words.weekday_date)
register.filter("month_name", words.month)


@register.filter
def weekday_name(on: dt.date) -> str:
    return words.weekdays()[on.weekday()]


@register.filter
def near_moment(at: dt.datetime) -> str:
    """週一 10:00 within a week, then the whole date."""
    is_near = at - timezone.now() < dt.timedelta(days=6)
    return words.weekday_moment(at) if is_near else words.whole_moment(at)


@register.simple_tag
def day_strip(x: int, width: int) -> SafeString:
    """Where the minutes of a shift lie between midnight and midnight; its times stand beside it in words."""
    return format_html(
        '<svg class="day-strip" viewBox="0 0 1440 4" preserveAspectRatio="none" width="100%" height="4" aria-hidden="true">'
        '<rect class="rest" width="1440" height="4"/><rect class="at" x="{}" width="{}" height="4"/></svg>',
        x,
        width,
    )
