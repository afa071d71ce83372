"""Setting oneself on and off duty: a switch in the menu under one's name and on the phone's first page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.duty.actions import say_on_duty
from madoguchi.duty.models import Seat
from madoguchi.duty.schedule import Absence, Schedule
from madoguchi.organization.models import Staff

WORDS = {"on": True, "off": False, "roster": None}


@dataclass(frozen=True, slots=True)
class Mine:
    """What ``console/duty/_me.html`` shows, as ``mine``."""

    absence: Absence | None
    """None: on duty."""
    back_at: dt.datetime | None
    said_until: dt.datetime | None
    """Until when one's own word counts; None: the roster does."""

    @property
    def is_on_duty(self) -> bool:
        return self.absence is None


def mine(staff: Staff, now: dt.datetime) -> Mine:
    """For a page that includes the switch; ten statements."""
    schedule = Schedule.load(now, staff_ids=[staff.pk], places=())
    seat = Seat.objects.filter(pk=staff.pk, said_until__gt=now).first()
    return Mine(schedule.absence(staff.pk), schedule.back_at(staff.pk), seat.said_until if seat else None)


@require_http_methods(["GET", "HEAD", "POST"])
@requires()
def duty_mine(request: StaffRequest) -> HttpResponseBase:
    """POST ``is``: on, off or roster (the word is taken back)."""
    if request.method == "POST":
        is_on_duty = WORDS.get(request.POST.get("is", ""))
        say_on_duty(staff=request.user, is_on_duty=is_on_duty)
        if not request.htmx:
            came_from = request.headers.get("Referer", "")
            is_ours = url_has_allowed_host_and_scheme(
                came_from, allowed_hosts={request.get_host()}, require_https=request.is_secure()
            )
            return redirect(came_from if is_ours else "profile")
    return render(request, "console/duty/_me.html", {"mine": mine(request.user, timezone.now())})
