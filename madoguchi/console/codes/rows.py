"""Which codes a person sees, and what has come of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import CharField, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Value
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils import timezone

from madoguchi.bindings.models import Binding, Code, Scan
from madoguchi.channels.models import Account
from madoguchi.console.today import codes
from madoguchi.kit.errors import NotFound
from madoguchi.organization.models import Department, Staff, Store
from madoguchi.organization.permissions import Permission


def visible_to(staff: Staff) -> QuerySet[Code]:
    """One's own, and those at places where one may edit bindings; with ``opened`` and ``connected``."""
    reach = staff.reach(Permission.BINDING_EDIT)
    rows = Code.objects.all()
    if not reach.is_everything:
        there = Q(store__in=sorted(reach.store_ids)) | Q(department__in=sorted(reach.department_ids))
        rows = rows.filter(there | Q(staff=staff))
    places = ("store__market", "department__market")
    return rows.select_related("account__market", "account__default_brand", "staff", "created_by", *places).annotate(
        opened=_count(Scan.objects.all(), Coalesce(NullIf("visitor", Value("")), Cast("pk", CharField()))),
        connected=_count(Binding.objects.all(), F("member")),
    )


def find(staff: Staff, token: str) -> Code:
    code = visible_to(staff).filter(token=token).first()
    if code is None:
        raise NotFound
    return code


def working(now: dt.datetime) -> Q:
    return Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=now))


def own(staff: Staff) -> list[Code]:
    """Those of the person that work now, one for each account and place, the newest first."""
    newest = [code.pk for code in codes.own(staff)]
    return list(visible_to(staff).filter(pk__in=newest).order_by("-created_at", "-pk"))


@dataclass(frozen=True, slots=True)
class Missing:
    """A place and an account for which a person could have a code, and has none."""

    account: Account
    place: Store | Department

    @property
    def store(self) -> Store | None:
        return self.place if isinstance(self.place, Store) else None

    @property
    def department(self) -> Department | None:
        return self.place if isinstance(self.place, Department) else None

    @property
    def key(self) -> str:
        return f"{self.account.public_id}-{'store' if self.store else 'department'}-{self.place.pk}"


def missing(staff: Staff, made: list[Code]) -> list[Missing]:
    """At the places where the person is posted themselves and may hold customers."""
    places = staff.reach(Permission.BINDING_HOLD).places
    today = timezone.localdate()
    stores = Store.objects.filter(pk__in=[place.store_id for place in places if place.store_id])
    open_stores = stores.exclude(closed_on__lte=today).select_related("market")
    departments = Department.objects.filter(pk__in=[place.department_id for place in places if place.department_id])
    accounts = list(Account.objects.filter(is_active=True).select_related("market"))
    known = {(code.account_id, code.store_id, code.department_id) for code in made}
    found: list[Missing] = []
    places_there: list[Store | Department] = [*open_stores, *departments.select_related("market")]
    for place in places_there:
        ids = (place.pk, None) if isinstance(place, Store) else (None, place.pk)
        found += [
            Missing(account, place)
            for account in accounts
            if place.market_id in (None, account.market_id) and (account.pk, *ids) not in known
        ]
    return found


def _count(rows: QuerySet[Scan] | QuerySet[Binding], what: Coalesce | F) -> Coalesce:
    """Of those that belong to the code, without joining it to them twice."""
    counted = rows.filter(code=OuterRef("pk")).order_by().values("code").annotate(n=Count(what, distinct=True))
    return Coalesce(Subquery(counted.values("n"), output_field=IntegerField()), 0)
