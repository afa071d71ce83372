"""The people of a place: on duty or not, how much they carry, leave."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.base.forms import render_form, told_in
from madoguchi.console.duty import places
from madoguchi.console.duty.forms import CapacityForm, LeaveForm
from madoguchi.console.duty.places import DutyPlace
from madoguchi.duty.access import may_edit_person, people_at
from madoguchi.duty.actions import add_leave, remove_leave, set_capacity
from madoguchi.duty.models import Leave, Seat
from madoguchi.duty.schedule import Absence, Schedule
from madoguchi.kit.errors import NotFound
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission

P = Permission


@dataclass(frozen=True, slots=True)
class Present:
    staff: Staff
    absence: Absence | None
    back_at: dt.datetime | None
    capacity: int
    leaves: list[Leave]
    """Not over yet."""


@require_GET
@requires(P.ORGANIZATION_READ)
def listing(request: StaffRequest, key: str) -> HttpResponseBase:
    place = places.find(request, key)
    with timezone.override(place.zone):
        people = list(Staff.objects.filter(people_at(**place.where), is_active=True))
        context = places.frame(request, place, "duty_people") | {"people": _present(place, people)}
        return render(request, "console/duty/people.html", context)


@require_GET
@requires(P.ORGANIZATION_READ)
def person(request: StaffRequest, key: str, public_id: str) -> HttpResponseBase:
    place = places.find(request, key)
    staff = _find(place, public_id)
    return _page(request, place, staff, CapacityForm(initial=_capacity(staff)), LeaveForm())


@require_POST
@requires(P.DUTY_EDIT)
def capacity(request: StaffRequest, key: str, public_id: str) -> HttpResponseBase:
    place = places.find(request, key)
    staff = _find(place, public_id)
    form = CapacityForm(request.POST)
    if form.is_valid():
        with told_in(form):
            set_capacity(by=request.user, staff=staff, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("duty_person", key, public_id)
    return _page(request, place, staff, form, LeaveForm())


@require_POST
@requires(P.DUTY_EDIT)
def leave(request: StaffRequest, key: str, public_id: str) -> HttpResponseBase:
    """Whole days, on the clock of the place."""
    place = places.find(request, key)
    staff = _find(place, public_id)
    form = LeaveForm(request.POST)
    if form.is_valid():
        first, last = form.cleaned_data["first_day"], form.cleaned_data["last_day"]
        with told_in(form):
            add_leave(
                by=request.user,
                staff=staff,
                starts_at=dt.datetime.combine(first, dt.time(), tzinfo=place.zone),
                ends_at=dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), tzinfo=place.zone),
                reason=form.cleaned_data["reason"],
            )
            messages.success(request, _("The leave is written down."))
            return redirect("duty_person", key, public_id)
    return _page(request, place, staff, CapacityForm(initial=_capacity(staff)), form)


@require_POST
@requires(P.DUTY_EDIT)
def end_leave(request: StaffRequest, key: str, public_id: str, leave_id: int) -> HttpResponseBase:
    remove_leave(by=request.user, leave_id=leave_id)
    messages.success(request, _("The leave is taken back."))
    return redirect("duty_person", key, public_id)


def _page(
    request: StaffRequest, place: DutyPlace, staff: Staff, capacity_form: CapacityForm, leave_form: LeaveForm
) -> HttpResponseBase:
    with timezone.override(place.zone):
        context = {
            "section": "duty",
            "place": place,
            "item": _present(place, [staff])[0],
            "person": staff,
            "capacity_form": capacity_form,
            "leave_form": leave_form,
            "may_edit": may_edit_person(request.user, staff),
        }
        return render_form(request, "console/duty/person.html", context, capacity_form, leave_form)


def _present(place: DutyPlace, people: list[Staff]) -> list[Present]:
    now = timezone.now()
    ids = [person.pk for person in people]
    schedule = Schedule.load(now, staff_ids=ids, places=[place.as_scheduled])
    capacities = dict(Seat.objects.filter(pk__in=ids).values_list("pk", "capacity"))
    leaves = list(Leave.objects.filter(staff__in=ids, ends_at__gt=now))
    return [
        Present(
            person,
            schedule.absence(person.pk, place.as_scheduled),
            schedule.back_at(person.pk),
            capacities.get(person.pk, Seat.CAPACITY),
            [leave for leave in leaves if leave.staff_id == person.pk],
        )
        for person in people
    ]


def _capacity(staff: Staff) -> dict[str, int]:
    seat = Seat.objects.filter(pk=staff.pk).first()
    return {"capacity": seat.capacity if seat else Seat.CAPACITY}


def _find(place: DutyPlace, public_id: str) -> Staff:
    found = Staff.objects.filter(people_at(**place.where), public_id=public_id).first()
    if found is None:
        raise NotFound
    return found
