"""A person's seat: whether they are on duty, and how many conversations may be given to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from madoguchi.duty.access import require_over
from madoguchi.duty.errors import CapacityOutOfRange
from madoguchi.duty.models import Seat, Shift
from madoguchi.duty.topics import tell_about_people
from madoguchi.organization.models import Staff

CAPACITY_MAX = 99


def lock_seats(staff_ids: Iterable[int]) -> dict[int, Seat]:
    """Inside a transaction: the people's seats, locked in the order of their ids, made where there was none yet.

    Whoever gives people work holds these locks while counting what they have and giving them more.
    """
    ids = set(staff_ids)
    missing = ids - set(Seat.objects.filter(pk__in=ids).values_list("pk", flat=True))
    if missing:
        Seat.objects.bulk_create([Seat(staff_id=pk) for pk in sorted(missing)], ignore_conflicts=True)
    seats = Seat.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",))
    return {seat.pk: seat for seat in seats}


@transaction.atomic
def say_on_duty(*, staff: Staff, is_on_duty: bool | None, now: dt.datetime | None = None) -> Seat:
    """One's own word, above roster and leave, until the end of the day on the clock of one's market.

    During a shift that runs over midnight it holds until that ends. None takes the word back: the roster counts.
    """
    now = now or timezone.now()
    seat = lock_seats([staff.pk])[staff.pk]
    seat.is_on_duty = is_on_duty
    seat.said_until = None if is_on_duty is None else _end_of_day(staff, now)
    seat.save(update_fields=["is_on_duty", "said_until"])
    tell_about_people([staff.pk])
    return seat


@transaction.atomic
def set_capacity(*, by: Staff, staff: Staff, capacity: int) -> Seat:
    """How many open conversations may be given to the person; what they hold already they keep.

    Raises NotFound, NotAllowed, CapacityOutOfRange.
    """
    require_over(by, staff)
    if not 0 <= capacity <= CAPACITY_MAX:
        raise CapacityOutOfRange
    seat = lock_seats([staff.pk])[staff.pk]
    seat.capacity = capacity
    seat.save(update_fields=["capacity"])
    tell_about_people([staff.pk])
    return seat


def _end_of_day(staff: Staff, now: dt.datetime) -> dt.datetime:
    zone = ZoneInfo(staff.time_zone or timezone.get_default_timezone_name())
    tomorrow = now.astimezone(zone).date() + dt.timedelta(days=1)
    midnight = dt.datetime.combine(tomorrow, dt.time(), tzinfo=zone)
    running = Shift.objects.filter(staff=staff, starts_at__lte=now, ends_at__gt=now).first()
    return max(midnight, running.ends_at) if running else midnight
