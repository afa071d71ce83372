from __future__ import annotations

import base64
import datetime as dt
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from madoguchi.bindings import cards
from madoguchi.bindings.first_messages import Allowance, allowance
from madoguchi.bindings.models import Binding
from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.duty import mine as duty
from madoguchi.console.today import codes, numbers
from madoguchi.conversations import queries
from madoguchi.conversations.queries import View
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission

SHOWN = 8
P = Permission


@require_safe
@requires(P.BINDING_HOLD)
def today(request: StaffRequest) -> HttpResponseBase:
    return render(request, "console/today/today.html", _day(request))


@require_safe
@requires(P.BINDING_HOLD)
def now(request: StaffRequest) -> HttpResponseBase:
    """What changes while one looks: who waits, and the numbers. Fetched at every signal about the queue."""
    return render(request, "console/today/_now.html", _day(request))


@require_safe
@requires(P.BINDING_HOLD)
def code(request: StaffRequest) -> HttpResponseBase:
    """One's own code over the whole screen, for a customer to scan. Kept by the service worker for places without
    network, so it holds nothing that could be old tomorrow but the code itself."""
    own = codes.own(request.user)
    chosen = next((each for each in own if each.token == request.GET.get("code")), own[0] if own else None)
    context: dict[str, Any] = {"codes": own, "chosen": chosen}
    if chosen is not None:
        context["picture"] = "data:image/svg+xml;base64," + base64.b64encode(cards.svg(chosen)).decode()
    return render(request, "console/today/code.html", context)


def _day(request: StaffRequest) -> dict[str, Any]:
    staff, instant = request.user, timezone.now()
    mine = queries.queue(staff, View.MINE, limit=SHOWN * 4).rows
    team = queries.queue(staff, View.UNASSIGNED, limit=SHOWN).rows
    return {
        "section": "today",
        "today": timezone.localdate(instant),
        "numbers": numbers.of(staff, now=instant),
        "waiting": sorted((row for row in mine if row.waiting_since), key=_since)[:SHOWN],
        "team": sorted((row for row in team if row.waiting_since), key=_since),
        "mine": duty.mine(staff, instant),
        "writing_first": _writing_first(staff, instant),
        "counts": queries.queue_counts(staff),
        "code": next(iter(codes.own(staff)), None),
        "customers": Binding.objects.filter(staff=staff).current().count(),
    }


def _writing_first(staff: Staff, instant: dt.datetime) -> Allowance | None:
    """At the store where they have a code; None where nothing is allowed, so nothing needs to be counted."""
    code = next(iter(codes.own(staff)), None)
    allowed = allowance(staff, code.store if code else None, instant)
    return allowed if allowed.limit else None


def _since(row: Any) -> Any:
    return row.waiting_since
