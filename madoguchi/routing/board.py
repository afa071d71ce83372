"""How the teams stand at one moment: who is on duty with how much on their hands, how many wait and since when."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from madoguchi.conversations.capacity import open_held
from madoguchi.conversations.models import Conversation
from madoguchi.duty.models import Seat
from madoguchi.duty.schedule import Absence, Place, Schedule
from madoguchi.organization.models import Department, Posting, Staff, Store
from madoguchi.organization.permissions import Permission
from madoguchi.routing.fields import TeamFields
from madoguchi.routing.models import Skill, Team
from madoguchi.routing.teams import Teams


@dataclass(frozen=True, slots=True)
class Person:
    staff: Staff
    absence: Absence | None
    """None: on duty at this place."""
    back_at: dt.datetime | None
    load: int
    """Open conversations, wherever they are."""
    capacity: int
    skills: tuple[str, ...]

    @property
    def is_full(self) -> bool:
        return self.load >= self.capacity


@dataclass(frozen=True, slots=True)
class Board:
    place: Store | Department
    team: TeamFields
    is_default: bool
    """Nothing was settled for this place: it goes by the defaults …"""
    default_market: str
    """… of this market; empty: of the whole company."""
    is_open: bool
    opens_at: dt.datetime | None
    """When it is closed; None: nobody knows."""
    people: Sequence[Person]
    """Who could be given a conversation here; on duty first, then those with the least on their hands."""
    waiting: int
    """Customers whose open conversation nobody holds …"""
    oldest: dt.datetime | None
    """… and since when the first of them waits."""

    @property
    def on_duty(self) -> int:
        return sum(person.absence is None for person in self.people)

    @property
    def room(self) -> int:
        """Conversations that could be given right now."""
        return sum(max(0, p.capacity - p.load) for p in self.people if p.absence is None)


def boards(now: dt.datetime, places: Iterable[Store | Department]) -> list[Board]:
    """In the order of ``places``, in a constant number of statements."""
    rows = list(places)
    keys = [key_of(place) for place in rows]
    posted = _posted(now, keys)
    staff = {person.pk: person for team in posted.values() for person in team}
    schedule = Schedule.load(now, staff_ids=staff, places=keys)
    seats, held, skills = Seat.objects.in_bulk(staff), open_held(staff.keys()), _skills(staff)
    waiting, teams = _waiting(keys), Teams.load(joined_teams())

    def person(row: Staff, at: Place) -> Person:
        return Person(
            staff=row,
            absence=schedule.absence(row.pk, at),
            back_at=schedule.back_at(row.pk),
            load=held.get(row.pk, 0),
            capacity=seats[row.pk].capacity if row.pk in seats else Seat.CAPACITY,
            skills=tuple(skills[row.pk]),
        )

    found = []
    for place, key in zip(rows, keys, strict=True):
        people = [person(row, key) for row in posted[key]]
        is_open, (count, oldest) = schedule.is_open(key), waiting.get(key, (0, None))
        team = teams.of(key)
        found.append(
            Board(
                place=place,
                team=TeamFields.of(team),
                is_default=key not in teams.own,
                default_market=team.market.name if team.market else "",
                is_open=is_open,
                opens_at=None if is_open else schedule.next_opening(key),
                people=sorted(people, key=lambda p: (p.absence is not None, p.load, p.staff.display_name)),
                waiting=count,
                oldest=oldest,
            )
        )
    return found


def key_of(place: Store | Department) -> Place:
    return Place(store_id=place.pk) if isinstance(place, Store) else Place(department_id=place.pk)


def _at(keys: Collection[Place]) -> Q:
    stores = [key.store_id for key in keys if key.store_id]
    return Q(store__in=stores) | Q(department__in=[key.department_id for key in keys if key.department_id])


def _posted(now: dt.datetime, keys: Collection[Place]) -> dict[Place, list[Staff]]:
    """Who may answer at a place itself, each once, by name: the people whom the router could choose."""
    current = Posting.objects.current(timezone.localdate(now)).filter(_at(keys), staff__is_active=True)
    answering = current.filter(role__permissions__contains=[Permission.CONVERSATION_REPLY.value])
    posted: dict[Place, dict[int, Staff]] = defaultdict(dict)
    for posting in answering.select_related("staff").order_by("staff__display_name", "staff"):
        posted[Place(posting.store_id, posting.department_id)].setdefault(posting.staff_id, posting.staff)
    return defaultdict(list, {key: list(people.values()) for key, people in posted.items()})


def _skills(staff_ids: Collection[int]) -> dict[int, list[str]]:
    skills: dict[int, list[str]] = defaultdict(list)
    pairs = Skill.objects.filter(staff__in=staff_ids).order_by("name").values_list("staff", "name")
    for staff_id, name in pairs:
        skills[staff_id].append(name)
    return skills


def _waiting(keys: Collection[Place]) -> dict[Place, tuple[int, dt.datetime | None]]:
    there = (
        Conversation.objects.unassigned()
        .filter(_at(keys), waiting_since__isnull=False)
        .order_by()
        .values("store", "department")
    )
    counted = there.annotate(count=Count("pk"), oldest=Min("waiting_since"))
    return {Place(row["store"], row["department"]): (row["count"], row["oldest"]) for row in counted}


def joined_teams() -> QuerySet[Team]:
    """With all that their sentences name."""
    return Team.objects.select_related("market", "overflow_store", "overflow_department", "supervisor")
