"""What is counted: whose reach, which days, which part of the company."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.db.models import Q, QuerySet
from django.utils import timezone

from madoguchi.bindings.models import ALL_BRANDS, Binding, BindingQuerySet, Code, Scan
from madoguchi.organization.models import Brand, Market, Staff, Store
from madoguchi.organization.permissions import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Both ends of the days are included."""

    reader: Staff
    since: dt.date
    until: dt.date
    market: Market | None = None
    store: Store | None = None
    person: Staff | None = None
    brand: Brand | None = None
    """Bindings that look after this brand: those for all brands, too."""

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    @property
    def starts_at(self) -> dt.datetime:
        return _midnight(self.since)

    @property
    def ends_at(self) -> dt.datetime:
        """Not included."""
        return _midnight(self.until + dt.timedelta(days=1))

    def before(self) -> Scope:
        """As many days, up to the day before."""
        length = dt.timedelta(days=self.days)
        return replace(self, since=self.since - length, until=self.until - length)

    def bindings(self) -> BindingQuerySet:
        """Of any time."""
        rows = Binding.objects.visible_to(self.reader)
        if self.brand is not None:
            rows = rows.filter(brand_ids__overlap=[ALL_BRANDS, self.brand.pk])
        return rows.filter(self._place())

    def scans(self) -> QuerySet[Scan]:
        """Of the codes within reach, in the period; of a person's own codes always."""
        reach, rows = self.reader.reach(Permission.BINDING_READ), Scan.objects.filter(code__isnull=False)
        if not reach.is_everything:
            at_store, in_department = sorted(reach.store_ids), sorted(reach.department_ids)
            there = Q(code__store__in=at_store) | Q(code__department__in=in_department)
            rows = rows.filter(there | Q(code__staff=self.reader))
        if self.brand is not None:
            limited = Code.brands.through.objects
            its_own = limited.filter(brand=self.brand)
            rows = rows.filter(Q(code__in=its_own.values("code")) | ~Q(code__in=limited.values("code")))
        return rows.filter(self._place("code__"), at__gte=self.starts_at, at__lt=self.ends_at)

    def _place(self, prefix: str = "") -> Q:
        condition = Q()
        if self.market is not None:
            at_store, in_department = f"{prefix}store__market", f"{prefix}department__market"
            condition &= Q(**{at_store: self.market}) | Q(**{in_department: self.market})
        if self.store is not None:
            condition &= Q(**{f"{prefix}store": self.store})
        if self.person is not None:
            condition &= Q(**{f"{prefix}staff": self.person})
        return condition


def _midnight(on: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(on, dt.time()))
