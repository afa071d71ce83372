"""When places are open: by weekday, on single days, on public holidays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import pairwise

from django.db import transaction

from madoguchi.duty.access import require_at, require_in
from madoguchi.duty.calendar import MIDNIGHT, Hours
from madoguchi.duty.errors import HoursEmpty, HoursOverlap
from madoguchi.duty.models import DayException, HolidayRule, OpeningHours
from madoguchi.duty.topics import tell_about_places
from madoguchi.kit.errors import NotFound
from madoguchi.organization.models import Department, Market, Staff, Store


@transaction.atomic
def save_opening_hours(
    *,
    by: Staff,
    week: Mapping[int, Sequence[Hours]],
    store: Store | None = None,
    department: Department | None = None,
) -> None:
    """The whole week anew, by weekday (0 is Monday); a day without hours is closed, a week without any always open.

    Raises NotFound, NotAllowed, HoursEmpty, HoursOverlap.
    """
    _require(by, store, department)
    written = [(day, hours) for day in range(7) for hours in sorted(week.get(day, ()))]
    require_apart(written)
    OpeningHours.objects.filter(store=store, department=department).delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(store=store, department=department, weekday=day, opens_at=opens_at, closes_at=closes_at)
        for day, (opens_at, closes_at) in written
    )
    tell_about_places()


@transaction.atomic
def save_day_exception(
    *,
    by: Staff,
    on: dt.date,
    hours: Sequence[Hours] = (),
    reason: str = "",
    store: Store | None = None,
    department: Department | None = None,
    market: Market | None = None,
) -> None:
    """A day that is not like its weekday, at one place or (with duty:edit for all of it) in a market; it replaces what
    was said of that day before. No hours: closed.

    Raises NotFound, NotAllowed, HoursEmpty, HoursOverlap.
    """
    _require(by, store, department, market)
    require_apart([(0, each) for each in sorted(hours)], is_week=False)
    DayException.objects.filter(store=store, department=department, market=market, on=on).delete()
    length = DayException._meta.get_field("reason").max_length
    rows: Sequence[tuple[dt.time | None, dt.time | None]] = hours or [(None, None)]
    DayException.objects.bulk_create(
        DayException(
            store=store,
            department=department,
            market=market,
            on=on,
            opens_at=opens_at,
            closes_at=closes_at,
            reason=reason.strip()[:length],
        )
        for opens_at, closes_at in rows
    )
    tell_about_places()


@transaction.atomic
def remove_day_exception(
    *,
    by: Staff,
    on: dt.date,
    store: Store | None = None,
    department: Department | None = None,
    market: Market | None = None,
) -> None:
    """The day is like its weekday again. Raises NotFound, NotAllowed."""
    _require(by, store, department, market)
    DayException.objects.filter(store=store, department=department, market=market, on=on).delete()
    tell_about_places()


@transaction.atomic
def set_holiday_rule(
    *, by: Staff, is_closed: bool | None, store: Store | None = None, department: Department | None = None
) -> None:
    """Whether the place is closed on public holidays; None: as usual (stores open, departments closed).

    Raises NotFound, NotAllowed.
    """
    _require(by, store, department)
    if is_closed is None:
        HolidayRule.objects.filter(store=store, department=department).delete()
    else:
        HolidayRule.objects.update_or_create(store=store, department=department, defaults={"is_closed": is_closed})
    tell_about_places()


def require_apart(written: Sequence[tuple[int, Hours]], *, is_week: bool = True) -> None:
    """By weekday and then by time. Raises HoursEmpty, HoursOverlap (in a week, also from Sunday into Monday)."""
    if any(hours.opens_at == hours.closes_at != MIDNIGHT for _day, hours in written):
        raise HoursEmpty
    spans = [_minutes(day, hours) for day, hours in written]
    if is_week and spans:
        first_start, first_end = spans[0]
        spans.append((first_start + 7 * _DAY, first_end + 7 * _DAY))
    if any(end > start for (_start, end), (start, _end) in pairwise(spans)):
        raise HoursOverlap


_DAY = 24 * 60


def _minutes(day: int, hours: Hours) -> tuple[int, int]:
    start, end = (day * _DAY + at.hour * 60 + at.minute for at in hours)
    return start, end if hours.closes_at > hours.opens_at else end + _DAY


def _require(by: Staff, store: Store | None, department: Department | None, market: Market | None = None) -> None:
    """Permission, and a lock on the place: two who write its times at once write one after the other."""
    if market and (store or department):
        raise NotFound
    if market:
        require_in(by, market)
    else:
        require_at(by, store=store, department=department)
    place = market or store or department
    if place:
        type(place)._default_manager.select_for_update(no_key=True).get(pk=place.pk)
