"""Who is on duty and what is open at one moment: read in a constant number of statements, answered without any.

On duty is, the first that says something: what the person said by hand, while it holds; leave; a shift, for whoever is
rostered at all; whether the place is open.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.duty.calendar import Calendar, Hours, Period
from madoguchi.duty.models import DayException, HolidayRule, Leave, OpeningHours, Shift
from madoguchi.organization.models import Department, Posting, Staff, Store

ROSTERED_WITHIN = dt.timedelta(days=31)
"""Somebody with a shift this near, before or after, works by the roster: without a shift now they are off duty."""
EXCEPTIONS_SINCE = dt.timedelta(days=62)
"""Older exceptional days are not read: working time is asked about what is going on, not about history."""


class Absence(TextChoices):
    OFF_DUTY = "off_duty", _("Off duty")
    ON_LEAVE = "on_leave", _("On leave")


class Place(NamedTuple):
    """A store or a department. Both None: no place, always open, on the installation's clock."""

    store_id: int | None = None
    department_id: int | None = None


NOWHERE = Place()


@dataclass
class _Person:
    is_active: bool
    is_rostered: bool
    said: bool | None
    """What they said by hand, and until when it counts."""
    said_until: dt.datetime | None
    places: list[Place] = field(default_factory=list)
    """Where they are posted; ``NOWHERE`` for a whole market or the company."""
    shifts: list[tuple[Period, Place]] = field(default_factory=list)
    """Not over yet, by start."""
    leaves: list[Period] = field(default_factory=list)
    """Not over yet, by start."""


class Schedule:
    def __init__(self, now: dt.datetime, people: dict[int, _Person], calendars: dict[Place, Calendar]) -> None:
        self.now = now
        self._people = people
        self._calendars = calendars

    @classmethod
    def load(cls, now: dt.datetime, *, staff_ids: Iterable[int], places: Iterable[Place], days: int = 14) -> Self:
        """``places`` are those that will be asked for; those where the people are posted come by themselves.

        ``days`` is how far ahead shifts are read (``back_at`` knows none behind that).
        """
        people = _people(now, set(staff_ids), dt.timedelta(days=days))
        wanted = {*places, *(place for person in people.values() for place in person.places)}
        return cls(now, people, _calendars(now, wanted))

    def calendar(self, place: Place) -> Calendar:
        """Of a place that was asked for in ``load``; a place that does not exist is always open."""
        return self._calendars.get(place) or self._calendars[NOWHERE]

    def is_open(self, place: Place) -> bool:
        return self.calendar(place).is_open(self.now)

    def is_gone(self, place: Place) -> bool:
        """A store that has closed for good."""
        return self.calendar(place).is_gone(self.now)

    def next_opening(self, place: Place) -> dt.datetime | None:
        """After now; None: not within a year."""
        return self.calendar(place).next_opening(self.now)

    def working_minutes(self, place: Place, start: dt.datetime, end: dt.datetime) -> float:
        return self.calendar(place).working_minutes(start, end)

    def after_working_minutes(self, place: Place, start: dt.datetime, minutes: float) -> dt.datetime:
        return self.calendar(place).after_working_minutes(start, minutes)

    def is_on_duty(self, staff_id: int, place: Place | None = None) -> bool:
        """At ``place``; None: wherever they work. Whoever is not known here, or no longer active, is not."""
        person = self._people.get(staff_id)
        if person is None or not person.is_active:
            return False
        if person.said is not None:
            return person.said
        if _covering(person.leaves, self.now):
            return False
        if person.is_rostered:
            return any(period.start <= self.now < period.end and place in (None, at) for period, at in person.shifts)
        return any(self.is_open(at) for at in ([place] if place else person.places))

    def absence(self, staff_id: int, place: Place | None = None) -> Absence | None:
        """None: on duty."""
        if self.is_on_duty(staff_id, place):
            return None
        person = self._people.get(staff_id)
        return Absence.ON_LEAVE if person and _covering(person.leaves, self.now) else Absence.OFF_DUTY

    def back_at(self, staff_id: int) -> dt.datetime | None:
        """When somebody who is away will be on duty, as far as is known. None: they are on duty, or nobody knows."""
        person = self._people.get(staff_id)
        if person is None or not person.is_active or self.is_on_duty(staff_id):
            return None
        moment = person.said_until if person.said is False and person.said_until else self.now
        while True:
            leave = _covering(person.leaves, moment)
            if leave:
                moment = leave.end
                continue
            works = self._works_from(person, moment)
            if works is None or not _covering(person.leaves, works):
                return works
            moment = works

    def _works_from(self, person: _Person, moment: dt.datetime) -> dt.datetime | None:
        if person.is_rostered:
            starts = [max(period.start, moment) for period, _place in person.shifts if period.end > moment]
        else:
            calendars = [self.calendar(place) for place in person.places]
            openings = (moment if c.is_open(moment) else c.next_opening(moment) for c in calendars)
            starts = [opening for opening in openings if opening]
        return min(starts, default=None)


