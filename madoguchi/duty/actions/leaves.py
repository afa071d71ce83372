"""Leave: away for longer than a day off. Bound customers are covered by the team meanwhile."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from madoguchi.duty.access import may_edit_person, require_over
from madoguchi.duty.errors import EndsBeforeStart
from madoguchi.duty.models import Leave
from madoguchi.duty.topics import tell_about_people
from madoguchi.kit.errors import NotAllowed, NotFound
from madoguchi.organization.directory import people_of
from madoguchi.organization.models import Staff


@transaction.atomic
def add_leave(*, by: Staff, staff: Staff, starts_at: dt.datetime, ends_at: dt.datetime, reason: str = "") -> Leave:
    """Shifts in that time stay and do not count. Raises NotFound, NotAllowed, EndsBeforeStart."""
    require_over(by, staff)
    if ends_at <= starts_at:
        raise EndsBeforeStart
    length = Leave._meta.get_field("reason").max_length
    leave = Leave.objects.create(
        staff=staff, starts_at=starts_at, ends_at=ends_at, reason=reason.strip()[:length], by=by
    )
    tell_about_people([staff.pk])
    return leave


@transaction.atomic
def remove_leave(*, by: Staff, leave_id: int) -> None:
    """Raises NotFound, NotAllowed."""
    rows = Leave.objects.filter(staff__in=people_of(by)).select_related("staff").select_for_update(of=("self",))
    leave = rows.filter(pk=leave_id).first()
    if leave is None:
        raise NotFound
    if not may_edit_person(by, leave.staff):
        raise NotAllowed
    leave.delete()
    tell_about_people([leave.staff_id])
