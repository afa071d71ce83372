"""Shifts written one by one in the console; whole months come as files (``duty.rosters``)."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.duty.access import posted_at, require_at
from madoguchi.duty.errors import EndsBeforeStart, NotPostedThere, ShiftsOverlap, ShiftTooLong
from madoguchi.duty.models import Shift
from madoguchi.duty.topics import tell_about_people
from madoguchi.kit.errors import NotFound
from madoguchi.organization.models import Department, Market, Staff, Store

LONGEST = dt.timedelta(hours=24)


@transaction.atomic
def add_shift(
    *,
    by: Staff,
    staff: Staff,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    store: Store | None = None,
    department: Department | None = None,
) -> Shift:
    """One place, where the person is posted that day. The same person may work at another place at another time.

    Raises NotFound, NotAllowed, EndsBeforeStart, ShiftTooLong, NotPostedThere, ShiftsOverlap.
    """
    require_at(by, store=store, department=department)
    place = store or department
    assert place is not None
    if ends_at <= starts_at:
        raise EndsBeforeStart
    if ends_at - starts_at > LONGEST:
        raise ShiftTooLong
    day = starts_at.astimezone(zone_of(place.market)).date()
    if not staff.postings.current(day).filter(posted_at(store=store, department=department)).exists():
        said = _("%(person)s does not work at %(place)s on that day.")
        raise NotPostedThere(said % {"person": staff.display_name, "place": place.name})
    shift = Shift(staff=staff, store=store, department=department, starts_at=starts_at, ends_at=ends_at)
    try:
        with transaction.atomic():
            shift.save()
    except IntegrityError:
        raise _overlap(shift) from None
    tell_about_people([staff.pk])
    return shift


@transaction.atomic
def remove_shift(*, by: Staff, shift_id: int) -> None:
    """Raises NotFound, NotAllowed."""
    rows = Shift.objects.select_for_update(of=("self",)).select_related("store", "department")
    shift = rows.filter(pk=shift_id).first()
    if shift is None:
        raise NotFound
    require_at(by, store=shift.store, department=shift.department)
    shift.delete()
    tell_about_people([shift.staff_id])


def zone_of(market: Market | None) -> ZoneInfo:
    """The clock of a place; one without a market has the installation's."""
    return ZoneInfo(market.time_zone if market else timezone.get_default_timezone_name())


def said_shift(shift: Shift) -> dict[str, str]:
    """The words of a sentence about a shift: ``day``, ``start`` and ``end`` on the clock of its place, and ``place``."""
    place = shift.store or shift.department
    zone = zone_of(place.market if place else None)
    start, end = shift.starts_at.astimezone(zone), shift.ends_at.astimezone(zone)
    return {
        "day": f"{start:%Y/%m/%d}",
        "start": f"{start:%H:%M}",
        "end": f"{end:%H:%M}",
        "place": place.name if place else "",
    }


def _overlap(shift: Shift) -> ShiftsOverlap:
    others = Shift.objects.filter(staff=shift.staff_id, starts_at__lt=shift.ends_at, ends_at__gt=shift.starts_at)
    other = others.select_related("store__market", "department__market").first()
    if other is None:  # taken away since
        return ShiftsOverlap()
    said = _("%(person)s already works at %(place)s on %(day)s from %(start)s to %(end)s.")
    return ShiftsOverlap(said % {"person": shift.staff.display_name, **said_shift(other)})
