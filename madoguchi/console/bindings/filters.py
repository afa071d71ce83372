"""Which part of the ledger a page is about, as its address says. What is out of reach is not among the choices."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from madoguchi.bindings.models import Binding
from madoguchi.bindings.numbers import Scope
from madoguchi.organization import directory
from madoguchi.organization.models import Brand, Market, Staff, Store
from madoguchi.organization.permissions import Permission

PERIODS: tuple[tuple[int, str | Promise], ...] = (
    (7, _("7 days")),
    (30, _("30 days")),
    (90, _("90 days")),
    (365, _("12 months")),
)
USUAL = 30
DAYS_MAX = 731


@dataclass
class Filters:
    """Read from the query of an address; whatever makes no sense there is as if it had not been said."""

    staff: Staff
    said: QueryDict

    @cached_property
    def stores(self) -> list[Store]:
        return list(directory.stores_of(self.staff, Permission.BINDING_READ).select_related("market"))

    @cached_property
    def markets(self) -> list[Market]:
        return sorted({store.market for store in self.stores}, key=lambda market: market.code)

    @property
    def main_market(self) -> Market | None:
        """Where most of the stores are."""
        counted = Counter(store.market for store in self.stores).most_common(1)
        return counted[0][0] if counted else None

    @cached_property
    def brands(self) -> list[Brand]:
        return list(directory.brands_of(self.staff, Permission.BINDING_READ).filter(is_active=True).defer("icon"))

    @cached_property
    def people(self) -> list[Staff]:
        """Whoever looks or looked after a customer."""
        rows = Binding.objects.visible_to(self.staff).filter(staff__isnull=False)
        return list(Staff.objects.filter(pk__in=rows.values("staff")).only("public_id", "display_name"))

    @cached_property
    def market(self) -> Market | None:
        return next((market for market in self.markets if market.code == self.said.get("market")), None)

    @cached_property
    def store(self) -> Store | None:
        return next((store for store in self.stores if store.public_id == self.said.get("store")), None)

    @cached_property
    def person(self) -> Staff | None:
        return next((person for person in self.people if person.public_id == self.said.get("person")), None)

    @cached_property
    def brand(self) -> Brand | None:
        return next((brand for brand in self.brands if brand.code == self.said.get("brand")), None)

    @cached_property
    def period(self) -> int | None:
        """Days up to today; None: from one date to another."""
        said = self.said.get("days", "")
        chosen = next((days for days, _label in PERIODS if str(days) == said), None)
        return chosen or (None if self._dates else USUAL)

    @cached_property
    def scope(self) -> Scope:
        today = timezone.localdate()
        if self.period is None and self._dates is not None:
            since, until = self._dates
        else:
            since, until = today - dt.timedelta(days=(self.period or USUAL) - 1), today
        return Scope(
            reader=self.staff, since=since, until=until,
            market=self.market, store=self.store, person=self.person, brand=self.brand,
        )  # fmt: skip

    @cached_property
    def _dates(self) -> tuple[dt.date, dt.date] | None:
        try:
            since = dt.date.fromisoformat(self.said.get("since", ""))
            until = dt.date.fromisoformat(self.said.get("until", ""))
        except ValueError:
            return None
        return (since, until) if 0 <= (until - since).days < DAYS_MAX else None

    @property
    def query(self) -> str:
        """The same choice, for another address."""
        return self.said.urlencode()
