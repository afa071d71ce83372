"""Who can look after customers at a place, for which brands, and how a team shares its customers out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Self
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.utils import timezone

from madoguchi.bindings.models import ALL_BRANDS, Binding, Code, Departure, Offer, StaffMember
from madoguchi.duty.schedule import Place, Schedule
from madoguchi.organization.models import Posting, Staff, Store
from madoguchi.organization.permissions import Permission


def held_brands(staff: Staff, place: Place) -> list[int] | None:
    """The scope of what a person holds there: ids of brands, or [0] for all. None: they hold nothing there."""
    there = [
        posted.brands
        for posted in staff.reach(Permission.BINDING_HOLD).places
        if posted.covers(place.store_id, place.department_id, None)
    ]
    if not there:
        return None
    if None in there:
        return [ALL_BRANDS]
    return sorted(frozenset[int]().union(*(brands for brands in there if brands is not None)))


def covers(held: Sequence[int] | None, scope: Sequence[int]) -> bool:
    return held is not None and (ALL_BRANDS in held or set(scope) <= set(held))


def scope_of(code: Code, staff: Staff | None) -> list[int]:
    """What the code binds: its own brands, else what the person serves at its place, else all."""
    brands = sorted(code.brands.values_list("pk", flat=True))
    if brands or staff is None:
        return brands or [ALL_BRANDS]
    return held_brands(staff, Place(code.store_id, code.department_id)) or [ALL_BRANDS]


def is_closed(store: Store | None, now: dt.datetime) -> bool:
    """For good, on the clock of its market."""
    if store is None or store.closed_on is None:
        return False
    return store.closed_on <= timezone.localdate(now, ZoneInfo(store.market.time_zone))


@dataclass
class Team:
    """Those posted at one place itself who may hold customers, with how many each has, while customers are shared out.

    A manager of the whole market may hold customers too, but is given none by a rule. Nor is anybody who is leaving.
    """

    place: Place
    brands: dict[int, list[int]] = field(default_factory=dict)
    """What each may hold."""
    on_duty: set[int] = field(default_factory=set)
    load: dict[int, int] = field(default_factory=dict)
    """Current bindings, and offers that may become some."""
    as_members: dict[int, int] = field(default_factory=dict)
    """Which customer each is themself, where we know."""

    @classmethod
    def load_at(cls, place: Place, now: dt.datetime) -> Self:
        """In a constant number of statements."""
        there = Q(store=place.store_id) if place.store_id else Q(department=place.department_id)
        postings = Posting.objects.current().with_places().filter(there, staff__is_active=True)
        team = cls(place)
        for posting in postings.filter(role__permissions__contains=[Permission.BINDING_HOLD.value]):
            brands = vars(posting)["brand_ids"] or [ALL_BRANDS]
            known = team.brands.setdefault(posting.staff_id, [])
            team.brands[posting.staff_id] = sorted({*known, *brands})
        leaving = Departure.objects.filter(staff__in=team.brands, state=Departure.State.RUNNING)
        for staff_id in leaving.values_list("staff", flat=True):
            del team.brands[staff_id]
        team.load = dict.fromkeys(team.brands, 0)
        bound = Binding.objects.current().filter(staff__in=team.brands).order_by()
        offered = Offer.objects.filter(to_staff__in=team.brands, state__in=[Offer.State.PLANNED, Offer.State.OPEN])
        for staff_id, number in (
            *bound.values_list("staff").annotate(Count("pk")),
            *offered.order_by().values_list("to_staff").annotate(Count("pk")),
        ):
            team.load[staff_id] += number
        team.as_members = dict(StaffMember.objects.filter(staff__in=team.brands).values_list("staff", "member"))
        schedule = Schedule.load(now, staff_ids=team.brands, places=[place], days=1)
        team.on_duty = {staff_id for staff_id in team.brands if schedule.is_on_duty(staff_id, place)}
        return team

    def pick(self, scope: Sequence[int], *, member_id: int, except_for: Collection[int] = ()) -> int | None:
        """Whoever has the fewest among those on duty, else among all; None: nobody is left. It counts as theirs at once.

        ``scope`` is what they have to cover; all brands: whatever they hold. Nobody becomes their own customer.
        """
        able = [
            staff_id
            for staff_id, held in self.brands.items()
            if staff_id not in except_for
            and self.as_members.get(staff_id) != member_id
            and (list(scope) == [ALL_BRANDS] or covers(held, scope))
        ]
        candidates = [staff_id for staff_id in able if staff_id in self.on_duty] or able
        if not candidates:
            return None
        chosen = min(candidates, key=lambda staff_id: (self.load[staff_id], staff_id))
        self.load[chosen] += 1
        return chosen
