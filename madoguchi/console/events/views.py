"""Raw events carry what customers wrote, at whatever store: only who may read events everywhere sees their content."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.events.reasons import in_words
from madoguchi.intake import actions, queries
from madoguchi.intake.models import RawEvent
from madoguchi.organization.permissions import Permission

P = Permission
PAGE = 25


@dataclass(frozen=True, slots=True)
class Shown:
    event: RawEvent
    last_line: str
    """What went wrong, the last line of the traceback; or why nothing followed."""
    payload: str


@require_GET
@requires(P.EVENT_READ)
def events(request: StaffRequest) -> HttpResponseBase:
    context = _context(request, RawEvent.State.PARKED)
    return render(request, "console/events/events.html", context)


@require_GET
@requires(P.EVENT_READ)
def kept(request: StaffRequest) -> HttpResponseBase:
    reasons = [replace(row, reason=in_words(row.reason)) for row in queries.kept_by_reason()]
    context = _context(request, RawEvent.State.KEPT) | {"reasons": reasons}
    return render(request, "console/events/kept.html", context)


@require_POST
@requires(P.EVENT_RETRY)
def retry(request: StaffRequest, event_id: int) -> HttpResponseBase:
    actions.retry(event_id, request.user)
    messages.success(request, _("Tried again. If it fails once more, it comes back to this list."))
    return redirect("events")


@require_POST
@requires(P.EVENT_RETRY)
def retry_all(request: StaffRequest) -> HttpResponseBase:
    count = actions.retry_all(request.user)
    said = ngettext("{count} event is tried again.", "{count} events are tried again.", count).format(count=count)
    messages.success(request, said)
    return redirect("events")


def _context(request: StaffRequest, state: RawEvent.State) -> dict[str, Any]:
    """Six statements with the list, four without."""
    sees_content = request.user.reach(P.EVENT_READ).is_everything
    rows = queries.odd_events(state)
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) <= 18:
        rows = rows.filter(pk__lt=int(before))
    page = list(rows.defer("account__channel_secret", "account__access_token")[: PAGE + 1]) if sees_content else []
    health = queries.health()
    return {
        "section": "events",
        "health": health,
        "rejected": [(reason.label, count) for reason, count in health.rejected.items()],
        "rejected_total": sum(health.rejected.values()),
        "kept_total": sum(health.kept.values()),
        "shown": [_shown(event) for event in page[:PAGE]],
        "older": page[PAGE - 1].pk if len(page) > PAGE else None,
        "sees_content": sees_content,
        "may_retry": request.user.may(P.EVENT_RETRY),
    }


def _shown(event: RawEvent) -> Shown:
    lines = event.note.strip().splitlines()
    return Shown(event, in_words(lines[-1]) if lines else "", json.dumps(event.payload, ensure_ascii=False, indent=2))
