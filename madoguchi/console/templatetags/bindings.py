"""Shares, and the bars that stand for them."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from madoguchi.bindings.numbers import Funnel
from madoguchi.console.base import words
from madoguchi.console.bindings import charts
from madoguchi.organization.models import Department, Store

register = template.Library()


@register.filter
def percent(share: float | None) -> str:
    """Whole percent; a dash where there is nothing to divide by."""
    return "–" if share is None else f"{share:.0%}"


@register.filter
def signed_percent(share: float) -> str:
    return f"{share:+.0%}".replace("-", "−")


@register.filter
def unlocalized(number: float) -> str:
    """For an attribute: a point, whatever the language."""
    return f"{number:g}"


@register.filter
def short_date(on: dt.date) -> str:
    return words.short_date(on, timezone.localdate())


@register.filter
def bound_share(funnel: Funnel) -> float | None:
    return funnel.bound / funnel.scanned if funnel.scanned else None


@register.filter
def place_key(place: Store | Department) -> str:
    return f"{'store' if isinstance(place, Store) else 'department'}-{place.pk}"


@register.simple_tag
def bar(part: int, whole: int) -> SafeString:
    """A share as a bar; the number stands beside it for those who do not see it."""
    return format_html(
        '<svg class="bar" width="100%" height="6" aria-hidden="true"><rect class="rest" width="100%" height="6" rx="3"/>'
        '<rect class="now" width="{}" height="6" rx="3"/></svg>',
        charts.share(part, whole),
    )


@register.simple_tag
def stack(accepted: int, silent: int, refused: int, deciding: int, not_yet: int) -> SafeString:
    """What became of offers, one piece beside the other, in the order in which they are listed below it."""
    parts = (("yes", accepted), ("silent", silent), ("no", refused), ("open", deciding), ("rest", not_yet))
    whole, pieces, before = sum(number for _kind, number in parts), [], 0
    for kind, number in parts:
        if number:
            pieces.append((kind, charts.share(before, whole), charts.share(number, whole)))
        before += number
    return format_html_join("", '<rect class="{}" x="{}" width="{}" height="8"/>', pieces or [("rest", "0%", "100%")])
