"""Monthly rosters as files: tried first, row by row, then imported as a whole or not at all."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from madoguchi.duty.access import people_at, require_at
from madoguchi.duty.actions.shifts import said_shift, zone_of
from madoguchi.duty.errors import RosterHasErrors, ShiftsOverlap
from madoguchi.duty.models import RosterUpload, Shift
from madoguchi.duty.roster_files import Line, minute_of_day, read_lines, write_lines, written_time
from madoguchi.duty.topics import tell_about_people
from madoguchi.kit.errors import NotAllowed
from madoguchi.organization.directory import people_of, stores_of
from madoguchi.organization.models import Posting, Staff, Store
from madoguchi.organization.permissions import Permission


@dataclass
class RosterRow:
    line: Line
    staff: Staff | None = None
    store: Store | None = None
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


def try_roster(*, by: Staff, data: bytes, month: dt.date, store: Store | None = None) -> Roster:
    """Changes nothing. ``month`` is any day of it; ``store`` is meant where a row names none.

    Raises NotAllowed, BadRosterFile.
    """
    if not by.may(Permission.DUTY_EDIT):
        raise NotAllowed
    people = list(people_of(by).filter(is_active=True))
    stores = {each.code.casefold(): each for each in stores_of(by).select_related("market")}
    known = {word for person in people for word in (person.display_name, person.username) if word}
    rows = [RosterRow(line) for line in read_lines(data, known)]
    roster = Roster(month.replace(day=1), rows)
    _find_people(rows, people)
    _find_stores(by, rows, stores, store)
    _find_postings(roster)
    for row in rows:
        _find_shifts(row, roster.month)
    _find_overlaps(roster)
    return roster


@transaction.atomic
def import_roster(
    *, by: Staff, data: bytes, file_name: str, month: dt.date, store: Store | None = None
) -> RosterUpload:
    """The file's shifts stand in place of all that its people had at its stores in that month.

    Raises NotAllowed, BadRosterFile, RosterHasErrors, ShiftsOverlap (somebody wrote a shift at the same moment).
    """
    roster = try_roster(by=by, data=data, month=month, store=store)
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


def template(*, by: Staff, store: Store, month: dt.date) -> bytes:
    """The store's month as a file: its people, with the shifts that they have. Raises NotFound, NotAllowed."""
    require_at(by, store=store)
    month = month.replace(day=1)
    zone = zone_of(store.market)
    start, end = _bounds(store, month)
    people = list(Staff.objects.filter(people_at(store=store), is_active=True).order_by("username"))
    by_person: defaultdict[int, list[dict[int, tuple[str, str]]]] = defaultdict(lambda: [{}])
    shifts = Shift.objects.filter(staff__in=people, store=store, starts_at__gte=start, starts_at__lt=end)
    for shift in shifts.order_by("starts_at"):
        starts, ends = shift.starts_at.astimezone(zone), shift.ends_at.astimezone(zone)
        lines = by_person[shift.staff_id]
        line = next((line for line in lines if starts.day not in line), None)
        if line is None:
            lines.append(line := {})
        line[starts.day] = (written_time(starts), written_time(ends, is_end=True))
    rows = [(p.username, p.display_name, times) for p in people for times in by_person[p.pk]]
    return write_lines(monthrange(month.year, month.month)[1], rows, store_code=store.code)


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


def _find_stores(by: Staff, rows: Iterable[RosterRow], stores: dict[str, Store], chosen: Store | None) -> None:
    reach = by.reach(Permission.DUTY_EDIT)
    for row in rows:
        code = row.line.store_code
        store = stores.get(code.casefold()) if code else chosen
        if store is None and code:
            row.problems.append(_("There is no store with the code “%(code)s”.") % {"code": code[:40]})
        elif store is None:
            row.problems.append(_("The row does not say at which store."))
        elif not reach.covers(store_id=store.pk):
            row.problems.append(_("You do not keep the roster of %(store)s.") % {"store": store.name})
        else:
            row.store = store


def _find_postings(roster: Roster) -> None:
    """One statement for all rows."""
    last = roster.month.replace(day=monthrange(roster.month.year, roster.month.month)[1])
    people = {row.staff.pk for row in roster.rows if row.staff}
    in_month = Posting.objects.filter(Q(until=None) | Q(until__gte=roster.month), since__lte=last, staff__in=people)
    posted: defaultdict[int, list[tuple[int | None, int | None, int | None]]] = defaultdict(list)
    for staff_id, *place in in_month.values_list("staff", "store", "department", "market"):
        posted[staff_id].append((place[0], place[1], place[2]))
    for row in roster.rows:
        if row.staff is None or row.store is None:
            continue
        fits = ((row.store.pk, None, None), (None, None, None), (None, None, row.store.market_id))
        if not any(place in fits for place in posted[row.staff.pk]):
            said = _("%(person)s does not work at %(store)s in that month.")
            row.problems.append(said % {"person": row.staff.display_name, "store": row.store.name})


def _find_shifts(row: RosterRow, month: dt.date) -> None:
    if row.store is None or row.staff is None:
        return
    zone = zone_of(row.store.market)
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
            row.shifts.append(Shift(staff=row.staff, store=row.store, starts_at=starts_at, ends_at=ends_at))


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
    """Within the file, and with shifts that stay: of other stores, and at the edges of the month."""
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
    """The month's shifts of the file's people at its stores."""
    people: defaultdict[Store, set[int]] = defaultdict(set)
    for row in roster.rows:
        if row.staff and row.store:
            people[row.store].add(row.staff.pk)
    condition = Q(pk__in=[])
    for store, staff_ids in people.items():
        start, end = _bounds(store, roster.month)
        condition |= Q(store=store, staff__in=staff_ids, starts_at__gte=start, starts_at__lt=end)
    return condition


def _bounds(store: Store, month: dt.date) -> tuple[dt.datetime, dt.datetime]:
    zone = zone_of(store.market)
    after = (month + dt.timedelta(days=31)).replace(day=1)
    start, end = (dt.datetime.combine(day, dt.time(), tzinfo=zone) for day in (month, after))
    return start, end
