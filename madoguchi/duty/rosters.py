"""Monthly rosters as files: tried first, row by row, then imported as a whole or not at all."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypedDict

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from madoguchi.duty.access import require_at
from madoguchi.duty.actions.shifts import said_shift, zone_of
from madoguchi.duty.errors import RosterHasErrors, ShiftsOverlap
from madoguchi.duty.models import RosterUpload, Shift
from madoguchi.duty.roster_files import Line, minute_of_day, read_lines, write_lines, written_time
from madoguchi.duty.topics import tell_about_people
from madoguchi.kit.errors import NotAllowed
from madoguchi.organization.directory import departments_of, people_of, stores_of
from madoguchi.organization.models import Department, Posting, Staff, Store
from madoguchi.organization.permissions import Permission

Place = Store | Department


class _Where(TypedDict):
    store: Store | None
    department: Department | None


class _Ids(TypedDict):
    store_id: int | None
    department_id: int | None


@dataclass
class RosterRow:
    line: Line
    staff: Staff | None = None
    place: Place | None = None
    shifts: list[Shift] = field(default_factory=list)
    """Not saved."""
    problems: list[str] = field(default_factory=list)
    """Sentences; empty: the row can be imported."""


@dataclass
class Roster:
    """What a file says, understood as far as possible."""

    month: dt.date
    rows: list[RosterRow]

    @property
    def is_fine(self) -> bool:
        return bool(self.rows) and not any(row.problems for row in self.rows)

    @property
    def shifts(self) -> list[Shift]:
        return [shift for row in self.rows for shift in row.shifts]

    @property
    def wrong_rows(self) -> int:
        return sum(1 for row in self.rows if row.problems)

    @property
    def people(self) -> int:
        return len({row.staff.pk for row in self.rows if row.staff})


def try_roster(*, by: Staff, data: bytes, month: dt.date, place: Place | None = None) -> Roster:
    """Changes nothing. ``month`` is any day of it; ``place`` is meant where a row names none.

    Raises NotAllowed, BadRosterFile.
    """
    if not by.may(Permission.DUTY_EDIT):
        raise NotAllowed
    people = list(people_of(by).filter(is_active=True))
    known = {word for person in people for word in (person.display_name, person.username) if word}
    rows = [RosterRow(line) for line in read_lines(data, known)]
    roster = Roster(month.replace(day=1), rows)
    _find_people(rows, people)
    _find_places(by, rows, place)
    _find_postings(roster)
    for row in rows:
        _find_shifts(row, roster.month)
    _find_overlaps(roster)
    return roster


@transaction.atomic
def import_roster(
    *, by: Staff, data: bytes, file_name: str, month: dt.date, place: Place | None = None
) -> RosterUpload:
    """The file's shifts stand in place of all that its people had at its places in that month.

    Raises NotAllowed, BadRosterFile, RosterHasErrors, ShiftsOverlap (somebody wrote a shift at the same moment).
    """
    roster = try_roster(by=by, data=data, month=month, place=place)
    if not roster.is_fine:
        raise RosterHasErrors
    length = RosterUpload._meta.get_field("file_name").max_length
    shifts = roster.shifts
    upload = RosterUpload.objects.create(
        by=by, file_name=file_name[:length], month=roster.month, shifts_made=len(shifts)
    )
    for shift in shifts:
        shift.upload = upload
    try:
        with transaction.atomic():
            Shift.objects.filter(_of(roster)).delete()
            Shift.objects.bulk_create(shifts)
    except IntegrityError:
        raise ShiftsOverlap from None
    tell_about_people({row.staff.pk for row in roster.rows if row.staff})
    return upload


def export_roster(*, by: Staff, place: Place, month: dt.date) -> bytes:
    """The place's month as a file to be edited and imported again: who is posted there, and whoever else has shifts.

    ``month`` is any day of it. Raises NotFound, NotAllowed.
    """
    here = _at(place)
    require_at(by, **here)
    month = month.replace(day=1)
    zone = zone_of(place.market)
    start, end = _bounds(place, month)
    shifts = Shift.objects.filter(**here, starts_at__gte=start, starts_at__lt=end, staff__is_active=True)
    posted = Posting.objects.filter(_in(month), **here)
    people = Staff.objects.filter(Q(pk__in=posted.values("staff")) | Q(pk__in=shifts.values("staff")), is_active=True)
    by_person: defaultdict[int, list[dict[int, tuple[str, str]]]] = defaultdict(lambda: [{}])
    for shift in shifts.order_by("starts_at"):
        starts, ends = shift.starts_at.astimezone(zone), shift.ends_at.astimezone(zone)
        lines = by_person[shift.staff_id]
        line = next((line for line in lines if starts.day not in line), None)
        if line is None:
            lines.append(line := {})
        line[starts.day] = (written_time(starts), written_time(ends, is_end=True))
    rows = [(p.username, p.display_name, times) for p in people.order_by("username") for times in by_person[p.pk]]
    kind = "store" if isinstance(place, Store) else "department"
    return write_lines(monthrange(month.year, month.month)[1], rows, kind=kind, code=place.code)


# -- understanding -------------------------------------------------------------------------------------------------


def _find_people(rows: Iterable[RosterRow], people: Iterable[Staff]) -> None:
    by_word: defaultdict[str, set[Staff]] = defaultdict(set)
    by_name: defaultdict[str, set[Staff]] = defaultdict(set)
    for person in people:
        by_word[person.username.casefold()].add(person)
        by_word[person.email.casefold()].add(person)
        by_name[person.display_name.casefold()].add(person)
    for row in rows:
        word = row.line.person.casefold()
        found = (by_word.get(word) or by_name.get(word) or set()) if word else set()
        if len(found) == 1:
            (row.staff,) = found
        elif found:
            said = _("Several people are called “%(name)s”. Write the user name.")
            row.problems.append(said % {"name": row.line.person})
        elif word:
            said = _("“%(name)s” is nobody’s user name, e-mail or name.")
            row.problems.append(said % {"name": row.line.person[:60]})
        else:
            row.problems.append(_("The row does not say who works."))


def _find_places(by: Staff, rows: Iterable[RosterRow], chosen: Place | None) -> None:
    reach = by.reach(Permission.DUTY_EDIT)
    stores = {store.code.casefold(): store for store in stores_of(by).select_related("market")}
    departments = {each.code.casefold(): each for each in departments_of(by).select_related("market")}
    for row in rows:
        store_code, department_code = row.line.store_code, row.line.department_code
        place: Place | None = chosen
        if store_code and department_code:
            row.problems.append(_("The row names a store and a department. A shift is at one place."))
            continue
        if store_code:
            place = stores.get(store_code.casefold())
        elif department_code:
            place = departments.get(department_code.casefold())
        if place is None and store_code:
            row.problems.append(_("There is no store with the code “%(code)s”.") % {"code": store_code[:40]})
        elif place is None and department_code:
            said = _("There is no department with the code “%(code)s”.")
            row.problems.append(said % {"code": department_code[:40]})
        elif place is None:
            row.problems.append(_("The row does not say at which store or department."))
        elif not reach.covers(**_ids(place)):
            row.problems.append(_("You do not keep the roster of %(place)s.") % {"place": place.name})
        else:
            row.place = place


def _find_postings(roster: Roster) -> None:
    """One statement for all rows."""
    people = {row.staff.pk for row in roster.rows if row.staff}
    in_month = Posting.objects.filter(_in(roster.month), staff__in=people)
    posted: defaultdict[int, list[tuple[int | None, int | None, int | None]]] = defaultdict(list)
    for staff_id, *place in in_month.values_list("staff", "store", "department", "market"):
        posted[staff_id].append((place[0], place[1], place[2]))
    for row in roster.rows:
        if row.staff is None or row.place is None:
            continue
        ids = _ids(row.place)
        here, company = (ids["store_id"], ids["department_id"], None), (None, None, None)
        fits = (here, company, (None, None, row.place.market_id))
        if not any(place in fits for place in posted[row.staff.pk]):
            said = _("%(person)s does not work at %(place)s in that month.")
            row.problems.append(said % {"person": row.staff.display_name, "place": row.place.name})


def _find_shifts(row: RosterRow, month: dt.date) -> None:
    if row.place is None or row.staff is None:
        return
    zone = zone_of(row.place.market)
    days = monthrange(month.year, month.month)[1]
    for day, pairs in row.line.times.items():
        for start, end in pairs:
            problem = _wrong_pair(day, days, start, end)
            if problem:
                row.problems.append(problem)
                continue
            begins, ends = minute_of_day(start) or 0, minute_of_day(end) or 0
            if ends <= begins:
                ends += 24 * 60
            midnight = dt.datetime.combine(month.replace(day=day), dt.time())
            at = (midnight + dt.timedelta(minutes=minutes) for minutes in (begins, ends))
            starts_at, ends_at = (moment.replace(tzinfo=zone).astimezone(dt.UTC) for moment in at)
            row.shifts.append(Shift(staff=row.staff, starts_at=starts_at, ends_at=ends_at, **_at(row.place)))


def _wrong_pair(day: int, days: int, start: str, end: str) -> str:
    """A sentence; empty: nothing is wrong."""
    named = {"day": day}
    if day > days:
        return _("The month has no day %(day)s.") % named
    if not start:
        return _("Day %(day)s has an end and no start.") % named
    if not end:
        return _("Day %(day)s has a start and no end.") % named
    for written in (start, end):
        if minute_of_day(written) is None:
            said = _("Day %(day)s: “%(time)s” is no time. Write it as 09:30.")
            return said % {"day": day, "time": written[:20]}
    if start == "24:00":
        return _("Day %(day)s: a shift cannot start at 24:00. Write it on the next day.") % named
    if minute_of_day(start) == minute_of_day(end):
        return _("Day %(day)s: the shift starts and ends at the same time.") % named
    return ""


def _find_overlaps(roster: Roster) -> None:
    """Within the file, and with shifts that stay: of other places, and at the edges of the month."""
    written: defaultdict[int, list[tuple[Shift, RosterRow | None]]] = defaultdict(list)
    for row in roster.rows:
        for shift in row.shifts:
            written[shift.staff_id].append((shift, row))
    if not written:
        return
    for shift in _staying(roster, written):
        written[shift.staff_id].append((shift, None))
    for shifts in written.values():
        shifts.sort(key=lambda pair: pair[0].starts_at)
        latest: tuple[Shift, RosterRow | None] | None = None
        for shift, owner in shifts:
            if latest and shift.starts_at < latest[0].ends_at:
                _say_overlap((shift, owner), latest)
            if latest is None or shift.ends_at > latest[0].ends_at:
                latest = (shift, owner)


def _say_overlap(one: tuple[Shift, RosterRow | None], other: tuple[Shift, RosterRow | None]) -> None:
    """In the later row of the file, or the only one that is in it."""
    (shift, row), (other_shift, other_row) = one, other
    if row is None or (other_row is not None and other_row.line.number > row.line.number):
        (shift, row), (other_shift, other_row) = other, one
    if row is None:
        return
    words = said_shift(shift)
    if other_row is None:
        said = _("%(day)s from %(start)s: overlaps the shift at %(other)s from %(other_start)s to %(other_end)s.")
        elsewhere = said_shift(other_shift)
        words |= {"other": elsewhere["place"], "other_start": elsewhere["start"], "other_end": elsewhere["end"]}
        row.problems.append(said % words)
    elif other_row is row:
        row.problems.append(_("%(day)s from %(start)s: overlaps another shift of the same row.") % words)
    else:
        said = _("%(day)s from %(start)s: overlaps row %(row)s.")
        row.problems.append(said % {**words, "row": other_row.line.number})


def _staying(roster: Roster, people: Collection[int]) -> Sequence[Shift]:
    shifts = roster.shifts
    first, last = min(s.starts_at for s in shifts), max(s.ends_at for s in shifts)
    near = Shift.objects.filter(staff__in=people, starts_at__lt=last, ends_at__gt=first)
    return list(near.exclude(_of(roster)).select_related("store__market", "department__market"))


def _of(roster: Roster) -> Q:
    """The month's shifts of the file's people at its places."""
    people: defaultdict[Place, set[int]] = defaultdict(set)
    for row in roster.rows:
        if row.staff and row.place:
            people[row.place].add(row.staff.pk)
    condition = Q(pk__in=[])
    for place, staff_ids in people.items():
        start, end = _bounds(place, roster.month)
        condition |= Q(**_ids(place), staff__in=staff_ids, starts_at__gte=start, starts_at__lt=end)
    return condition


def _in(month: dt.date) -> Q:
    """Condition on postings: on some day of the month."""
    last = month.replace(day=monthrange(month.year, month.month)[1])
    return (Q(until=None) | Q(until__gte=month)) & Q(since__lte=last)


def _bounds(place: Place, month: dt.date) -> tuple[dt.datetime, dt.datetime]:
    zone = zone_of(place.market)
    after = (month + dt.timedelta(days=31)).replace(day=1)
    start, end = (dt.datetime.combine(day, dt.time(), tzinfo=zone) for day in (month, after))
    return start, end


def _at(place: Place) -> _Where:
    """As keyword arguments of actions, and as fields of a shift."""
    return {
        "store": place if isinstance(place, Store) else None,
        "department": place if isinstance(place, Department) else None,
    }


def _ids(place: Place) -> _Ids:
    return {
        "store_id": place.pk if isinstance(place, Store) else None,
        "department_id": place.pk if isinstance(place, Department) else None,
    }
