"""How often the cells of a menu are tapped and its tabs are turned to, and by how many people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count

from madoguchi.menus.models import Menu, Tap, Turn


class Spot(NamedTuple):
    """A cell, whatever version it stood in. Empty and None: where the tap came from is not known, only what it was."""

    variant_code: str
    tab: int | None
    key: str


class Way(NamedTuple):
    """From one tab of a variant to another."""

    variant_code: str
    from_tab: int
    to_tab: int


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


def turns(menu: Menu, *, since: dt.datetime, until: dt.datetime) -> Mapping[Way, Heat]:
    """Of the turns that led somewhere. One statement."""
    rows = Turn.objects.filter(account=menu.account_id, at__gte=since, at__lt=until, is_shown=True)
    counted = rows.values_list("variant_code", "from_position", "to_position").annotate(
        taps=Count("pk"), people=Count("contact", distinct=True)
    )
    return {Way(*way): Heat(number, people) for *way, number, people in counted.order_by("-taps")}


def dead_ends(menu: Menu, *, since: dt.datetime, until: dt.datetime) -> int:
    """Turns behind which LINE found nothing."""
    rows = Turn.objects.filter(account=menu.account_id, at__gte=since, at__lt=until, is_shown=False)
    return rows.count()


def people(menu: Menu, *, since: dt.datetime, until: dt.datetime) -> int:
    """How many different customers tapped anything."""
    taps = Tap.objects.filter(account=menu.account_id, at__gte=since, at__lt=until)
    return taps.exclude(contact=None).values("contact").distinct().count()
