"""Who can look after customers at a place, for which brands, and how a team shares its customers out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Self
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from madoguchi.bindings.models import ALL_BRANDS, Binding, Code, Departure, Offer, Scan, StaffMember, Way
from madoguchi.duty import sharing
from madoguchi.duty.schedule import Place, Schedule
from madoguchi.duty.sharing import Sharing
from madoguchi.organization.models import Posting, Staff, Store
from madoguchi.organization.permissions import Permission

TURN_REMEMBERED = dt.timedelta(days=90)
"""Whoever was given nobody for so long is next in any case."""
_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)


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


def trouble_of(code: Code, now: dt.datetime) -> Scan.Outcome | None:
    """Why it binds nobody, whoever uses it; None: it works."""
    if code.is_revoked:
        return Scan.Outcome.REVOKED
    if code.has_expired(now):
        return Scan.Outcome.EXPIRED
    if not code.account.is_active or is_closed(code.store, now):
        return Scan.Outcome.CLOSED
    if code.staff is not None and held_brands(code.staff, Place(code.store_id, code.department_id)) is None:
        return Scan.Outcome.CLOSED
    return None


@dataclass
class Team:
    """Those posted at one place itself who may hold customers, with how many each has, while customers are shared out.

    A manager of the whole market may hold customers too, but is given none by a rule. Nor is anybody who is leaving.
    Two customers who come at the same moment may meet the same choice; the next ones make up for it.
    """

    place: Place
    now: dt.datetime
    rule: Sharing = Sharing.NOBODY
    """The team's own. Where it chooses nobody for a conversation, a customer still gets one person: the least loaded."""
    brands: dict[int, list[int]] = field(default_factory=dict)
    """What each may hold."""
    on_duty: set[int] = field(default_factory=set)
    load: dict[int, int] = field(default_factory=dict)
    """Current bindings, and offers that may become some."""
    given_at: dict[int, dt.datetime] = field(default_factory=dict)
    """When each was last given a customer here; their own codes are no gift."""
    as_members: dict[int, int] = field(default_factory=dict)
    """Which customer each is themself, where we know."""

    @classmethod
    def load_at(cls, place: Place, now: dt.datetime) -> Self:
        """In a constant number of statements."""
        there = Q(store=place.store_id) if place.store_id else Q(department=place.department_id)
        team = cls(place, now, sharing.rule_of(place))
        postings = Posting.objects.current().with_places().filter(there, staff__is_active=True)
        for posting in postings.filter(role__permissions__contains=[Permission.BINDING_HOLD.value]):
            brands = vars(posting)["brand_ids"] or [ALL_BRANDS]
            known = team.brands.setdefault(posting.staff_id, [])
            team.brands[posting.staff_id] = sorted({*known, *brands})
        leaving = Departure.objects.filter(staff__in=team.brands, state=Departure.State.RUNNING)
        for staff_id in leaving.values_list("staff", flat=True):
            del team.brands[staff_id]
        team._count_customers(there)
        team.as_members = dict(StaffMember.objects.filter(staff__in=team.brands).values_list("staff", "member"))
        schedule = Schedule.load(now, staff_ids=team.brands, places=[place], days=1)
        team.on_duty = {staff_id for staff_id in team.brands if schedule.is_on_duty(staff_id, place)}
        return team

    def pick(self, scope: Sequence[int], *, member_id: int, except_for: Collection[int] = ()) -> int | None:
        """By the team's rule among those on duty, else among all; None: nobody is left. It counts as theirs at once.

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
        chosen = min(candidates, key=self._turn if self.rule == Sharing.ROUND_ROBIN else self._weight)
        self.load[chosen] += 1
        self.given_at[chosen] = max([self.now, *self.given_at.values()]) + dt.timedelta(microseconds=1)
        return chosen

    def _count_customers(self, there: Q) -> None:
        self.load = dict.fromkeys(self.brands, 0)
        bound = Binding.objects.current().filter(staff__in=self.brands).order_by()
        for staff_id, number in bound.values_list("staff").annotate(Count("pk")):
            self.load[staff_id] += number
        shared_out = Q(code__isnull=False, code__staff__isnull=True) | Q(way=Way.OFFER)
        given = Binding.objects.filter(there, shared_out, staff__in=self.brands).order_by()
        lately = given.filter(started_at__gt=self.now - TURN_REMEMBERED)
        self.given_at = dict(lately.values_list("staff").annotate(Max("started_at")))
        offers = Offer.objects.filter(to_staff__in=self.brands, state__in=[Offer.State.PLANNED, Offer.State.OPEN])
        offered = offers.order_by().values_list("to_staff")
        for staff_id, number, at in offered.annotate(Count("pk"), at=Max(Coalesce("departure__at", "told_at"))):
            self.load[staff_id] += number
            self.given_at[staff_id] = max(at, self.given_at.get(staff_id, _NEVER))

    def _turn(self, staff_id: int) -> tuple[dt.datetime, int]:
        return self.given_at.get(staff_id, _NEVER), staff_id

    def _weight(self, staff_id: int) -> tuple[int, dt.datetime, int]:
        return self.load[staff_id], *self._turn(staff_id)
