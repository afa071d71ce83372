"""The people who could get work: who is there, what they can, and how much room they have.

Read for a set of places and people; while their seats are locked nobody else gives them anything. The router hands out
many conversations in one go, so what it has given counts at once.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from madoguchi.conversations.capacity import open_held
from madoguchi.duty.actions.seats import lock_seats
from madoguchi.duty.models import Seat
from madoguchi.duty.schedule import Place, Schedule
from madoguchi.organization.models import Posting, PostingQuerySet, Staff
from madoguchi.organization.permissions import Permission
from madoguchi.organization.reach import Reach
from madoguchi.routing.models import Decision, Skill, Team

_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody posted at a place itself; who is there for a whole market or the company is not its team."""

    staff_id: int
    brand_ids: frozenset[int]
    """Empty: all."""

    def answers_for(self, brand_id: int | None) -> bool:
        return not self.brand_ids or brand_id is None or brand_id in self.brand_ids


class Carrier:
    """A person's seat as it fills up."""

    __slots__ = ("capacity", "last_given_at", "load", "staff_id", "turn", "was_given", "weight")

    def __init__(self, staff_id: int, capacity: int, load: int, last_given_at: dt.datetime | None) -> None:
        self.staff_id = staff_id
        self.capacity = capacity
        self.was_given = False
        self.set(load, last_given_at)

    def set(self, load: int, last_given_at: dt.datetime | None) -> None:
        self.load, self.last_given_at = load, last_given_at
        self.turn = (last_given_at or _NEVER, self.staff_id)
        """Least: next in turn."""
        self.weight = (load, *self.turn)
        """Least: has the fewest."""

    @property
    def has_room(self) -> bool:
        return self.load < self.capacity


_TURN, _WEIGHT = attrgetter("turn"), attrgetter("weight")


class Chosen(NamedTuple):
    staff_id: int | None
    choice: Decision.Choice
    is_skill_relaxed: bool = False


class Staffing:
    def __init__(
        self,
        present: Mapping[Place, Sequence[Member]] = MappingProxyType({}),
        carriers: Mapping[int, Carrier] = MappingProxyType({}),
        skilled: Mapping[int, Collection[int]] = MappingProxyType({}),
    ) -> None:
        self._present = present
        self.carriers = carriers
        self._skilled = skilled
        self._given = 0
        self._pools: dict[tuple[Place, int | None], list[Carrier]] = {}

    @classmethod
    def load(
        cls,
        now: dt.datetime,
        *,
        places: Collection[Place],
        persons: Collection[int] = (),
        skill_ids: Collection[int] = (),
        locked: bool,
    ) -> Staffing:
        """The teams of ``places`` as far as they are on duty, and single ``persons`` who may be elsewhere.

        ``locked``: their seats are locked in the order of their ids, and what they carry is counted after that.
        """
        members = _members(now, places)
        schedule = Schedule.load(now, staff_ids={m.staff_id for team in members.values() for m in team}, places=places)
        present = {
            place: [member for member in team if schedule.is_on_duty(member.staff_id, place)]
            for place, team in members.items()
        }
        ids = {member.staff_id for team in present.values() for member in team} | set(persons)
        seats = lock_seats(ids) if locked else Seat.objects.in_bulk(ids)
        held = open_held(ids)
        carriers = {}
        for pk in ids:
            seat = seats.get(pk) or Seat(staff_id=pk)
            carriers[pk] = Carrier(pk, seat.capacity, held.get(pk, 0), seat.last_given_at)
        return cls(present, carriers, _skilled(skill_ids))

    def choose(
        self,
        place: Place,
        team: Team,
        *,
        brand_id: int | None = None,
        skill_id: int | None = None,
        last_answerers: Sequence[int] = (),
        losers: Collection[int] = (),
    ) -> Chosen:
        """Who of the team gets it, by the team's own rule; nobody: it waits in the team's queue.

        Whoever lost it does not get it again: alone they would hold up what could go on. A skill is wanted of those who
        are there: when none of them has it, anybody may have it; when those who have it are full, it waits for them.
        """
        if team.method == Team.Method.NOBODY:
            return Chosen(None, Decision.Choice.NOBODY_CHOSEN)
        there = self._there(place, brand_id)
        if not there:
            return Chosen(None, Decision.Choice.NOBODY_ON_DUTY)
        pool = [carrier for carrier in there if carrier.staff_id not in losers] if losers else there
        if not pool:
            return Chosen(None, Decision.Choice.NOBODY_ELSE)
        is_relaxed = False
        if skill_id is not None:
            able = self._skilled.get(skill_id, ())
            skilled = [carrier for carrier in pool if carrier.staff_id in able]
            pool, is_relaxed = skilled or pool, not skilled
        free = [carrier for carrier in pool if carrier.load < carrier.capacity]
        if not free:
            return Chosen(None, Decision.Choice.ALL_FULL)
        if team.prefers_last and last_answerers:
            ids = {carrier.staff_id for carrier in free}
            if last := next((pk for pk in last_answerers if pk in ids), None):
                return Chosen(last, Decision.Choice.LAST, is_relaxed)
        if team.method == Team.Method.ROUND_ROBIN:
            return Chosen(min(free, key=_TURN).staff_id, Decision.Choice.ROUND_ROBIN, is_relaxed)
        return Chosen(min(free, key=_WEIGHT).staff_id, Decision.Choice.LEAST_LOADED, is_relaxed)

    def _there(self, place: Place, brand_id: int | None) -> list[Carrier]:
        """Who is on duty there for the brand."""
        key = (place, brand_id)
        if key not in self._pools:
            there = (member for member in self._present.get(place, ()) if member.answers_for(brand_id))
            self._pools[key] = [self.carriers[member.staff_id] for member in there]
        return self._pools[key]

    def has_room(self, staff_id: int) -> bool:
        return self.carriers[staff_id].has_room

    def free_at(self, place: Place) -> int:
        """How many more conversations the people there could be given."""
        carriers = (self.carriers[member.staff_id] for member in self._present.get(place, ()))
        return sum(max(0, carrier.capacity - carrier.load) for carrier in carriers)

    def give(self, staff_id: int, now: dt.datetime) -> None:
        carrier = self.carriers[staff_id]
        carrier.set(carrier.load + 1, self._next_turn(now))
        carrier.was_given = True

    def take(self, staff_id: int) -> None:
        if carrier := self.carriers.get(staff_id):
            carrier.set(carrier.load - 1, carrier.last_given_at)

    def _next_turn(self, now: dt.datetime) -> dt.datetime:
        """Later than all that was given before in this batch: whose turn it was stays in order."""
        self._given += 1
        return now + dt.timedelta(microseconds=self._given)