def _covering(leaves: Iterable[Period], moment: dt.datetime) -> Period | None:
    return next((leave for leave in leaves if leave.start <= moment < leave.end), None)


# -- reading -------------------------------------------------------------------------------------------------------


def _people(now: dt.datetime, ids: Collection[int], ahead: dt.timedelta) -> dict[int, _Person]:
    """Four statements."""
    near = Shift.objects.filter(
        staff=OuterRef("pk"), ends_at__gt=now - ROSTERED_WITHIN, starts_at__lt=now + ROSTERED_WITHIN
    )
    rows = Staff.objects.filter(pk__in=ids).annotate(is_rostered=Exists(near)).order_by()
    people = {
        pk: _Person(is_active, is_rostered, said if until and until > now else None, until)
        for pk, is_active, is_rostered, said, until in rows.values_list(
            "pk", "is_active", "is_rostered", "seat__is_on_duty", "seat__said_until"
        )
    }
    shifts = Shift.objects.filter(staff__in=people, ends_at__gt=now, starts_at__lt=now + ahead).order_by("starts_at")
    for pk, start, end, store_id, department_id in shifts.values_list(
        "staff", "starts_at", "ends_at", "store", "department"
    ):
        people[pk].shifts.append((Period(start, end), Place(store_id, department_id)))
    leaves = Leave.objects.filter(staff__in=people, ends_at__gt=now).order_by("starts_at")
    for pk, start, end in leaves.values_list("staff", "starts_at", "ends_at"):
        people[pk].leaves.append(Period(start, end))
    postings = Posting.objects.current(timezone.localdate(now)).filter(staff__in=people).order_by("pk")
    for pk, store_id, department_id in postings.values_list("staff", "store", "department"):
        place = Place(store_id, department_id)
        if place not in people[pk].places:
            people[pk].places.append(place)
    return people


def _calendars(now: dt.datetime, wanted: Collection[Place]) -> dict[Place, Calendar]:
    """Five statements."""
    store_ids = {place.store_id for place in wanted if place.store_id}
    department_ids = {place.department_id for place in wanted if place.department_id}
    there = Q(store__in=store_ids) | Q(department__in=department_ids)
    weeks: defaultdict[Place, defaultdict[int, list[Hours]]] = defaultdict(lambda: defaultdict(list))
    hours = OpeningHours.objects.filter(there).order_by("weekday", "opens_at")
    for store_id, department_id, weekday, opens_at, closes_at in hours.values_list(
        "store", "department", "weekday", "opens_at", "closes_at"
    ):
        weeks[Place(store_id, department_id)][weekday].append(Hours(opens_at, closes_at))
    rules = {Place(r.store_id, r.department_id): r.is_closed for r in HolidayRule.objects.filter(there)}

    columns = ("pk", "market", "market__code", "market__time_zone")
    stores = Store.objects.filter(pk__in=store_ids).order_by().values_list(*columns, "opened_on", "closed_on")
    departments = Department.objects.filter(pk__in=department_ids).order_by().values_list(*columns)
    found = [
        *((Place(store_id=pk), *rest) for pk, *rest in stores),
        *((Place(department_id=pk), *rest, None, None) for pk, *rest in departments),
    ]
    own, of_market = _exceptions(now, there, {market_id for _place, market_id, *_rest in found if market_id})

    default = ZoneInfo(timezone.get_default_timezone_name())
    calendars = {NOWHERE: Calendar(default)}
    for place, market_id, code, zone, opened_on, closed_on in found:
        week = weeks.get(place)
        keeps_holidays = rules.get(place, place.department_id is not None and week is not None)
        calendars[place] = Calendar(
            zone=ZoneInfo(zone) if zone else default,
            week=week,
            exceptions=of_market.get(market_id, {}) | own.get(place, {}),
            holidays_of=code if keeps_holidays and code else "",
            opened_on=opened_on,
            closed_on=closed_on,
        )
    return calendars


Days = dict[dt.date, list[Hours]]


def _exceptions(now: dt.datetime, there: Q, market_ids: Collection[int]) -> tuple[dict[Place, Days], dict[int, Days]]:
    """Of the places themselves, and of whole markets."""
    own: defaultdict[Place, defaultdict[dt.date, list[Hours]]] = defaultdict(lambda: defaultdict(list))
    of_market: defaultdict[int, defaultdict[dt.date, list[Hours]]] = defaultdict(lambda: defaultdict(list))
    rows = DayException.objects.filter(there | Q(market__in=market_ids), on__gte=(now - EXCEPTIONS_SINCE).date())
    for row in rows.order_by("on", "opens_at"):
        place = Place(row.store_id, row.department_id)
        day = of_market[row.market_id][row.on] if row.market_id else own[place][row.on]
        if row.opens_at is not None and row.closes_at is not None:
            day.append(Hours(row.opens_at, row.closes_at))
    return {**own}, {**of_market}
