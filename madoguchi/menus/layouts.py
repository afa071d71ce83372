"""Where the tabs and cells of a menu are, in pixels of its picture.

A layout is a grid of columns and rows on which its cells lie. Edges are rounded once, each for both cells it divides, so
the cells fill the picture without gap or overlap whatever its height.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from madoguchi.menus.models import Size

AREAS_MOST = 20
"""LINE: areas of a rich menu (rich-menu-object)."""
STRIP = {Size.LARGE: 236, Size.SMALL: 168}
"""Height of the strip of tabs: 37 and 26 pixels on a phone 390 wide, and LINE gives the finger some room beyond."""


class Box(NamedTuple):
    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    @property
    def ratio(self) -> float:
        return self.width / self.height


@dataclass(frozen=True, slots=True)
class Layout:
    name: str | Promise
    size: Size
    columns: int
    rows: int
    fields: tuple[tuple[int, int, int, int], ...]
    """Column, row, columns and rows of each cell."""
    has_hero: bool = False
    """The first cell is larger than the others and is drawn in the brand's colour."""

    @property
    def cells(self) -> int:
        return len(self.fields)


def _grid(name: str | Promise, size: Size, columns: int, rows: int) -> Layout:
    fields = tuple((column, row, 1, 1) for row in range(rows) for column in range(columns))
    return Layout(name, size, columns, rows, fields)


_L, _S = Size.LARGE, Size.SMALL
LAYOUTS: dict[str, Layout] = {
    "large-3x2": _grid(_("Six cells: two rows of three"), _L, 3, 2),
    "large-2x2": _grid(_("Four cells: two rows of two"), _L, 2, 2),
    "large-4x2": _grid(_("Eight cells: two rows of four"), _L, 4, 2),
    "large-3x3": _grid(_("Nine cells: three rows of three"), _L, 3, 3),
    "large-2x1": _grid(_("Two large cells side by side"), _L, 2, 1),
    "large-1x1": _grid(_("One large cell"), _L, 1, 1),
    "large-wide-3": Layout(
        _("A wide cell above three"),
        _L,
        3,
        2,
        ((0, 0, 3, 1), (0, 1, 1, 1), (1, 1, 1, 1), (2, 1, 1, 1)),
        has_hero=True,
    ),
    "large-left-4": Layout(
        _("A large cell to the left of four"),
        _L,
        4,
        2,
        ((0, 0, 2, 2), (2, 0, 1, 1), (3, 0, 1, 1), (2, 1, 1, 1), (3, 1, 1, 1)),
        has_hero=True,
    ),
    "large-left-2": Layout(
        _("A large cell to the left of two"), _L, 3, 2, ((0, 0, 2, 2), (2, 0, 1, 1), (2, 1, 1, 1)), has_hero=True
    ),
    "small-3x1": _grid(_("Three cells in a row"), _S, 3, 1),
    "small-2x1": _grid(_("Two cells side by side"), _S, 2, 1),
    "small-4x1": _grid(_("Four cells in a row"), _S, 4, 1),
    "small-3x2": _grid(_("Six cells: two rows of three"), _S, 3, 2),
    "small-1x1": _grid(_("One cell"), _S, 1, 1),
    "small-left-2": Layout(
        _("A wide cell to the left of two"), _S, 4, 1, ((0, 0, 2, 1), (2, 0, 1, 1), (3, 0, 1, 1)), has_hero=True
    ),
}
FIRST = {Size.LARGE: "large-3x2", Size.SMALL: "small-3x1"}


def of_size(size: str) -> dict[str, Layout]:
    return {code: layout for code, layout in LAYOUTS.items() if layout.size == size}


def strip(size: Size, tabs: int) -> list[Box]:
    """Of each tab, left to right; nothing when there is only one."""
    if tabs < 2:
        return []
    edges = [round(size.width * number / tabs) for number in range(tabs + 1)]
    return [Box(left, 0, right - left, STRIP[size]) for left, right in pairwise(edges)]


def body(size: Size, tabs: int) -> Box:
    """What is left below the strip of tabs."""
    top = STRIP[size] if tabs > 1 else 0
    return Box(0, top, size.width, size.height - top)


def cells(code: str, tabs: int) -> list[Box]:
    """Of each cell of the layout, in the order of their indexes."""
    layout = LAYOUTS[code]
    area = body(layout.size, tabs)
    across = [area.x + round(area.width * number / layout.columns) for number in range(layout.columns + 1)]
    down = [area.y + round(area.height * number / layout.rows) for number in range(layout.rows + 1)]
    return [
        Box(across[column], down[row], across[column + wide] - across[column], down[row + high] - down[row])
        for column, row, wide, high in layout.fields
    ]
