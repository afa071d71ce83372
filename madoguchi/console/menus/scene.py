"""What the designer shows: the draft, the place one looks at, and every part as its templates want it.

A place is named in the address (``?variant=…&tab=…&cell=…``) and in every form, so that links can be kept and reloaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _

from madoguchi.channels.models import Account
from madoguchi.console.menus import checks, sentences
from madoguchi.console.menus.access import may
from madoguchi.console.menus.checks import Finding
from madoguchi.console.menus.parts import Choice, Deed, Entry, Field, Leaf, Place, Point
from madoguchi.menus import layouts
from madoguchi.menus.drafts import ICONS
from madoguchi.menus.layouts import Box, Layout
from madoguchi.menus.models import Action, Cell, Icon, Menu, Picture, Size, Tab, Variant, Version
from madoguchi.menus.pages import page
from madoguchi.menus.pictures import RATIO_TOLERANCE
from madoguchi.menus.render import Design, picture_box
from madoguchi.organization.models import Brand, Staff
from madoguchi.organization.permissions import Permission

PICTURES_LOOKED_AT, PICTURES_SHOWN = 100, 8
PANES = ("cell", "tab", "variant", "menu")


class Scene:
    """Reads the whole version in a constant number of statements."""

    def __init__(self, staff: Staff, version: Version, asked: Mapping[str, Any], error: str = "") -> None:
        self.staff = staff
        self.version = version
        self.menu: Menu = version.menu
        self.account: Account = version.menu.account
        brands = Prefetch("brands", Brand.objects.defer("icon"))
        cells = Prefetch("tabs__cells", Cell.objects.select_related("brand", "picture").defer("brand__icon"))
        tabs = Prefetch("tabs", Tab.objects.select_related("picture"))
        found = version.variants.select_related("style").defer("style__icon").prefetch_related(brands, tabs, cells)
        self.rows = list(found)
        for row in self.rows:
            row.version = version
            for tab in row.tabs.all():
                tab.variant = row
        self.place = self._placed(asked)

    def _placed(self, asked: Mapping[str, Any]) -> Place:
        """What was asked for, or the nearest thing that exists."""
        variant = next((row for row in self.rows if row.code == asked.get("variant")), self.rows[-1])
        tabs = list(variant.tabs.all())
        tab = min(max(_number(asked.get("tab"), 1), 1), len(tabs))
        most = layouts.LAYOUTS[tabs[tab - 1].layout].cells
        cell = _number(asked.get("cell"), -1)
        locale = str(asked.get("locale") or "")
        pane = str(asked.get("pane") or "tab")
        shown = locale if locale in self.version.locales else self.version.locales[0]
        is_cell = 0 <= cell < most and pane == "cell"
        if pane not in PANES or (pane == "cell" and not is_cell):
            pane = "tab"
        return Place(variant.code, tab, cell if is_cell else None, shown, pane)

    # -- where one is ----------------------------------------------------------------------------------------------

    @cached_property
    def variant(self) -> Variant:
        return next(row for row in self.rows if row.code == self.place.variant)

    @cached_property
    def tab(self) -> Tab:
        return list(self.variant.tabs.all())[self.place.tab - 1]

    @cached_property
    def cell(self) -> Cell | None:
        return next((cell for cell in self.tab.cells.all() if cell.index == self.place.cell), None)

    @property
    def cell_number(self) -> int:
        return (self.place.cell or 0) + 1

    @cached_property
    def layout(self) -> Layout:
        return layouts.LAYOUTS[self.tab.layout]

    @cached_property
    def tab_count(self) -> int:
        return len(self.variant.tabs.all())

    @cached_property
    def is_editable(self) -> bool:
        return self.version.is_draft and self.may_edit

    @cached_property
    def may_edit(self) -> bool:
        return may(self.staff, Permission.MENU_EDIT, self.account)

    @cached_property
    def has_draft(self) -> bool:
        return self.version.is_draft or self.menu.versions.filter(published_at__isnull=True).exists()

    @cached_property
    def may_publish(self) -> bool:
        return may(self.staff, Permission.MENU_PUBLISH, self.account)

    @cached_property
    def can_step_back(self) -> bool:
        return self.is_editable and self.version.draft_steps.exists()

    def url(self, **changes: Any) -> str:
        base = reverse("menu_version", args=[self.account.public_id, self.version.number])
        return f"{base}?{replace(self.place, **changes).query}"

    # -- parts -----------------------------------------------------------------------------------------------------

    @cached_property
    def entries(self) -> list[Entry]:
        return [
            Entry(
                row,
                sentences.audience(row),
                self.url(variant=row.code, tab=1, cell=None, pane="tab"),
                row.code == self.place.variant,
                sum(1 for finding in self.findings if finding.problem.variant_code == row.code),
            )
            for row in self.rows
        ]

    @cached_property
    def findings(self) -> list[Finding]:
        return checks.findings(self.version, self.rows)

    @cached_property
    def points(self) -> list[Point]:
        return [self._point(finding) for finding in self.findings]

    def _point(self, finding: Finding) -> Point:
        problem = finding.problem
        row = next((row for row in self.rows if row.code == problem.variant_code), None)
        if row is None:
            return Point(problem.sentence, self.account.name, self.url(pane="menu", cell=None), finding.is_advice)
        where = [row.name]
        if problem.tab is not None:
            where.append(_("Tab {number}").format(number=problem.tab))
        if problem.cell is not None:
            where.append(_("Cell {number}").format(number=problem.cell + 1))
        pane = "variant" if problem.tab is None else "tab" if problem.cell is None else "cell"
        url = self.url(variant=row.code, tab=problem.tab or 1, cell=problem.cell, pane=pane)
        return Point(problem.sentence, " › ".join(where), url, finding.is_advice)

    @property
    def variant_points(self) -> list[str]:
        """What stands against the variant as a whole."""
        found = (finding.problem for finding in self.findings)
        return [each.sentence for each in found if each.variant_code == self.place.variant and each.tab is None]

    @cached_property
    def _problem_cells(self) -> set[int | None]:
        here = (self.place.variant, self.place.tab)
        return {f.problem.cell for f in self.findings if (f.problem.variant_code, f.problem.tab) == here}

    @cached_property
    def leaves(self) -> list[Leaf]:
        return [
            Leaf(
                tab,
                tab.names.get(self.place.locale, ""),
                self.url(tab=number, cell=None, pane="tab"),
                number == self.place.tab,
            )
            for number, tab in enumerate(self.variant.tabs.all(), 1)
        ]

    @cached_property
    def fields(self) -> list[Field]:
        cells = {cell.index: cell for cell in self.tab.cells.all()}
        return [
            self._field(index, cells.get(index), grid) for index, grid in enumerate(self.layout.fields)
        ]  # fmt: skip

    def _field(self, index: int, cell: Cell | None, grid: tuple[int, int, int, int]) -> Field:
        column, row, wide, high = grid
        return Field(
            index=index,
            cell=cell,
            label=cell.labels.get(self.place.locale, "").replace("\n", " ") if cell else "",
            classes=f"c{column} r{row} w{wide} h{high}",
            url=self.url(cell=index, pane="cell"),
            is_here=index == self.place.cell,
            has_problem=index in self._problem_cells,
        )

    @cached_property
    def design(self) -> Design:
        return page(self.tab, list(self.variant.tabs.all()), self.variant, self.version, self.place.locale).design

    @property
    def picture_url(self) -> str:
        """Named by its content: a browser keeps it for ever, and a change is another address."""
        place, design = self.place, self.design
        args = [self.account.public_id, self.version.number, place.variant, place.tab, place.locale]
        return reverse("menu_picture", args=[*args, design.fingerprint()[:16]])

    @property
    def size(self) -> Size:
        return Size(self.variant.size)

    @cached_property
    def choices(self) -> list[Choice]:
        size = self.size
        return [
            Choice(code, layout, layouts.cells(code, self.tab_count), size.height, code == self.tab.layout)
            for code, layout in layouts.of_size(size).items()
        ]

    @cached_property
    def strip(self) -> list[Box]:
        return layouts.strip(self.size, self.tab_count)

    @property
    def picture_box(self) -> Box:
        """What an uploaded picture has to fill: the chosen cell, or the whole tab."""
        return picture_box(self.size, self.tab.layout, self.tab_count, self.place.cell)

    @property
    def picture_size(self) -> str:
        """Of the chosen cell, or of the tab, in pixels: what to upload."""
        box = self.picture_box
        return f"{box.width} × {box.height}"

    @property
    def tab_url(self) -> str:
        return self.url(pane="tab", cell=None)

    @property
    def variant_url(self) -> str:
        return self.url(pane="variant", cell=None)

    @property
    def menu_url(self) -> str:
        return self.url(pane="menu", cell=None)

    @property
    def bar_text(self) -> str:
        return str(self.version.bar_texts.get(self.place.locale, ""))

    @property
    def experience(self) -> str:
        return sentences.experience(self.cell) if self.cell else ""

    @property
    def deeds(self) -> list[Deed]:
        return [Deed(a.value, str(a.label), ICONS[a], sentences.of_action(a)) for a in Action]

    @property
    def icons(self) -> list[dict[str, str]]:
        choices = [("", _("No icon")), *Icon.choices]
        return [{"value": value, "label": str(label)} for value, label in choices]

    @property
    def first_language(self) -> str:
        return sentences.language(self.version.locales[0])

    @cached_property
    def languages(self) -> list[tuple[str, str, str]]:
        """Each language of the menu: code, own name, address of the preview in it."""
        return [(code, sentences.language(code), self.url(locale=code)) for code in self.version.locales]

    @cached_property
    def all_languages(self) -> list[tuple[str, str, bool]]:
        return [(code, sentences.language(code), code in self.version.locales) for code, _name in settings.LANGUAGES]

    @cached_property
    def pictures(self) -> list[Picture]:
        """Uploaded before, and of the shape of this place."""
        ratio = self.picture_box.ratio
        rows = self.menu.pictures.only("public_id", "name", "width", "height")[:PICTURES_LOOKED_AT]
        return [row for row in rows if abs(row.width / row.height / ratio - 1) <= RATIO_TOLERANCE][:PICTURES_SHOWN]


def _number(text: Any, otherwise: int) -> int:
    try:
        return int(text)
    except (TypeError, ValueError):
        return otherwise
