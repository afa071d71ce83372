"""A design as one plain value: what a copy, a duplicate and a step back are made of.

Parts of a design are named by the variant's code, the tab's position and the cell's index, never by row ids: those are
others after a step back, while addresses in the browser stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple, TypedDict

from django.db import transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from madoguchi.channels.models import Account
from madoguchi.kit.errors import Conflict, NotAllowed, NotFound
from madoguchi.menus.models import Action, Cell, DraftStep, Icon, Menu, Size, Tab, Variant, Version
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission

Words = dict[str, str]
"""{locale: words}"""


class CellDesign(TypedDict):
    index: int
    key: str
    labels: Words
    icon: str
    picture_id: int | None
    action: str
    brand_id: int | None
    value: str


class TabDesign(TypedDict):
    names: Words
    layout: str
    picture_id: int | None
    cells: list[CellDesign]


class VariantDesign(TypedDict):
    code: str
    name: str
    is_fallback: bool
    brands: list[int]
    locales: list[str]
    states: list[str]
    style_id: int | None
    size: str
    tabs: list[TabDesign]


class Design(TypedDict):
    locales: list[str]
    bar_texts: Words
    variants: list[VariantDesign]


class AlreadyPublished(Conflict):
    default = _("This version has been published and stays as it is. Begin a new draft to change it.")


@transaction.atomic
def begin(*, by: Staff, account: Account, source: Version | None = None) -> Version:
    """The draft of the account's menu: the one there is, or a copy of ``source``, of what is live, or a first proposal.

    Raises NotFound (out of reach), NotAllowed.
    """
    require(by, account)
    menu = Menu.objects.get_or_create(account=account)[0]
    menu = Menu.objects.select_for_update(of=("self",)).select_related("live").get(pk=menu.pk)
    if draft := menu.versions.filter(published_at__isnull=True).first():
        return draft
    source = source or menu.live
    design = read(source) if source else proposal(account)
    latest = menu.versions.aggregate(latest=Max("number"))["latest"] or 0
    draft = menu.versions.create(number=latest + 1, locales=design["locales"], created_by=by)
    write(draft, design)
    return draft


@transaction.atomic
def discard(*, by: Staff, version_id: int) -> Menu:
    """Throw the draft away, with all its steps. Raises NotFound, NotAllowed, AlreadyPublished."""
    draft = lock(by, version_id)
    draft.delete()
    return draft.menu


@transaction.atomic
def step_back(*, by: Staff, version_id: int) -> bool:
    """Take the last change back, whoever made it; false: there is none left. Raises as ``discard``."""
    draft = lock(by, version_id)
    step = draft.draft_steps.first()
    if step is None:
        return False
    write(draft, step.design)
    step.delete()
    return True


def lock(by: Staff, version_id: int) -> Version:
    """The draft, for changing it in this transaction. Raises NotFound, NotAllowed, AlreadyPublished."""
    versions = Version.objects.select_for_update(of=("self",)).select_related("menu__account")
    version = versions.filter(pk=version_id).first()
    if version is None:
        raise NotFound
    require(by, version.menu.account)
    if not version.is_draft:
        raise AlreadyPublished
    return version


def require(by: Staff, account: Account) -> None:
    """Raises NotFound when this account's menu is out of reach, NotAllowed when it may be seen but not changed."""
    if not _covers(by, Permission.MENU_READ, account):
        raise NotFound
    if not _covers(by, Permission.MENU_EDIT, account):
        raise NotAllowed


def _covers(by: Staff, permission: Permission, account: Account) -> bool:
    return by.reach(permission).covers(department_id=account.default_department_id)


def remember(draft: Version, design: Design, by: Staff) -> None:
    """Before a change: what can be stepped back to."""
    DraftStep.objects.create(version=draft, design=design, by=by)
    kept = draft.draft_steps.values("pk")[: DraftStep.MOST]
    draft.draft_steps.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()


