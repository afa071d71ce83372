"""From a design to what LINE is to get: one page for each tab in each language, with its picture and areas."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from madoguchi.channels.line.messages import shorten
from madoguchi.channels.models import Account
from madoguchi.menus import layouts, links
from madoguchi.menus.layouts import Box
from madoguchi.menus.models import LINKS, Action, Cell, Size, Tab, Variant, Version
from madoguchi.menus.render import CellDesign, Design
from madoguchi.organization.models import Brand

Json = dict[str, Any]
TAP = "menu/"
"""What the data of our cells begin with: ``menu/<key>?<variant>.<tab>``. Rules look at the key alone."""
TURN = "menu-tab/"
"""What the data of our tabs begin with: ``menu-tab/<variant>.<from>.<to>``. LINE names the alias only of a turn that
succeeded, so the data name both ends."""
_LABEL_CHARACTERS = 20
"""Of an action of a rich menu, for screen readers (action-objects)."""
_NAME_KEY = 24


@dataclass(frozen=True, slots=True)
class PageDesign:
    """A tab in one language. ``menu`` is the rich menu object but for its name."""

    tab: Tab
    locale: str
    alias: str
    design: Design
    menu: Json

    def content_hash(self) -> str:
        """The same for two pages that look the same and do the same."""
        facts = json.dumps([self.design.fingerprint(), self.menu], sort_keys=True)
        return hashlib.sha256(facts.encode()).hexdigest()

    def body(self, content_hash: str) -> Json:
        """The rich menu object; its name, which no customer sees, lets us find it again at LINE."""
        return {**self.menu, "name": f"{self.alias} {name_key(content_hash)}"}


def name_key(content_hash: str) -> str:
    return content_hash[:_NAME_KEY]


def pages(version: Version) -> list[PageDesign]:
    """All of a version, in the order of variants, languages and tabs; in a constant number of statements."""
    return [page for variant in variants(version) for page in pages_of(variant, version)]


def variants(version: Version) -> list[Variant]:
    """With all that is drawn of them."""
    cells = Cell.objects.select_related("picture")
    tabs = Tab.objects.select_related("picture").prefetch_related(Prefetch("cells", queryset=cells))
    brands = Prefetch("brands", queryset=Brand.objects.defer("icon"))
    rows = version.variants.select_related("style").defer("style__icon")
    return list(rows.prefetch_related(Prefetch("tabs", queryset=tabs), brands))


def pages_of(variant: Variant, version: Version) -> Iterator[PageDesign]:
    tabs = list(variant.tabs.all())
    for locale in version.locales:
        for tab in tabs:
            yield page(tab, tabs, variant, version, locale)


def page(tab: Tab, tabs: list[Tab], variant: Variant, version: Version, locale: str) -> PageDesign:
    """``tabs``: all of the variant, in order."""
    account = version.menu.account
    size = Size(variant.size)
    fallback = version.locales[0]
    names = tuple(_words(each.names, locale, fallback) for each in tabs)
    shown = _shown(tab)
    design = Design(
        size=size,
        layout=tab.layout,
        locale=locale,
        color=(variant.style or account.default_brand).color,
        tabs=names,
        active=tabs.index(tab),
        cells=tuple(_cell_design(shown.get(number), locale, fallback) for number in range(_room(tab))),
        picture=bytes(tab.picture.content) if tab.picture else b"",
    )
    areas = [
        _area(box, _switch(tab, other, alias_of(variant, locale, other.position), name))
        for box, other, name in zip(layouts.strip(size, len(tabs)), tabs, names, strict=False)
        if other is not tab
    ]
    boxes = layouts.cells(tab.layout, len(tabs))
    areas += [
        _area(boxes[number], _action(cell, _words(cell.labels, locale, fallback), account, variant, tab))
        for number, cell in shown.items()
    ]
    menu = {
        "size": {"width": size.width, "height": size.height},
        "selected": True,
        "chatBarText": _words(version.bar_texts, locale, fallback) or " ",
        "areas": areas,
    }
    return PageDesign(tab, locale, alias_of(variant, locale, tab.position), design, menu)


def alias_of(variant: Variant, locale: str, position: int) -> str:
    """The same in all versions; at most 32 of a-z, 0-9, - and _ (create-rich-menu-alias)."""
    return f"{variant.code}-{locale}-{position}"


def _room(tab: Tab) -> int:
    return layouts.LAYOUTS[tab.layout].cells


def _shown(tab: Tab) -> dict[int, Cell]:
    room = _room(tab)
    return {cell.index: cell for cell in tab.cells.all() if cell.index < room}


def _words(words: dict[str, str], locale: str, fallback: str) -> str:
    return words.get(locale) or words.get(fallback) or ""


def _cell_design(cell: Cell | None, locale: str, fallback: str) -> CellDesign:
    if cell is None:
        return CellDesign("")
    return CellDesign(
        _words(cell.labels, locale, fallback), cell.icon, bytes(cell.picture.content) if cell.picture else b""
    )


def _area(box: Box, action: Json) -> Json:
    return {"bounds": {"x": box.x, "y": box.y, "width": box.width, "height": box.height}, "action": action}


def _switch(tab: Tab, other: Tab, alias: str, name: str) -> Json:
    """LINE turns the page on the phone by itself (richmenu-switch-action)."""
    data = f"{TURN}{tab.variant.code}.{tab.position}.{other.position}"
    return {"type": "richmenuswitch", "label": shorten(name, _LABEL_CHARACTERS), "richMenuAliasId": alias, "data": data}


def _action(cell: Cell, label: str, account: Account, variant: Variant, tab: Tab) -> Json:
    spoken = " ".join(label.split())
    short = {"label": shorten(spoken, _LABEL_CHARACTERS)} if spoken else {}
    if cell.action in LINKS:
        spot = links.Spot(account.pk, variant.code, tab.position, cell.key)
        return {"type": "uri", **short, "uri": links.address(spot)}
    if cell.action == Action.TEXT:
        return {"type": "message", **short, "text": cell.value}
    if cell.action == Action.POSTBACK:
        return {"type": "postback", **short, "data": cell.value}
    shown = {"displayText": spoken} if spoken else {}
    data = f"{TAP}{cell.key}?{variant.code}.{tab.position}"
    return {"type": "postback", **short, "data": data, **shown}
