from __future__ import annotations

import base64
import datetime as dt
from typing import Any

from django.db.models import Count
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from madoguchi.alerts.actions import endpoint_digests
from madoguchi.bindings import cards
from madoguchi.bindings.first_messages import Allowance, allowance
from madoguchi.bindings.models import Binding
from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.duty import mine as duty
from madoguchi.console.today import codes, numbers
from madoguchi.conversations import queries
from madoguchi.conversations.queries import View
from madoguchi.organization.models import Staff, Store
from madoguchi.organization.permissions import Permission

SHOWN = 8
"""Rows of each list; the inbox has all."""
P = Permission


@require_safe
@requires(P.BINDING_HOLD)
def today(request: StaffRequest) -> HttpResponseBase:
    staff, instant = request.user, timezone.now()
    context = {
        "section": "today",
        "today": timezone.localdate(instant),
        "mine": duty.mine(staff, instant),
        "code": next(iter(codes.own(staff)), None),
        "devices": endpoint_digests(staff),
    }
    return render(request, "console/today/today.html", context | _now(staff, instant))


@require_safe
@requires(P.BINDING_HOLD)
def now(request: StaffRequest) -> HttpResponseBase:
    """What changes while one looks: who waits, and the numbers. Fetched at every signal about the queue."""
    return render(request, "console/today/_now.html", _now(request.user, timezone.now()))


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


def _now(staff: Staff, instant: dt.datetime) -> dict[str, Any]:
    return {
        "shown": SHOWN,
        "waiting": queries.waiting(staff, View.MINE, limit=SHOWN),
        "team": queries.waiting(staff, View.UNASSIGNED, limit=SHOWN),
        "counts": queries.queue_counts(staff),
        "numbers": numbers.of(staff, now=instant),
        "writing_first": _writing_first(staff, instant),
    }


def _writing_first(staff: Staff, instant: dt.datetime) -> Allowance | None:
    """Where most of their customers are; None where nothing is allowed, so nothing needs to be counted."""
    theirs = Binding.objects.filter(staff=staff, store__isnull=False).current()
    most = theirs.values("store").annotate(customers=Count("pk")).order_by("-customers", "store").first()
    store = Store.objects.select_related("market").get(pk=most["store"]) if most else None
    allowed = allowance(staff, store, instant)
    return allowed if allowed.limit else None
