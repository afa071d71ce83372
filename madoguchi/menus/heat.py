"""Where customers tap: numbers per cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q

from madoguchi.channels.models import Account
from madoguchi.menus.models import Tap

Spot = tuple[str, int | None, str]
"""Code of the variant, position of the tab, key of the cell."""


@dataclass(frozen=True, slots=True)
class Figures:
    taps: int
    people: int
    """Distinct customers. Behind a link nobody is known: LINE does not say who opened it."""
    unknown: int
    """Taps of which nobody is known."""


NOTHING = Figures(0, 0, 0)


def counts(account: Account, *, since: dt.datetime, until: dt.datetime) -> Mapping[Spot, Figures]:
    """Of every cell that was tapped from ``since`` to before ``until``; one statement."""
    rows = (
        Tap.objects.filter(account=account, at__gte=since, at__lt=until)
        .values_list("variant_code", "tab_position", "key")
        .annotate(
            taps=Count("pk"),
            people=Count("contact", distinct=True),
            unknown=Count("pk", filter=Q(contact__isnull=True)),
        )
        .order_by("variant_code", "tab_position", "key")
    )
    return {(code, tab, key): Figures(taps, people, unknown) for code, tab, key, taps, people, unknown in rows}


def total(account: Account, *, since: dt.datetime, until: dt.datetime) -> Figures:
    found = Tap.objects.filter(account=account, at__gte=since, at__lt=until).aggregate(
        taps=Count("pk"), people=Count("contact", distinct=True), unknown=Count("pk", filter=Q(contact__isnull=True))
    )
    return Figures(found["taps"], found["people"], found["unknown"])
