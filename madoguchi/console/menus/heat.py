"""The heat map: how often each cell was tapped and each tab turned to, over the picture customers see, and as a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.menus import sentences
from madoguchi.console.menus.access import find_account
from madoguchi.kit.errors import NotFound
from madoguchi.menus import layouts, numbers, pages
from madoguchi.menus.models import Cell, Menu, Tab, Variant, Version
from madoguchi.menus.numbers import Heat, Way
from madoguchi.menus.numbers import Spot as Where
from madoguchi.organization.permissions import Permission

NONE = Heat(0, 0)
PERIODS = (7, 30, 90)
STEPS = 5
"""Shades; the most tapped cell of the whole menu has the deepest, and so has the most used tab."""


@dataclass(frozen=True, slots=True)
class Spot:
    cell: Cell | None
    label: str
    classes: str
    heat: Heat
    shade: int
    share: float
    """Percent of all taps."""


@dataclass(frozen=True, slots=True)
class Turning:
    """A tab in the strip of a page, and how often it was turned to from there."""

    name: str
    is_here: bool
    heat: Heat
    shade: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A tab of a variant."""

    tab: Tab
    name: str
    picture_url: str
    layout: layouts.Layout
    strip: list[Turning]
    """Empty where there is a single tab."""
    turned_to: int
    """From all other tabs."""
    spots: list[Spot]


@dataclass(frozen=True, slots=True)
class Group:
    variant: Variant
    sentence: str
    sheets: list[Sheet]
    taps: int


@require_GET
@requires(Permission.MENU_READ)
def heat_map(request: StaffRequest, public_id: str) -> HttpResponseBase:
    account = find_account(request.user, public_id)
    menu = Menu.objects.filter(account=account).select_related("live").first()
    if menu is None or menu.live is None:
        raise NotFound
    menu.account, menu.live.menu = account, menu
    days = next((each for each in PERIODS if str(each) == request.GET.get("days")), PERIODS[1])
    now = timezone.now()
    since = now - dt.timedelta(days=days)
    found = numbers.heat(menu, since=since, until=now)
    turns = numbers.turns(menu, since=since, until=now)
    groups = _groups(menu.live, found, turns)
    taps = sum(each.taps for each in found.values())
    context = {
        "section": "menus",
        "account": account,
        "version": menu.live,
        "days": days,
        "periods": PERIODS,
        "groups": groups,
        "taps": taps,
        "people": numbers.people(menu, since=since, until=now),
        "elsewhere": taps - sum(group.taps for group in groups),
        "turns": sum(each.taps for each in turns.values()),
        "dead_ends": numbers.dead_ends(menu, since=since, until=now),
    }
    return render(request, "console/menus/heat.html", context)


def _groups(version: Version, found: Mapping[Where, Heat], turns: Mapping[Way, Heat]) -> list[Group]:
    most = max((each.taps for each in found.values()), default=0)
    all_taps = sum(each.taps for each in found.values())

    def spot(variant: Variant, tab: Tab, index: int, grid: tuple[int, int, int, int]) -> Spot:
        column, row, wide, high = grid
        cell = next((each for each in tab.cells.all() if each.index == index), None)
        heat = found.get(Where(variant.code, tab.position, cell.key), NONE) if cell else NONE
        shade = _shade(heat.taps, most)
        label = (cell.labels.get(version.locales[0]) or cell.get_action_display()) if cell else ""
        share = 100 * heat.taps / all_taps if all_taps else 0.0
        return Spot(cell, " ".join(label.split()), f"c{column} r{row} w{wide} h{high}", heat, shade, share)

    most_turns = max((each.taps for each in turns.values()), default=0)

    def strip(variant: Variant, tab: Tab, tabs: list[Tab]) -> list[Turning]:
        found = []
        for other in tabs if len(tabs) > 1 else ():
            heat = turns.get(Way(variant.code, tab.position, other.position), NONE)
            name = other.names.get(version.locales[0], "")
            found.append(Turning(name, other is tab, heat, _shade(heat.taps, most_turns)))
        return found

    groups = []
    for variant in pages.variants(version):
        tabs = list(variant.tabs.all())
        sheets = []
        for tab in tabs:
            layout = layouts.LAYOUTS[tab.layout]
            spots = [spot(variant, tab, index, grid) for index, grid in enumerate(layout.fields)]
            page = pages.page(tab, tabs, variant, version, version.locales[0])
            args = [version.menu.account.public_id, version.number, variant.code, tab.position, page.locale]
            url = reverse("menu_picture", args=[*args, page.design.fingerprint()[:16]])
            name = tab.names.get(version.locales[0], "")
            turned_to = sum(
                heat.taps
                for way, heat in turns.items()
                if (way.variant_code, way.to_tab) == (variant.code, tab.position)
            )
            sheets.append(Sheet(tab, name, url, layout, strip(variant, tab, tabs), turned_to, spots))
        taps = sum(spot.heat.taps for sheet in sheets for spot in sheet.spots)
        groups.append(Group(variant, sentences.audience(variant), sheets, taps))
    return groups


def _shade(number: int, most: int) -> int:
    """0 for nothing, ``STEPS`` for the most."""
    return -(-number * STEPS // most) if most else 0
