"""What stands against publishing a design, each as a sentence with the place it is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from madoguchi.menus import layouts, pages, render
from madoguchi.menus.choosing import hidden
from madoguchi.menus.models import Cell, Tab, Variant, Version
from madoguchi.menus.pictures import RATIO_TOLERANCE


@dataclass(frozen=True, slots=True)
class Problem:
    sentence: str
    variant_code: str = ""
    tab: int | None = None
    """Position."""
    cell: int | None = None
    """Index."""


def problems(version: Version) -> list[Problem]:
    """Empty: it can be published. In the order of variants, tabs and cells.

    What was published once can be published again as it is, whatever we have learnt to object to since.
    """
    return list(_of_version(version)) if version.is_draft else []


def _of_version(version: Version) -> Iterator[Problem]:
    variants = pages.variants(version)
    if not any(variant.is_fallback for variant in variants):
        yield Problem(_("No variant is for everybody else: some customers would see no menu."))
    for locale in version.locales:
        if not version.bar_texts.get(locale, "").strip():
            yield Problem(_("The bar that opens the menu has no words in {language}.").format(language=_name(locale)))
    yield from _of_audiences(variants)
    for variant in variants:
        yield from _of_variant(variant, version)


def _of_audiences(variants: Sequence[Variant]) -> Iterator[Problem]:
    """Each variant has somebody who sees it."""
    vague = [row for row in variants if row.is_for_anybody and not row.is_fallback]
    for row in vague:
        words = _("It is not said whom “{name}” is for: everybody would see it, and nobody what stands below it.")
        yield Problem(words.format(name=row.name), row.code)
    others = [row for row in variants if row not in vague]
    unseen = hidden(others, [locale for locale, _name in settings.LANGUAGES])
    for row in others:
        if row.code in unseen and not row.is_fallback:
            words = _(
                "Nobody would ever see “{name}”: whoever it is for gets a variant above it. Move it up, or remove it."
            )
            yield Problem(words.format(name=row.name), row.code)


def _of_variant(variant: Variant, version: Version) -> Iterator[Problem]:
    tabs = list(variant.tabs.all())
    if not tabs:
        yield Problem(_("The variant “{variant}” has no tab.").format(variant=variant.name), variant.code)
        return
    if [tab.position for tab in tabs] != list(range(1, len(tabs) + 1)):
        yield Problem(_("The tabs of “{variant}” are not in a row.").format(variant=variant.name), variant.code)
    for tab in tabs:
        for problem in _of_tab(tab, tabs, variant, version):
            yield Problem(problem.sentence, variant.code, tab.position, problem.cell)


def _of_tab(tab: Tab, tabs: list[Tab], variant: Variant, version: Version) -> Iterator[Problem]:
    if tab.layout not in layouts.of_size(variant.size):
        yield Problem(_("The layout does not fit the size of the menu."))
        return
    cells = [cell for cell in tab.cells.all() if cell.index < layouts.LAYOUTS[tab.layout].cells]
    if not cells:
        yield Problem(_("Nothing on this tab can be tapped."))
    for locale in version.locales:
        if len(tabs) > 1 and not tab.names.get(locale, "").strip():
            yield Problem(_("The tab has no name in {language}.").format(language=_name(locale)))
        for cell in cells:
            if not cell.labels.get(locale, "").strip():
                words = _("The cell has no label in {language}.").format(language=_name(locale))
                yield Problem(words, cell=cell.index)
        yield from _beyond_edges(tab, tabs, variant, version, locale)
    for cell in cells:
        if cell.picture and not _fits(cell, tab, tabs):
            yield Problem(_("The picture has another shape than its cell. Upload it again."), cell=cell.index)
    body = layouts.body(layouts.LAYOUTS[tab.layout].size, len(tabs))
    if tab.picture and abs(tab.picture.width / tab.picture.height / body.ratio - 1) > RATIO_TOLERANCE:
        yield Problem(_("The picture has another shape than the tab. Upload it again."))


def _beyond_edges(tab: Tab, tabs: list[Tab], variant: Variant, version: Version, locale: str) -> Iterator[Problem]:
    design = pages.page(tab, tabs, variant, version, locale).design
    for index in render.cut_labels(design):
        words = _("“{label}” is too long for its cell.").format(label=design.cells[index].label)
        yield Problem(words, cell=index)
    if design.active in render.cut_tabs(design):
        yield Problem(_("“{name}” is too long for its tab.").format(name=design.tabs[design.active]))


def _fits(cell: Cell, tab: Tab, tabs: list[Tab]) -> bool:
    assert cell.picture is not None
    box = render.picture_box(layouts.LAYOUTS[tab.layout].size, tab.layout, len(tabs), cell.index)
    return abs(cell.picture.width / cell.picture.height / box.ratio - 1) <= RATIO_TOLERANCE


def _name(locale: str) -> str:
    return dict(settings.LANGUAGES).get(locale, locale)
