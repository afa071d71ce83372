"""How often the cells of a menu are tapped, and by how many people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count

from madoguchi.menus.models import Menu, Tap


class Spot(NamedTuple):
    """A cell, whatever version it stood in. Empty and None: where the tap came from is not known, only what it was."""

    variant_code: str
    tab: int | None
    key: str


@dataclass(frozen=True, slots=True)
class Heat:
    taps: int
    people: int
    """Who of them LINE has told us: nobody for links."""


def heat(menu: Menu, *, since: dt.datetime, until: dt.datetime) -> Mapping[Spot, Heat]:
    """Of the taps from ``since`` up to, not including, ``until``; the most tapped first. One statement."""
    taps = Tap.objects.filter(account=menu.account_id, at__gte=since, at__lt=until)
    rows = taps.values_list("variant_code", "tab_position", "key").annotate(
        taps=Count("pk"), people=Count("contact", distinct=True)
    )
    return {
        Spot(variant_code, tab, key): Heat(number, people)
        for variant_code, tab, key, number, people in rows.order_by("-taps", "key")
    }


def people(menu: Menu, *, since: dt.datetime, until: dt.datetime) -> int:
    """How many different customers tapped anything."""
    taps = Tap.objects.filter(account=menu.account_id, at__gte=since, at__lt=until)
    return taps.exclude(contact=None).values("contact").distinct().count()
