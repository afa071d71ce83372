"""What one can do to a draft. Each changes one thing, keeps a step back, and says in a sentence what it refuses.

``by`` needs ``menu:edit`` at the account's department. All raise NotFound, NotAllowed and AlreadyPublished as
``drafts.lock`` does, NotFound for a variant, tab or cell that the draft does not have, and Invalid for what is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.kit.errors import Invalid, NotFound
from madoguchi.menus import drafts, layouts
from madoguchi.menus.layouts import LAYOUTS
from madoguchi.menus.models import (
    LINKS,
    WITH_VALUE,
    Action,
    Cell,
    Icon,
    MemberState,
    Picture,
    Size,
    Tab,
    Variant,
    Version,
    new_code,
)
from madoguchi.organization.models import Brand, Staff

BAR_TEXT_MAX = 14
"""LINE: chatBarText (developers.line.biz/en/reference/messaging-api/#rich-menu-object)."""
LABEL_MAX = 20
"""LINE: label of an action in a rich menu, which is what a screen reader says (…/#action-objects)."""
TAB_NAME_MAX = 12
VARIANTS_MAX = 30
TEXT_MAX = 300
"""LINE: text of a message action, data of a postback action (…/#message-action, …/#postback-action)."""
LINK_MAX = 1_000
"""LINE: uri of a URI action (…/#uri-action)."""
Words = drafts.Words
Row = TypeVar("Row", Variant, Tab, Cell)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Whom a variant is for: of each list any, an empty list is everybody."""

    brands: Sequence[Brand] = ()
    locales: Sequence[str] = ()
    states: Sequence[str] = ()


# -- the draft -----------------------------------------------------------------------------------------------------


def set_locales(*, by: Staff, version_id: int, locales: Sequence[str]) -> None:
    """The languages the menu is drawn in, the first being for whoever speaks none of them. Words in a language that is
    left out are kept."""
    known = [code for code, _name in settings.LANGUAGES]
    wanted = [locale for locale in dict.fromkeys(locales) if locale in known]
    if not wanted:
        raise Invalid(_("Choose at least one language."))
    with _changing(by, version_id) as draft:
        draft.locales = wanted
        bar_texts = drafts.proposed_bar_texts(locale for locale in wanted if locale not in draft.bar_texts)
        draft.bar_texts |= bar_texts
        draft.save(update_fields=["locales", "bar_texts"])
        for variant in draft.variants.all():
            for tab in variant.tabs.all():
                drafts.speak(tab, wanted)


def set_bar_texts(*, by: Staff, version_id: int, texts: Words) -> None:
    """The words on the bar under the chat."""
    with _changing(by, version_id) as draft:
        draft.bar_texts |= _words(texts, draft.locales, BAR_TEXT_MAX)
        draft.save(update_fields=["bar_texts"])


# -- variants ------------------------------------------------------------------------------------------------------


def add_variant(*, by: Staff, version_id: int, copy_of: str) -> Variant:
    """A copy of another variant, before it: for a narrower circle of customers, to be chosen next."""
    with _changing(by, version_id) as draft:
        source = _variant(draft, copy_of)
        if draft.variants.count() >= VARIANTS_MAX:
            raise Invalid(_("A menu has at most {number} variants.").format(number=VARIANTS_MAX))
        design = drafts.read_variant(source)
        names = set(draft.variants.values_list("name", flat=True))
        design |= {"code": new_code(), "is_fallback": False, "name": _free_name(source.name, names)}
        made = drafts.write_variant(draft, design, position=_free_position(draft))
        _order_variants(draft, [*_before(draft, source), made.code])
        return made


def change_variant(
    *, by: Staff, version_id: int, variant: str, name: str, audience: Audience, style: Brand | None
) -> None:
    """The variant for everybody else has no conditions, only a name and a style."""
    if not name.strip():
        raise Invalid(_("Give the variant a name, so that colleagues know what it is for."))
    with _changing(by, version_id) as draft:
        row = _variant(draft, variant)
        row.name, row.style = name.strip()[:60], style
        if not row.is_fallback:
            row.locales = [locale for locale in audience.locales if locale in dict(settings.LANGUAGES)]
            row.states = [MemberState(state) for state in audience.states]
            row.brands.set(audience.brands)
        row.save()


def set_size(*, by: Staff, version_id: int, variant: str, size: str) -> None:
    """Large or small; every tab gets a layout of that size that is as near as possible."""
    if size not in Size.values:
        raise Invalid(_("Choose large or small."))
    with _changing(by, version_id) as draft:
        row = _variant(draft, variant)
        row.size = Size(size)
        row.save(update_fields=["size"])
        _fit_layouts(row)


def move_variant(*, by: Staff, version_id: int, variant: str, up: bool) -> None:
    """Earlier or later among the variants; the one for everybody else stays last. At the end of the way: no change."""
    with _changing(by, version_id) as draft:
        row = _variant(draft, variant)
        codes = [each.code for each in draft.variants.filter(is_fallback=False)]
        if row.is_fallback:
            return
        here = codes.index(row.code)
        there = here - 1 if up else here + 1
        if 0 <= there < len(codes):
            codes[here], codes[there] = codes[there], codes[here]
            _order_variants(draft, codes)


def remove_variant(*, by: Staff, version_id: int, variant: str) -> None:
    with _changing(by, version_id) as draft:
        row = _variant(draft, variant)
        if row.is_fallback:
            raise Invalid(_("The variant for everybody else cannot be removed: somebody would see no menu."))
        row.delete()
        _order_variants(draft, [each.code for each in draft.variants.filter(is_fallback=False)])


# -- tabs ----------------------------------------------------------------------------------------------------------


def add_tab(*, by: Staff, version_id: int, variant: str) -> Tab:
    with _changing(by, version_id) as draft:
        row = _variant(draft, variant)
        number = row.tabs.count()
        if number >= Tab.MOST:
            raise Invalid(_("A menu has at most three tabs."))
        names = drafts.proposed_tab_names(number, draft.locales)
        return row.tabs.create(position=number + 1, names=names, layout=layouts.FIRST[Size(row.size)])


def change_tab(*, by: Staff, version_id: int, variant: str, tab: int, names: Words, layout: str) -> None:
    """Cells for which the new layout has no room are kept, and come back with a layout that has."""
    with _changing(by, version_id) as draft:
        row = _tab(draft, variant, tab)
        if layout not in layouts.of_size(row.variant.size):
            raise Invalid(_("Choose one of the layouts."))
        row.names |= _words(names, draft.locales, TAB_NAME_MAX)
        row.layout = layout
        row.save(update_fields=["names", "layout"])


def move_tab(*, by: Staff, version_id: int, variant: str, tab: int, left: bool) -> int:
    """Its new position."""
    with _changing(by, version_id) as draft:
        row = _tab(draft, variant, tab)
        other = row.variant.tabs.filter(position=tab - 1 if left else tab + 1).first()
        if other is None:
            return tab
        row.position, other.position = other.position, row.position
        Tab.objects.bulk_update([row, other], ["position"])
        return row.position


def remove_tab(*, by: Staff, version_id: int, variant: str, tab: int) -> None:
    with _changing(by, version_id) as draft:
        row = _tab(draft, variant, tab)
        others = list(row.variant.tabs.exclude(pk=row.pk))
        if not others:
            raise Invalid(_("The last tab cannot be removed: there would be no menu."))
        row.delete()
        for position, other in enumerate(others, 1):
            other.position = position
        Tab.objects.bulk_update(others, ["position"])


def set_tab_picture(*, by: Staff, version_id: int, variant: str, tab: int, picture: Picture | None) -> None:
    """A picture of one's own for the whole tab; None: drawn from its cells again."""
    with _changing(by, version_id) as draft:
        row = _tab(draft, variant, tab)
        row.picture = _of_menu(draft, picture)
        row.save(update_fields=["picture"])


# -- cells ---------------------------------------------------------------------------------------------------------


def save_cell(
    *,
    by: Staff,
    version_id: int,
    variant: str,
    tab: int,
    index: int,
    action: str,
    labels: Words,
    icon: str,
    brand: Brand | None = None,
    value: str = "",
) -> Cell:
    """``value``: of a link its https address, of a text what the customer says, of a postback its data."""
    kind = Action(action)
    value = _value(kind, value)
    with _changing(by, version_id) as draft:
        row = _tab(draft, variant, tab)
        if not 0 <= index < LAYOUTS[row.layout].cells:
            raise NotFound
        old = row.cells.filter(index=index).first()
        cell = old or Cell(tab=row, index=index)
        if old is None or cell.action != kind:
            cell.key = _free_key(row, kind)
        cell.action, cell.value = kind, value
        cell.brand = brand if kind == Action.TALK_TO_US else None
        cell.icon = Icon(icon) if icon else ""
        cell.labels |= _words(labels, draft.locales, LABEL_MAX)
        cell.save()
        return cell


def swap_cells(*, by: Staff, version_id: int, variant: str, tab: int, index: int, other: int) -> None:
    """Change the places of two cells; one of them may be empty."""
    with _changing(by, version_id) as draft:
        row = _tab(draft, variant, tab)
        cells = list(row.cells.filter(index__in=(index, other)))
        if not 0 <= other < LAYOUTS[row.layout].cells:
            raise NotFound
        for cell in cells:
            cell.index = other if cell.index == index else index
        Cell.objects.bulk_update(cells, ["index"])


def empty_cell(*, by: Staff, version_id: int, variant: str, tab: int, index: int) -> None:
    with _changing(by, version_id) as draft:
        _cell(draft, variant, tab, index).delete()


def set_cell_picture(
    *, by: Staff, version_id: int, variant: str, tab: int, index: int, picture: Picture | None
) -> None:
    """A picture that fills the cell; None: icon and label are drawn again."""
    with _changing(by, version_id) as draft:
        cell = _cell(draft, variant, tab, index)
        cell.picture = _of_menu(draft, picture)
        cell.save(update_fields=["picture"])


# -- how -----------------------------------------------------------------------------------------------------------


@contextmanager
def _changing(by: Staff, version_id: int) -> Iterator[Version]:
    """The draft, locked; afterwards what it was is kept, if it is another now."""
    with transaction.atomic():
        draft = drafts.lock(by, version_id)
        before = drafts.read(draft)
        yield draft
        if drafts.read(draft) != before:
            drafts.remember(draft, before, by)
            draft.changed_at = timezone.now()
            draft.save(update_fields=["changed_at"])


def _variant(draft: Version, code: str) -> Variant:
    return _found(draft.variants.filter(code=code).first())


def _tab(draft: Version, variant: str, position: int) -> Tab:
    tabs = Tab.objects.select_related("variant").filter(variant__version=draft, variant__code=variant)
    return _found(tabs.filter(position=position).first())


def _cell(draft: Version, variant: str, tab: int, index: int) -> Cell:
    return _found(_tab(draft, variant, tab).cells.filter(index=index).first())


def _found(row: Row | None) -> Row:
    if row is None:
        raise NotFound
    return row


def _of_menu(draft: Version, picture: Picture | None) -> Picture | None:
    if picture is not None and picture.menu_id != draft.menu_id:
        raise NotFound
    return picture


def _fit_layouts(variant: Variant) -> None:
    """After another size: the same grid if there is one in that size, else the smallest that holds as much."""
    choice = layouts.of_size(variant.size)
    for tab in variant.tabs.exclude(layout__in=choice):
        same = f"{variant.size}-{tab.layout.partition('-')[2]}"
        fitting = [code for code, layout in choice.items() if layout.cells >= LAYOUTS[tab.layout].cells]
        largest = max(choice, key=lambda code: choice[code].cells)
        tab.layout = same if same in choice else min(fitting, key=lambda code: choice[code].cells, default=largest)
        tab.save(update_fields=["layout"])


def _before(draft: Version, variant: Variant) -> list[str]:
    return list(draft.variants.filter(is_fallback=False, position__lt=variant.position).values_list("code", flat=True))


def _free_position(draft: Version) -> int:
    return draft.variants.count() + 1


def _order_variants(draft: Version, first: Iterable[str]) -> None:
    """Those named first, then the others as they stood, the one for everybody else last."""
    rank = {code: number for number, code in enumerate(first)}
    rows = list(draft.variants.all())
    rows.sort(key=lambda row: (row.is_fallback, rank.get(row.code, len(rank)), row.position))
    for position, row in enumerate(rows, 1):
        row.position = position
    Variant.objects.bulk_update(rows, ["position"])


def _free_name(name: str, taken: set[str]) -> str:
    for number in range(2, len(taken) + 3):
        wanted = _("{name}, copy {number}").format(name=name[:44], number=number)
        if wanted not in taken:
            break
    return wanted


def _free_key(tab: Tab, action: Action) -> str:
    """What numbers are kept by: the action's name, with a number where the tab has it already."""
    stem = action.value.replace("_", "-")
    taken = set(tab.cells.values_list("key", flat=True))
    return next(key for key in (stem, *(f"{stem}-{n}" for n in range(2, 30))) if key not in taken)


def _words(texts: Words, locales: Sequence[str], most: int) -> Words:
    """Only of the draft's languages, without blanks at the ends. Raises Invalid for what is too long."""
    found = {locale: re.sub(r"[ \t]+", " ", texts[locale]).strip() for locale in locales if locale in texts}
    for words in found.values():
        if len(words) > most:
            raise Invalid(
                _("“{words}” is {length} characters long; there is room for {most}.").format(
                    words=words, length=len(words), most=most
                )
            )
    return found


def _value(action: Action, value: str) -> str:
    """Raises Invalid, saying what is missing."""
    value = value.strip()
    if action not in WITH_VALUE:
        return ""
    if action in LINKS:
        parts = urlsplit(value)
        if parts.scheme != "https" or "." not in parts.netloc or len(value) > LINK_MAX or re.search(r"\s", value):
            raise Invalid(_("Enter the whole address of the page, beginning with https://"))
        return value
    if not value:
        missing = {
            Action.TEXT: _("Enter what the customer says by tapping."),
            Action.POSTBACK: _("Enter the data that the other program expects."),
        }
        raise Invalid(missing[action])
    if len(value) > TEXT_MAX:
        raise Invalid(_("There is room for {most} characters.").format(most=TEXT_MAX))
    return value
