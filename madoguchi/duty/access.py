"""Who may see and change working time: ``organization:read`` to look, ``duty:edit`` at the place to change."""

from __future__ import annotations

from django.db.models import Q

from madoguchi.kit.errors import NotAllowed, NotFound
from madoguchi.organization.directory import departments_of, people_of, stores_of
from madoguchi.organization.models import Department, Market, Posting, Staff, Store
from madoguchi.organization.permissions import Permission
from madoguchi.organization.reach import NOTHING, Place


def require_at(by: Staff, *, store: Store | None = None, department: Department | None = None) -> None:
    """NotFound for a place that the person does not see, NotAllowed for one where they only look."""
    if store and stores_of(by).filter(pk=store.pk).exists():
        by.require(Permission.DUTY_EDIT, store_id=store.pk)
    elif department and departments_of(by).filter(pk=department.pk).exists():
        by.require(Permission.DUTY_EDIT, department_id=department.pk)
    else:
        raise NotFound


def require_in(by: Staff, market: Market) -> None:
    """NotAllowed unless the person keeps the working time of the whole market."""
    if not by.reach(Permission.DUTY_EDIT).contains(Place(market_id=market.pk)):
        raise NotAllowed


def require_over(by: Staff, staff: Staff) -> None:
    """NotFound for somebody whom the person does not see, NotAllowed unless they keep the time of one of their places."""
    if not people_of(by).filter(pk=staff.pk).exists():
        raise NotFound
    if not may_edit_person(by, staff):
        raise NotAllowed


def may_edit_person(by: Staff, staff: Staff) -> bool:
    reach = by.reach(Permission.DUTY_EDIT)
    return any(
        reach.covers(store_id=posting.store_id, department_id=posting.department_id)
        if posting.store_id or posting.department_id
        else reach.contains(Place(market_id=posting.market_id))
        for posting in staff.postings.current()
    )


def posted_at(*, store: Store | None = None, department: Department | None = None) -> Q:
    """Condition on postings: at the place itself, or in the market or company that it belongs to."""
    place = store or department
    if place is None:
        return NOTHING
    here = Q(store=store) if store else Q(department=department)
    return here | Q(store=None, department=None) & (Q(market=None) | Q(market=place.market_id))


def people_at(*, store: Store | None = None, department: Department | None = None) -> Q:
    """Condition on staff: who is posted at the place itself today."""
    here = Q(store=store) if store else Q(department=department)
    return Q(pk__in=Posting.objects.current().filter(here).values("staff"))
