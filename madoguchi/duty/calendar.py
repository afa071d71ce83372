"""The working time of one place: when it is open, and minutes that count only while it is.

Pure: what the database says is handed in (``schedule.Schedule``). A day is the day of the place's own clock; all that
comes out is in UTC. An exception of the place beats one of its market, that beats a public holiday, that the weekday.
Whoever is off on public holidays works on the weekend days that are given for them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from zoneinfo import ZoneInfo

from madoguchi.duty.public_holidays import is_holiday, is_makeup_workday

HORIZON = dt.timedelta(days=366)
"""Nobody looks further ahead for the next opening: a place that stays closed for a year does not open again."""
MIDNIGHT = dt.time()
_DAY = dt.timedelta(days=1)
_FRIDAY = 4


class Hours(NamedTuple):
    """On the place's clock. Until 00:00 is until the end of the day; until no later than ``opens_at``: the next day."""

    opens_at: dt.time
    closes_at: dt.time

    @property
    def runs_over_midnight(self) -> bool:
        return MIDNIGHT < self.closes_at <= self.opens_at


ALL_DAY = Hours(MIDNIGHT, MIDNIGHT)


class Period(NamedTuple):
    """From a moment to another, that one excluded; both in UTC."""

    start: dt.datetime
    end: dt.datetime


@dataclass(frozen=True)
class Calendar:
    """``week`` None: the place keeps no hours and is open always, but for exceptions and holidays that it keeps."""

    zone: ZoneInfo
    week: Mapping[int, Sequence[Hours]] | None = None
    """By weekday, 0 is Monday; a day that is not in it is closed."""
    exceptions: Mapping[dt.date, Sequence[Hours]] = field(default_factory=dict)
    """Days that are not like their weekday; without hours: closed."""
    holidays_of: str = ""
    """Code of the market whose public holidays are closed days, and whose make-up days are worked; empty: neither."""
    opened_on: dt.date | None = None
    closed_on: dt.date | None = None
    """The first day on which the place is no more."""
    _days: dict[dt.date, list[Period]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def keeps_hours(self) -> bool:
        """False: always open, but for exceptions and holidays."""
        return self.week is not None

    def hours_on(self, day: dt.date) -> Sequence[Hours]:
        """As written, in order."""
        if (self.opened_on and day < self.opened_on) or (self.closed_on and day >= self.closed_on):
            return ()
        exception = self.exceptions.get(day)
        if exception is not None:
            return exception
        if self.holidays_of and is_holiday(self.holidays_of, day):
            return ()
        if self.week is None:
            return (ALL_DAY,)
        return self.week.get(day.weekday()) or (self.week.get(_FRIDAY, ()) if self.makes_up_on(day) else ())

    def makes_up_on(self, day: dt.date) -> bool:
        """Whether the place works on this day of a weekend for one that was off: as on a Friday, should it be closed on
        such a weekday."""
        return bool(self.holidays_of) and is_makeup_workday(self.holidays_of, day)

    def is_open(self, at: dt.datetime) -> bool:
        today = at.astimezone(self.zone).date()
        return any(start <= at < end for day in (today - _DAY, today) for start, end in self.periods_on(day))

    def is_gone(self, at: dt.datetime) -> bool:
        """Whether the place is no more."""
        return self.closed_on is not None and at.astimezone(self.zone).date() >= self.closed_on

    def next_opening(self, at: dt.datetime) -> dt.datetime | None:
        """The first moment after ``at`` at which the place opens after it was closed; None: not within a year."""
        open_until: dt.datetime | None = None if not self.is_open(at) else at
        for start, end in self._periods(at):
            if start > at and (open_until is None or start > open_until):
                return start
            open_until = end
        return None

    def closing(self, at: dt.datetime) -> dt.datetime | None:
        """Of the place that is open at ``at``; None: it is not, or does not close within a year."""
        if not self.is_open(at):
            return None
        open_until = at
        for start, end in self._periods(at):
            if start > open_until:
                return open_until
            open_until = end
        return open_until if open_until < at + HORIZON else None

    def working_minutes(self, start: dt.datetime, end: dt.datetime) -> float:
        """How long the place is open between the two; 0 when ``end`` does not lie after ``start``."""
        open_time = dt.timedelta()
        for period in self._periods(start, until=end):
            open_time += max(min(period.end, end) - period.start, dt.timedelta())
        return open_time / dt.timedelta(minutes=1)

    def after_working_minutes(self, start: dt.datetime, minutes: float) -> dt.datetime:
        """The first moment, open or just closing, up to which ``minutes`` of working time have passed since ``start``.

        A place that does not open for so long has no working time: there all minutes count, so that no timer is lost.
        """
        left = wanted = dt.timedelta(minutes=max(minutes, 0))
        for period in self._periods(start):
            if period.start + left <= period.end:
                return period.start + left
            left -= period.end - period.start
        return start.astimezone(dt.UTC) + wanted

    def periods_on(self, day: dt.date) -> list[Period]:
        """Those that begin on the day, in order, not merged where they overlap."""
        cached = self._days.get(day)
        if cached is None:
            written = (self._period(day, hours) for hours in self.hours_on(day))
            cached = self._days[day] = sorted(period for period in written if period.end > period.start)
        return cached

    def _periods(self, start: dt.datetime, *, until: dt.datetime | None = None) -> Iterator[Period]:
        """From ``start`` until ``until`` (None: a year later) in order; each begins where the one before ends, or later."""
        done = start.astimezone(dt.UTC)
        day, last = done.astimezone(self.zone).date() - _DAY, (until or done + HORIZON).astimezone(self.zone).date()
        while day <= last:
            for period in self.periods_on(day):
                if period.end > done:
                    yield Period(max(period.start, done), period.end)
                    done = period.end
            day += _DAY

    def _period(self, day: dt.date, hours: Hours) -> Period:
        ends_on = day if hours.closes_at > hours.opens_at else day + _DAY
        return Period(self.moment(day, hours.opens_at), self.moment(ends_on, hours.closes_at))

    def moment(self, day: dt.date, at: dt.time) -> dt.datetime:
        """In UTC. A time that the clock skips in spring is the one an hour later; one that comes twice is the first."""
        return dt.datetime.combine(day, at, tzinfo=self.zone).astimezone(dt.UTC)
