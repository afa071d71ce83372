"""Where a posting is, in words and as an icon; and large numbers."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from madoguchi.organization.models import Posting

register = template.Library()


@register.filter
def place(posting: Posting) -> str:
    return str(posting.store or posting.department or posting.market or _("The whole company"))


@register.filter
def thousands(number: int) -> str:
    """12,345: the same in all our languages."""
    return f"{number:,}"


@register.filter
def place_icon(posting: Posting) -> str:
    if posting.store_id:
        return "store"
    if posting.department_id:
        return "users"
    return "map-pin" if posting.market_id else "building-2"