def _members(now: dt.datetime, places: Collection[Place]) -> dict[Place, list[Member]]:
    there = Q(store__in={p.store_id for p in places}) | Q(department__in={p.department_id for p in places})
    brands: dict[tuple[Place, int], set[int]] = {}
    unlimited: set[tuple[Place, int]] = set()
    postings = _answering(now).filter(there, staff__is_active=True).with_brands()
    for posting in postings.only("staff", "store", "department"):
        key, limited = (Place(posting.store_id, posting.department_id), posting.staff_id), vars(posting)["brand_ids"]
        brands.setdefault(key, set()).update(limited)
        if not limited:
            unlimited.add(key)
    teams: dict[Place, list[Member]] = defaultdict(list)
    for key in sorted(brands, key=lambda key: key[1]):
        teams[key[0]].append(Member(key[1], frozenset() if key in unlimited else frozenset(brands[key])))
    return teams


def reaches(now: dt.datetime, persons: Collection[int]) -> dict[int, Reach]:
    """Where these people may answer customers; who may nowhere is not in it."""
    postings: dict[int, list[Posting]] = defaultdict(list)
    if not persons:
        return {}
    for posting in _answering(now).filter(staff__in=persons, staff__is_active=True).with_places():
        postings[posting.staff_id].append(posting)
    superusers = Staff.objects.filter(pk__in=persons, is_active=True, is_superuser=True).values_list("pk", flat=True)
    return {pk: Reach.of(own) for pk, own in postings.items()} | dict.fromkeys(superusers, Reach.everywhere())


def _answering(now: dt.datetime) -> PostingQuerySet:
    """Postings of those who may answer customers there."""
    current = Posting.objects.current(timezone.localdate(now))
    return current.filter(role__permissions__contains=[Permission.CONVERSATION_REPLY.value])


def _skilled(skill_ids: Collection[int]) -> dict[int, set[int]]:
    skilled: dict[int, set[int]] = defaultdict(set)
    if skill_ids:
        able = Skill.objects.filter(pk__in=skill_ids, staff__isnull=False)
        for skill_id, staff_id in able.order_by().values_list("pk", "staff"):
            skilled[skill_id].add(staff_id)
    return skilled
