"""The people who could get work: who is there, what they can, and how much room they have.

Read for a set of places and people; while their seats are locked nobody else gives them anything. The router hands out
many conversations in one go, so what it has given counts at once.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from django.db.models import Q
from django.utils import timezone

from madoguchi.conversations.capacity import open_held
from madoguchi.duty.actions.seats import lock_seats
from madoguchi.duty.models import Seat
from madoguchi.duty.schedule import Place, Schedule
from madoguchi.organization.models import Posting, PostingQuerySet
from madoguchi.organization.permissions import Permission
from madoguchi.organization.reach import Reach
from madoguchi.routing.models import Decision, Skill, Team

_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)
NO_ROW = Team()
"""What a place without a row goes by."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody posted at a place itself; who is there for a whole market or the company is not its team."""

    staff_id: int
    brand_ids: frozenset[int]
    """Empty: all."""

    def answers_for(self, brand_id: int | None) -> bool:
        return not self.brand_ids or brand_id is None or brand_id in self.brand_ids


@dataclass(slots=True)
class Carrier:
    """A person's seat as it fills up."""

    capacity: int
    load: int
    last_given_at: dt.datetime | None
    was_given: bool = False

    @property
    def has_room(self) -> bool:
        return self.load < self.capacity


@dataclass(frozen=True, slots=True)
class Chosen:
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
            carriers[pk] = Carrier(seat.capacity, held.get(pk, 0), seat.last_given_at)
        return cls(present, carriers, _skilled(skill_ids))

    def choose(
        self,
        place: Place,
        team: Team,
        *,
        brand_id: int | None = None,
        skill_id: int | None = None,
        last_answerers: Iterable[int] = (),
        losers: Collection[int] = (),
    ) -> Chosen:
        """Who of the team gets it, by the team's own rule; nobody: it waits in the team's queue.

        Whoever lost it gets it back only when nobody else is there. A skill is wanted of those who are there: when none
        of them has it, anybody may have it; when those who have it are full, it waits for them.
        """
        if team.method == Team.Method.NOBODY:
            return Chosen(None, Decision.Choice.NOBODY_CHOSEN)
        there = [m.staff_id for m in self._present.get(place, ()) if m.answers_for(brand_id)]
        pool = [pk for pk in there if pk not in losers] if losers else there
        pool = pool or there
        if not pool:
            return Chosen(None, Decision.Choice.NOBODY_ON_DUTY)
        is_relaxed = False
        if skill_id is not None:
            able = self._skilled.get(skill_id, ())
            skilled = [pk for pk in pool if pk in able]
            pool, is_relaxed = skilled or pool, not skilled
        free = [pk for pk in pool if self.carriers[pk].has_room]
        if not free:
            return Chosen(None, Decision.Choice.ALL_FULL)
        if team.prefers_last and (last := next((pk for pk in last_answerers if pk in free), None)):
            return Chosen(last, Decision.Choice.LAST, is_relaxed)
        if team.method == Team.Method.ROUND_ROBIN:
            return Chosen(min(free, key=self._turn), Decision.Choice.ROUND_ROBIN, is_relaxed)
        return Chosen(min(free, key=self._weight), Decision.Choice.LEAST_LOADED, is_relaxed)

    def has_room(self, staff_id: int) -> bool:
        return self.carriers[staff_id].has_room

    def free_at(self, place: Place) -> int:
        """How many more conversations the people there could be given."""
        carriers = (self.carriers[member.staff_id] for member in self._present.get(place, ()))
        return sum(max(0, carrier.capacity - carrier.load) for carrier in carriers)

    def give(self, staff_id: int, now: dt.datetime) -> None:
        carrier = self.carriers[staff_id]
        carrier.load += 1
        carrier.last_given_at = self._next_turn(now)
        carrier.was_given = True

    def take(self, staff_id: int) -> None:
        if carrier := self.carriers.get(staff_id):
            carrier.load -= 1

    def _next_turn(self, now: dt.datetime) -> dt.datetime:
        """Later than all that was given before in this batch: whose turn it was stays in order."""
        self._given += 1
        return now + dt.timedelta(microseconds=self._given)

    def _turn(self, staff_id: int) -> tuple[dt.datetime, int]:
        return self.carriers[staff_id].last_given_at or _NEVER, staff_id

    def _weight(self, staff_id: int) -> tuple[int, dt.datetime, int]:
        return self.carriers[staff_id].load, *self._turn(staff_id)


def teams() -> dict[Place, Team]:
    """What all teams want; a place that is not in it goes by ``NO_ROW``."""
    return {Place(team.store_id, team.department_id): team for team in Team.objects.all()}


def overflow_of(team: Team) -> Place:
    return Place(team.overflow_store_id, team.overflow_department_id)


def _members(now: dt.datetime, places: Collection[Place]) -> dict[Place, list[Member]]:
    there = Q(store__in={p.store_id for p in places}) | Q(department__in={p.department_id for p in places})
    brands: dict[tuple[Place, int], set[int]] = {}
    unlimited: set[tuple[Place, int]] = set()
    for posting in _answering(now).filter(there, staff__is_active=True):
        key = (Place(posting.store_id, posting.department_id), posting.staff_id)
        limited = vars(posting)["brand_ids"]
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
    if persons:
        for posting in _answering(now).filter(staff__in=persons, staff__is_active=True):
            postings[posting.staff_id].append(posting)
    return {pk: Reach.of(own) for pk, own in postings.items()}


def _answering(now: dt.datetime) -> PostingQuerySet:
    """Postings of those who may answer customers there."""
    current = Posting.objects.current(timezone.localdate(now)).with_places()
    return current.filter(role__permissions__contains=[Permission.CONVERSATION_REPLY.value])


def _skilled(skill_ids: Collection[int]) -> dict[int, set[int]]:
    skilled: dict[int, set[int]] = defaultdict(set)
    if skill_ids:
        able = Skill.objects.filter(pk__in=skill_ids, staff__isnull=False)
        for skill_id, staff_id in able.order_by().values_list("pk", "staff"):
            skilled[skill_id].add(staff_id)
    return skilled
