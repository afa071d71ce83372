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
from madoguchi.menus.numbers import Heat, Spot, Way
from madoguchi.organization.permissions import Permission

NONE = Heat(0, 0)
PERIODS = (7, 30, 90)
STEPS = 5
"""Shades; the most tapped cell of a variant has the deepest, and so has its most used tab: a variant for few customers
is read as easily as one for many."""


@dataclass(frozen=True, slots=True)
class CellHeat:
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
    spots: list[CellHeat]


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


def _groups(version: Version, found: Mapping[Spot, Heat], turns: Mapping[Way, Heat]) -> list[Group]:
    all_taps = sum(each.taps for each in found.values())
    groups = []
    for variant in pages.variants(version):
        sheets = _sheets(variant, version, found, turns, all_taps)
        taps = sum(spot.heat.taps for sheet in sheets for spot in sheet.spots)
        groups.append(Group(variant, sentences.audience(variant), sheets, taps))
    return groups


def _sheets(
    variant: Variant, version: Version, found: Mapping[Spot, Heat], turns: Mapping[Way, Heat], all_taps: int
) -> list[Sheet]:
    locale = version.locales[0]
    most = max((heat.taps for where, heat in found.items() if where.variant_code == variant.code), default=0)
    ways = {way: heat for way, heat in turns.items() if way.variant_code == variant.code}
    most_turns = max((heat.taps for heat in ways.values()), default=0)
    tabs = list(variant.tabs.all())

    def spot(tab: Tab, index: int, grid: tuple[int, int, int, int]) -> CellHeat:
        column, row, wide, high = grid
        cell = next((each for each in tab.cells.all() if each.index == index), None)
        heat = found.get(Spot(variant.code, tab.position, cell.key), NONE) if cell else NONE
        label = (cell.labels.get(locale) or cell.get_action_display()) if cell else ""
        share = 100 * heat.taps / all_taps if all_taps else 0.0
        shade = _shade(heat.taps, most)
        return CellHeat(cell, " ".join(label.split()), f"c{column} r{row} w{wide} h{high}", heat, shade, share)

    def turning(tab: Tab, other: Tab) -> Turning:
        heat = ways.get(Way(variant.code, tab.position, other.position), NONE)
        return Turning(other.names.get(locale, ""), other is tab, heat, _shade(heat.taps, most_turns))

    def sheet(tab: Tab) -> Sheet:
        layout = layouts.LAYOUTS[tab.layout]
        design = pages.page(tab, tabs, variant, version, locale).design
        args = [version.menu.account.public_id, version.number, variant.code, tab.position, locale]
        return Sheet(
            tab=tab,
            name=tab.names.get(locale, ""),
            picture_url=reverse("menu_picture", args=[*args, design.fingerprint()[:16]]),
            layout=layout,
            strip=[turning(tab, other) for other in tabs] if len(tabs) > 1 else [],
            turned_to=sum(heat.taps for way, heat in ways.items() if way.to_tab == tab.position),
            spots=[spot(tab, index, grid) for index, grid in enumerate(layout.fields)],
        )

    return [sheet(tab) for tab in tabs]


def _shade(number: int, most: int) -> int:
    """0 for nothing, ``STEPS`` for the most."""
    return -(-number * STEPS // most) if most else 0
