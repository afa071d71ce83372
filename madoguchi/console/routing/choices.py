"""What the forms of routing offer: places by kind, cells of menus by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from madoguchi.kit.errors import NotFound
from madoguchi.menus.models import Cell
from madoguchi.organization.models import Department, Market, Store
from madoguchi.routing.team_administration import Scope

EVERYWHERE = "everywhere"
LOCALES = [code for code, _name in settings.LANGUAGES]


class ClockTime(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class PlaceField(forms.ChoiceField):
    """One store or one department, as ``store-7`` or ``department-3``; cleaned to the row, or None."""

    def __init__(self, *, empty: str = "", **kwargs: Any) -> None:
        super().__init__(choices=lambda: _places(empty), **kwargs)

    def clean(self, value: Any) -> Any:
        token = super().clean(value)
        return place(token) if token else None


def scope(token: str) -> Scope:
    """Of a token of a place, ``market-3``, or ``everywhere``. Raises NotFound."""
    if token == EVERYWHERE:
        return Scope()
    kind, _separator, number = token.partition("-")
    if kind != "market":
        return Scope.at(place(token))
    known = number.isascii() and number.isdecimal() and len(number) < 19
    market = Market.objects.filter(pk=int(number)).first() if known else None
    if market is None:
        raise NotFound
    return Scope(market=market)


def scope_token(scope: Scope) -> str:
    if scope.market:
        return f"market-{scope.market.pk}"
    return token(scope.store or scope.department) or EVERYWHERE


def scope_name(scope: Scope) -> str:
    return str(scope.store or scope.department or scope.market or _("Everywhere"))


def place(token: str) -> Store | Department:
    """Raises NotFound."""
    kind, _separator, number = token.partition("-")
    model: type[Store] | type[Department] | None = {"store": Store, "department": Department}.get(kind)  # type: ignore[assignment] # the join of the two
    found = None
    if model is not None and number.isascii() and number.isdecimal() and len(number) < 19:
        found = model.objects.select_related("market").filter(pk=int(number)).first()
    if found is None:
        raise NotFound
    return found


def token(place: Store | Department | None) -> str:
    if place is None:
        return ""
    return f"{'store' if isinstance(place, Store) else 'department'}-{place.pk}"


def cell_names() -> dict[str, str]:
    """Key of each cell of the live menus and drafts: its label in the reader's language."""
    language, names = get_language() or "", dict[str, str]()
    live = Q(tab__variant__version__menu__live=F("tab__variant__version")) | Q(tab__variant__version__published_at=None)
    for key, labels in Cell.objects.filter(live).order_by("pk").values_list("key", "labels"):
        label = labels.get(language) or next(iter(labels.values()), "")
        names.setdefault(key, label.replace("\n", " ") or key)
    return names


def _places(empty: str) -> Iterable[Any]:
    still_open = Q(closed_on=None) | Q(closed_on__gt=timezone.localdate())
    stores = [(token(store), store.name) for store in Store.objects.filter(still_open).only("name")]
    departments = [(token(department), department.name) for department in Department.objects.only("name")]
    yield "", empty or _("Choose a place")
    yield _("Departments"), departments
    yield _("Stores"), stores
