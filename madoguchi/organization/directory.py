"""What of the organisation a person sees: their places and the brands and people there."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone

from madoguchi.organization.models import Brand, BrandPresence, Department, Posting, Staff, Store
from madoguchi.organization.permissions import Permission
from madoguchi.organization.reach import NOTHING, Place, Reach

_ALL = ~NOTHING


def stores_of(staff: Staff, permission: Permission = Permission.ORGANIZATION_READ) -> QuerySet[Store]:
    condition = NOTHING
    for place in staff.reach(permission).places:
        condition |= _stores_at(place)
    return Store.objects.filter(condition)


def departments_of(staff: Staff, permission: Permission = Permission.ORGANIZATION_READ) -> QuerySet[Department]:
    reach = staff.reach(permission)
    return Department.objects.filter(_ALL if _is_somewhere_whole(reach) else Q(pk__in=reach.department_ids))


def brands_of(staff: Staff, permission: Permission = Permission.ORGANIZATION_READ) -> QuerySet[Brand]:
    """At a store those sold there today; a department serves all."""
    condition = NOTHING
    for place in staff.reach(permission).places:
        if place.brands is not None:
            condition |= Q(pk__in=place.brands)
        elif place.is_whole_company or place.department_id:
            condition |= _ALL
        else:
            condition |= Q(pk__in=_present().filter(_at(place)).values("brand"))
    return Brand.objects.filter(condition)


def people_of(staff: Staff, permission: Permission = Permission.ORGANIZATION_READ) -> QuerySet[Staff]:
    """Whoever works, has worked or will work at one's places; oneself always."""
    reach = staff.reach(permission)
    if _is_somewhere_whole(reach):
        return Staff.objects.all()
    there = Q(store__in=reach.store_ids) | Q(department__in=reach.department_ids)
    return Staff.objects.filter(Q(pk__in=Posting.objects.filter(there).values("staff")) | Q(pk=staff.pk))


def _is_somewhere_whole(reach: Reach) -> bool:
    return any(place.is_whole_company for place in reach.places)


def _stores_at(place: Place) -> Q:
    if place.is_whole_company:
        where = _ALL
    elif place.store_id is not None:
        where = Q(pk=place.store_id)
    else:
        where = Q(pk__in=place.market_stores)
    if place.brands is not None:
        where &= Q(pk__in=_present().filter(brand__in=place.brands).values("store"))
    return where


def _at(place: Place) -> Q:
    return Q(store=place.store_id) if place.store_id else Q(store__in=place.market_stores)


def _present() -> QuerySet[BrandPresence]:
    today = timezone.localdate()
    return BrandPresence.objects.filter(Q(until=None) | Q(until__gte=today), since__lte=today)
