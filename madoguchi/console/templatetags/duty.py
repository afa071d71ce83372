"""Days, months and bars of the pages about working time."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from madoguchi.console.base import words
from madoguchi.duty.models import Leave

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
def leave_span(leave: Leave) -> str:
    """First and last day where it is whole days, else the moments."""
    start, end = timezone.localtime(leave.starts_at), timezone.localtime(leave.ends_at)
    if start.time() != dt.time() or end.time() != dt.time():
        return f"{words.whole_moment(start)} – {words.whole_moment(end)}"
    today = timezone.localdate()
    first, last = start.date(), end.date() - dt.timedelta(days=1)
    days = [words.short_date(first, today)] + ([words.short_date(last, today)] if last != first else [])
    return " – ".join(days)


@register.simple_tag
def day_strip(x: int, width: int) -> SafeString:
    """Where the minutes of a shift lie between midnight and midnight; its times stand beside it in words."""
    return format_html(
        '<svg class="day-strip" viewBox="0 0 1440 4" preserveAspectRatio="none" width="100%" height="4" aria-hidden="true">'
        '<rect class="rest" width="1440" height="4"/><rect class="at" x="{}" width="{}" height="4"/></svg>',
        x,
        width,
    )
