"""A week of a place: people by days, shifts as bars on a strip of 24 hours."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.duty import places
from madoguchi.console.duty.places import DutyPlace
from madoguchi.duty.access import people_at
from madoguchi.duty.calendar import MIDNIGHT, Calendar, Hours, Period
from madoguchi.duty.models import Leave, Shift
from madoguchi.duty.public_holidays import holiday_name
from madoguchi.duty.schedule import Absence, Schedule
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission

MINUTES_OF_DAY = 24 * 60
_MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Day:
    on: dt.date
    is_today: bool
    is_picked: bool
    """The one that a phone shows."""
    holiday: str
    hours: str
    """Empty: closed."""
    is_exception: bool
    is_makeup: bool
    """A day of a weekend that is worked for one that was off."""


@dataclass(frozen=True, slots=True)
class Bar:
    shift: Shift
    start: str
    end: str
    x: int
    """Minutes from midnight and how many, as far as the shift lies on the day that it begins."""
    width: int
    is_on: bool
    elsewhere: str
    """The other place; empty: here."""


@dataclass(slots=True)
class Cell:
    day: Day
    bars: list[Bar] = field(default_factory=list)
    leave: Leave | None = None


@dataclass(slots=True)
class Line:
    staff: Staff
    cells: list[Cell]
    absence: Absence | None
    back_at: dt.datetime | None
    minutes: int = 0

    @property
    def hours(self) -> float:
        return round(self.minutes / 60, 1)


@dataclass(frozen=True, slots=True)
class Week:
    days: list[Day]
    lines: list[Line]
    is_open: bool
    closing: dt.datetime | None
    opening: dt.datetime | None

    @property
    def before(self) -> dt.date:
        return self.days[0].on - dt.timedelta(days=7)

    @property
    def after(self) -> dt.date:
        return self.days[0].on + dt.timedelta(days=7)

    @property
    def picked(self) -> Day:
        return next(day for day in self.days if day.is_picked)

    @property
    def is_present(self) -> bool:
        return any(day.is_today for day in self.days)

    @property
    def on_duty(self) -> list[Line]:
        return [line for line in self.lines if line.absence is None]


@require_GET
@requires(Permission.ORGANIZATION_READ)
def home(request: StaffRequest) -> HttpResponseBase:
    """To the place that was chosen, or where the person works."""
    key = request.GET.get("place") or places.first_key(request.user)
    if not key:
        return render(request, "console/duty/nowhere.html", {"section": "duty"})
    address = redirect("duty_week", key)
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": address.headers["Location"]})
    return address


@require_GET
@requires(Permission.ORGANIZATION_READ)
def week(request: StaffRequest, key: str) -> HttpResponseBase:
    """``?day=2026-11-23``: the week with this day in it."""
    place = places.find(request, key)
    with timezone.override(place.zone):
        shown = read_week(place, picked_day(request.GET.get("day", ""), place), timezone.now())
        context = places.frame(request, place, "duty_week") | {"week": shown}
        template = "console/duty/_week.html" if request.htmx else "console/duty/week.html"
        return render(request, template, context)


def picked_day(written: str, place: DutyPlace) -> dt.date:
    """Today on the clock of the place when nothing sensible is asked for."""
    try:
        day = parse_date(written)
    except ValueError:
        day = None
    return day if day and 2000 < day.year < 2200 else timezone.localdate(timezone=place.zone)


def read_week(place: DutyPlace, picked: dt.date, now: dt.datetime) -> Week:
    monday = picked - dt.timedelta(days=picked.weekday())
    dates = [monday + dt.timedelta(days=number) for number in range(7)]
    start, end = (dt.datetime.combine(day, MIDNIGHT, tzinfo=place.zone) for day in (monday, dates[-1] + _ONE_DAY))
    shifts = _shifts(place, start, end)
    here = {shift.staff_id for shift in shifts if _is_here(shift, place)}
    people = list(Staff.objects.filter(people_at(**place.where), is_active=True))
    people += Staff.objects.filter(pk__in=here - {person.pk for person in people}, is_active=True)
    schedule = Schedule.load(now, staff_ids=[person.pk for person in people], places=[place.as_scheduled])
    calendar = schedule.calendar(place.as_scheduled)
    days = [_day(day, picked, place, calendar, now) for day in dates]
    leaves = list(Leave.objects.filter(staff__in=people, starts_at__lt=end, ends_at__gt=start))
    by_person: defaultdict[int, list[Shift]] = defaultdict(list)
    for shift in shifts:
        by_person[shift.staff_id].append(shift)
    lines = [
        _line(person, days, by_person[person.pk], [x for x in leaves if x.staff_id == person.pk], place, schedule)
        for person in people
    ]
    return Week(
        days,
        sorted(lines, key=lambda line: line.staff.display_name),
        calendar.is_open(now),
        calendar.closing(now),
        calendar.next_opening(now),
    )


_ONE_DAY = dt.timedelta(days=1)


def _shifts(place: DutyPlace, start: dt.datetime, end: dt.datetime) -> list[Shift]:
    """Those that begin in the week, of the people of the place wherever they are, and at the place whoever they are of."""
    rows = Shift.objects.filter(starts_at__gte=start, starts_at__lt=end).select_related("store", "department")
    people = Staff.objects.filter(people_at(**place.where)).values("pk")
    here = {name: row for name, row in place.where.items() if row}
    return list((rows.filter(staff__in=people) | rows.filter(**here)).order_by("starts_at"))


def _is_here(shift: Shift, place: DutyPlace) -> bool:
    return (shift.store_id, shift.department_id) == place.as_scheduled


def _day(on: dt.date, picked: dt.date, place: DutyPlace, calendar: Calendar, now: dt.datetime) -> Day:
    holiday = holiday_name(place.market.code, on, get_language() or "") if place.market else ""
    return Day(
        on=on,
        is_today=on == now.astimezone(place.zone).date(),
        is_picked=on == picked,
        holiday=holiday,
        hours=said_hours(calendar.hours_on(on)) if calendar.keeps_hours else "–",
        is_exception=on in calendar.exceptions,
        is_makeup=calendar.makes_up_on(on),
    )


def said_hours(hours: Sequence[Hours]) -> str:
    """10:00–19:00; a day has 24:00 at its end."""
    return " ".join(f"{opens:%H:%M}–{'24:00' if closes == MIDNIGHT else f'{closes:%H:%M}'}" for opens, closes in hours)


def _line(
    person: Staff, days: list[Day], shifts: list[Shift], leaves: list[Leave], place: DutyPlace, schedule: Schedule
) -> Line:
    line = Line(
        person,
        [Cell(day) for day in days],
        schedule.absence(person.pk, place.as_scheduled),
        schedule.back_at(person.pk),
    )
    for cell in line.cells:
        begins = dt.datetime.combine(cell.day.on, MIDNIGHT, tzinfo=place.zone)
        today = Period(begins, begins + _ONE_DAY)
        cell.leave = next((x for x in leaves if x.starts_at < today.end and x.ends_at > today.start), None)
        for shift in shifts:
            if today.start <= shift.starts_at < today.end:
                bar = _bar(shift, place, schedule.now)
                cell.bars.append(bar)
                if not bar.elsewhere:
                    line.minutes += int((shift.ends_at - shift.starts_at) / _MINUTE)
    return line


def _bar(shift: Shift, place: DutyPlace, now: dt.datetime) -> Bar:
    start, end = shift.starts_at.astimezone(place.zone), shift.ends_at.astimezone(place.zone)
    x = start.hour * 60 + start.minute
    minutes = int((shift.ends_at - shift.starts_at) / _MINUTE)
    return Bar(
        shift=shift,
        start=f"{start:%H:%M}",
        end="24:00" if end.time() == MIDNIGHT else f"{end:%H:%M}",
        x=x,
        width=min(minutes, MINUTES_OF_DAY - x),
        is_on=shift.starts_at <= now < shift.ends_at,
        elsewhere="" if _is_here(shift, place) else str(shift.store or shift.department),
    )
