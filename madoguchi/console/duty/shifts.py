"""The dialogs about a shift, opened from the week."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from madoguchi.console.base import words
from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.base.forms import told_in
from madoguchi.console.duty import places
from madoguchi.console.duty.forms import ShiftForm
from madoguchi.console.duty.places import DutyPlace
from madoguchi.console.duty.week import picked_day, read_week
from madoguchi.duty.access import people_at
from madoguchi.duty.actions import add_shift, remove_shift
from madoguchi.duty.models import Shift
from madoguchi.duty.schedule import Schedule
from madoguchi.kit.errors import NotAllowed, NotFound
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission

P = Permission
_ONE_DAY = dt.timedelta(days=1)
USUAL = (dt.time(10), dt.time(19))
"""Offered where nothing is known of the day."""


@require_http_methods(["GET", "HEAD", "POST"])
@requires(P.ORGANIZATION_READ)
def new(request: StaffRequest, key: str) -> HttpResponseBase:
    """``?staff=…&day=…`` are filled in. POST writes all shifts, or none and says why."""
    place = places.find(request, key)
    if not place.may_edit:
        raise NotAllowed
    picked = picked_day(request.GET.get("day", ""), place)
    form = _form(request, place, picked)
    if form.is_bound and form.is_valid():
        with told_in(form), transaction.atomic():
            _add(request, place, form)
            return _shown_again(request, place, picked)
    return _dialog(request, place, "_new_shift.html", {"form": form, "picked": picked})


@require_GET
@requires(P.ORGANIZATION_READ)
def shift(request: StaffRequest, key: str, shift_id: int) -> HttpResponseBase:
    place = places.find(request, key)
    return _dialog(request, place, "_shift.html", {"shift": _find(place, shift_id)})


@require_POST
@requires(P.ORGANIZATION_READ)
def remove(request: StaffRequest, key: str, shift_id: int) -> HttpResponseBase:
    place = places.find(request, key)
    found = _find(place, shift_id)
    remove_shift(by=request.user, shift_id=found.pk)
    return _shown_again(request, place, found.starts_at.astimezone(place.zone).date())


def _find(place: DutyPlace, shift_id: int) -> Shift:
    here = {name: row for name, row in place.where.items() if row}
    found = Shift.objects.select_related("staff", "upload__by").filter(pk=shift_id, **here).first()
    if found is None:
        raise NotFound
    return found


def _form(request: StaffRequest, place: DutyPlace, picked: dt.date) -> ShiftForm:
    people = Staff.objects.filter(people_at(**place.where), is_active=True)
    monday = picked - dt.timedelta(days=picked.weekday())
    week = [monday + number * _ONE_DAY for number in range(7)]
    starts, ends = _usual(place, picked)
    return ShiftForm(
        request.POST if request.method == "POST" else None,
        people=people,
        days=[(day.isoformat(), words.weekday_date(day)) for day in week],
        initial={
            "staff": people.filter(public_id=request.GET.get("staff", "")).first(),
            "days": [picked.isoformat()],
            "starts": starts,
            "ends": ends,
        },
    )


def _usual(place: DutyPlace, day: dt.date) -> tuple[dt.time, dt.time]:
    """The opening hours of the day."""
    calendar = Schedule.load(timezone.now(), staff_ids=(), places=[place.as_scheduled]).calendar(place.as_scheduled)
    hours = calendar.hours_on(day) if calendar.keeps_hours else ()
    return (hours[0].opens_at, hours[-1].closes_at) if hours else USUAL


def _add(request: StaffRequest, place: DutyPlace, form: ShiftForm) -> None:
    data = form.cleaned_data
    for day in data["days"]:
        last_day = day if data["ends"] > data["starts"] else day + _ONE_DAY
        add_shift(
            by=request.user,
            staff=data["staff"],
            starts_at=dt.datetime.combine(day, data["starts"], tzinfo=place.zone),
            ends_at=dt.datetime.combine(last_day, data["ends"], tzinfo=place.zone),
            **place.where,
        )


def _dialog(request: StaffRequest, place: DutyPlace, name: str, context: dict[str, object]) -> HttpResponse:
    """Into the page that asked for it, or (without scripts) on a page of its own."""
    context |= {"place": place, "section": "duty", "dialog": f"console/duty/{name}"}
    template = f"console/duty/{name}" if request.htmx else "console/duty/dialog.html"
    with timezone.override(place.zone):
        return render(request, template, context)


def _shown_again(request: StaffRequest, place: DutyPlace, day: dt.date) -> HttpResponse:
    """The week as it is now, in place of the one behind the dialog, which goes."""
    if not request.htmx:
        messages.success(request, _("Saved."))
        return redirect(f"{reverse('duty_week', args=[place.key])}?day={day.isoformat()}")
    with timezone.override(place.zone):
        context = {"place": place, "week": read_week(place, day, timezone.now()), "closes_dialog": True}
        answer = render(request, "console/duty/_week.html", context)
    answer["HX-Retarget"], answer["HX-Reswap"] = "#week", "outerHTML"
    return answer