def read(version: Version) -> Design:
    """Four statements, however large."""
    variants = version.variants.prefetch_related("brands", "tabs__cells").order_by("position")
    return {
        "locales": list(version.locales),
        "bar_texts": dict(version.bar_texts),
        "variants": [read_variant(variant) for variant in variants],
    }


def read_variant(variant: Variant) -> VariantDesign:
    return {
        "code": variant.code,
        "name": variant.name,
        "is_fallback": variant.is_fallback,
        "brands": sorted(brand.pk for brand in variant.brands.all()),
        "locales": list(variant.locales),
        "states": list(variant.states),
        "style_id": variant.style_id,
        "size": variant.size,
        "tabs": [_read_tab(tab) for tab in variant.tabs.all()],
    }


def _read_tab(tab: Tab) -> TabDesign:
    return {
        "names": dict(tab.names),
        "layout": tab.layout,
        "picture_id": tab.picture_id,
        "cells": [_read_cell(cell) for cell in tab.cells.all()],
    }


def _read_cell(cell: Cell) -> CellDesign:
    return {
        "index": cell.index,
        "key": cell.key,
        "labels": dict(cell.labels),
        "icon": cell.icon,
        "picture_id": cell.picture_id,
        "action": cell.action,
        "brand_id": cell.brand_id,
        "value": cell.value,
    }


def write(draft: Version, design: Design) -> None:
    """Make the draft exactly this. Whoever calls holds its lock."""
    draft.variants.all().delete()
    draft.locales, draft.bar_texts = design["locales"], design["bar_texts"]
    draft.changed_at = timezone.now()
    draft.save(update_fields=["locales", "bar_texts", "changed_at"])
    for position, wanted in enumerate(design["variants"], 1):
        write_variant(draft, wanted, position)


def write_variant(draft: Version, wanted: VariantDesign, position: int) -> Variant:
    plain: dict[str, Any] = {name: value for name, value in wanted.items() if name not in ("brands", "tabs")}
    variant = draft.variants.create(position=position, **plain)
    variant.brands.set(wanted["brands"])
    for tab_position, tab in enumerate(wanted["tabs"], 1):
        made = variant.tabs.create(
            position=tab_position, names=tab["names"], layout=tab["layout"], picture_id=tab["picture_id"]
        )
        Cell.objects.bulk_create(Cell(tab=made, **cell) for cell in tab["cells"])
    return variant


# -- the first proposal --------------------------------------------------------------------------------------------


def proposal(account: Account) -> Design:
    """Three tabs that use all that this program can do, in the language of the account's market."""
    locales = [account.market.locale]
    fallback: VariantDesign = {
        "code": "everyone",
        "name": str(_("Everybody")),
        "is_fallback": True,
        "brands": [],
        "locales": [],
        "states": [],
        "style_id": None,
        "size": Size.LARGE,
        "tabs": [_proposed_tab(number, locales) for number in range(3)],
    }
    return {"locales": locales, "bar_texts": proposed_bar_texts(locales), "variants": [fallback]}


def proposed_bar_texts(locales: Iterable[str]) -> Words:
    return in_each(locales, lambda: pgettext("bar under a chat", "Menu"))


def proposed_tab_names(number: int, locales: Iterable[str]) -> Words:
    """``number`` from 0 to 2."""
    return in_each(locales, lambda: _tab_names()[number])


def label_of(action: Action, locales: Iterable[str]) -> Words:
    """What a cell with this action is called unless somebody knows better."""
    return in_each(locales, lambda: str(action.label))


def proposed_labels(cell: Cell, locales: Iterable[str]) -> Words:
    """As the first proposal calls a cell with this key, else by its action."""
    for _layout, cells in _proposed():
        for each in cells:
            if each.label and (each.key, each.action) == (cell.key, cell.action):
                return in_each(locales, partial(str, each.label))
    return label_of(Action(cell.action), locales)


