"""Parts of the designer, each as its templates want it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.http import urlencode

from madoguchi.menus.layouts import Box, Layout
from madoguchi.menus.models import Cell, Tab, Variant


@dataclass(frozen=True, slots=True)
class Place:
    variant: str
    tab: int
    cell: int | None
    locale: str
    pane: str
    """Which form is shown: of the cell, the tab, the variant, or the whole menu."""

    @property
    def query(self) -> str:
        found: dict[str, str | int] = {"variant": self.variant, "tab": self.tab, "pane": self.pane}
        if self.cell is not None:
            found["cell"] = self.cell
        if self.locale:
            found["locale"] = self.locale
        return urlencode(found)


@dataclass(frozen=True, slots=True)
class Field:
    """A cell in the preview: where it lies on the grid (by CSS classes), and what is in it."""

    index: int
    cell: Cell | None
    label: str
    classes: str
    url: str
    is_here: bool
    has_problem: bool

    @property
    def number(self) -> int:
        return self.index + 1


@dataclass(frozen=True, slots=True)
class Leaf:
    """A tab in the strip."""

    tab: Tab
    name: str
    url: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A variant in the list."""

    variant: Variant
    sentence: str
    url: str
    is_here: bool
    problems: int


@dataclass(frozen=True, slots=True)
class Point:
    """Something to look at, and where."""

    sentence: str
    where: str
    url: str
    is_advice: bool


@dataclass(frozen=True, slots=True)
class Deed:
    """What an empty cell can be made to do."""

    action: str
    label: str
    icon: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A layout in the chooser, with its drawing."""

    code: str
    layout: Layout
    boxes: list[Box]
    height: int
    is_here: bool