def speak(tab: Tab, locales: Sequence[str]) -> None:
    """Words that are still our own proposal are proposed in the other languages too; others wait for a person."""
    own = proposed_tab_names(tab.position - 1, locales)
    if missing := _missing(tab.names, own):
        tab.names |= missing
        tab.save(update_fields=["names"])
    for cell in tab.cells.all():
        if missing := _missing(cell.labels, proposed_labels(cell, locales)):
            cell.labels |= missing
            cell.save(update_fields=["labels"])


def _missing(words: Words, proposal: Words) -> Words:
    if any(words.get(locale) not in ("", None, own) for locale, own in proposal.items()):
        return {}
    return {locale: own for locale, own in proposal.items() if not words.get(locale)}


def in_each(locales: Iterable[str], words: Callable[[], str | Promise]) -> Words:
    """What ``words()`` says in each of these languages."""
    said = {}
    for locale in locales:
        with translation.override(locale):
            said[locale] = str(words())
    return said


def _tab_names() -> tuple[str, str, str]:
    return (
        pgettext("tab of a menu", "In store"),
        pgettext("tab of a menu", "Online"),
        pgettext("tab of a menu", "Members"),
    )


ICONS: dict[Action, Icon] = {
    Action.MY_SALESPERSON: Icon.PERSON,
    Action.NEAREST_STORE: Icon.PIN,
    Action.TALK_TO_US: Icon.CHAT,
    Action.MY_CASES: Icon.CASES,
    Action.MY_DEVICES: Icon.DEVICES,
    Action.MEMBER_CARD: Icon.CARD,
    Action.REPAIR_REQUEST: Icon.REPAIR,
    Action.SHOP_LINK: Icon.SHOP,
    Action.ARTICLE: Icon.ARTICLE,
    Action.TEXT: Icon.QUESTION,
    Action.POSTBACK: Icon.STAR,
}
"""What a cell with this action shows unless somebody chooses another."""


def _proposed_tab(number: int, locales: list[str]) -> TabDesign:
    layout, cells = _proposed()[number]
    designs = [_proposed_cell(index, cell, locales) for index, cell in enumerate(cells)]
    return {"names": proposed_tab_names(number, locales), "layout": layout, "picture_id": None, "cells": designs}


class _Proposed(NamedTuple):
    action: Action
    key: str = ""
    icon: Icon | None = None
    label: str | Promise = ""
    says: str | Promise = ""
    """Of a text: the customer's words."""


def _proposed_cell(index: int, cell: _Proposed, locales: list[str]) -> CellDesign:
    with translation.override(locales[0]):
        value = str(cell.says)
    return {
        "index": index,
        "key": cell.key or cell.action.value.replace("_", "-"),
        "labels": in_each(locales, partial(str, cell.label or cell.action.label)),
        "icon": cell.icon or ICONS[cell.action],
        "picture_id": None,
        "action": cell.action,
        "brand_id": None,
        "value": value,
    }


def _proposed() -> tuple[tuple[str, tuple[_Proposed, ...]], ...]:
    """Layout and cells of each tab."""
    a, new = Action, _Proposed
    in_store = (
        *(new(a.MY_SALESPERSON), new(a.NEAREST_STORE), new(a.REPAIR_REQUEST)),
        *(new(a.MY_DEVICES), new(a.TALK_TO_US), new(a.MY_CASES)),
    )
    online = (
        new(a.TALK_TO_US),
        new(a.TEXT, "text", Icon.STAR, _("What is new"), _("What is new?")),
        new(a.TEXT, "text-2", Icon.BOX, _("My order"), _("Where is my order?")),
        new(a.TEXT, "text-3", Icon.TURN, _("Returns"), _("I would like to return something.")),
    )
    members = (new(a.MEMBER_CARD), new(a.MY_DEVICES), new(a.MY_SALESPERSON), new(a.TALK_TO_US))
    return (("large-3x2", in_store), ("large-2x2", online), ("large-wide-3", members))
