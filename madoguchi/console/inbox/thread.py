"""The middle pane: one conversation, kept up to date without touching what somebody is writing."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET
from django_htmx.http import reswap, retarget

from madoguchi.channels import quota
from madoguchi.channels.models import Account, ReplyToken
from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.inbox.bubbles import bubbles
from madoguchi.console.inbox.first import first_message
from madoguchi.console.inbox.queue import Choice, queue_context
from madoguchi.conversations import access, queries
from madoguchi.conversations.models import Conversation
from madoguchi.conversations.queries import ThreadPage
from madoguchi.conversations.queries.thread import PAGE
from madoguchi.kit.errors import Invalid, NotFound
from madoguchi.organization.models import Brand, Staff
from madoguchi.organization.permissions import Permission

P = Permission
REACH_MAX = 1_000
"""How far back a hit of the search is shown in its thread; beyond, the thread opens at its end."""


@require_GET
@requires(P.CONVERSATION_READ)
def conversation(request: StaffRequest, public_id: str) -> HttpResponseBase:
    """Thread and customer; with the queue beside them unless htmx asked.

    What the page asks for by itself right after (who else is here, the customer, the voices) is not in it.
    """
    found = access.find(public_id, request.user)
    at = _number(request.GET.get("at"))
    page = queries.thread(found, limit=_reaching(found, at))
    context = thread_context(request, found, page) | {"found_message": at}
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "console/inbox/_desk.html", context)
    return render(request, "console/inbox/inbox.html", queue_context(request, public_id) | context)


@require_GET
@requires(P.CONVERSATION_READ)
def older(request: StaffRequest, public_id: str) -> HttpResponseBase:
    """The messages before those on the screen."""
    found = access.find(public_id, request.user)
    page = queries.thread(found, before=request.GET.get("before", ""))
    context = {"conversation": found, "page": page, "bubbles": bubbles(page, str(found.member))}
    return render(request, "console/inbox/_older.html", context)


@require_GET
@requires(P.CONVERSATION_READ)
def changes(request: StaffRequest, public_id: str) -> HttpResponseBase:
    """Everything that is new or looks different since ``since``: the answer to every signal about this thread."""
    try:
        found = access.find(public_id, request.user)
    except NotFound:
        return _gone(request)
    return render_changes(request, found)


def _gone(request: StaffRequest) -> HttpResponseBase:
    """It went to a place out of the person's reach while they looked at it: the pane says so, instead of a toast."""
    response = render(request, "console/inbox/_gone.html", status=404)
    return retarget(reswap(response, "innerHTML"), "#content")


def render_changes(request: StaffRequest, found: Conversation) -> HttpResponseBase:
    """Bubbles to be put in place by their ids, and the parts around them, replaced only where they differ."""
    data = request.POST if request.method == "POST" else request.GET
    page = queries.changes(found, since=_instant(data.get("since", "")))
    context = thread_context(request, found, page) | {"present": queries.present(found, besides=request.user)}
    if data.get("shown_brand", "") != context["voice"].public_id:
        context["voices"] = voices(found, request.user)
    return render(request, "console/inbox/_changes.html", context)


def thread_context(request: StaffRequest, found: Conversation, page: ThreadPage) -> dict[str, Any]:
    staff, account = request.user, found.contact.account
    return {
        "section": "inbox",
        "choice": Choice.read(request.GET),
        "conversation": found,
        "current": found.public_id,
        "page": page,
        "bubbles": bubbles(page, str(found.member)),
        "voice": found.brand or account.default_brand,
        "is_mine": found.holder_id == staff.pk,
        "held_by_other": found.holder if _is_held_by_other(found, staff) else None,
        "is_blocked": found.contact.has_blocked_us,
        "account_problem": account.get_health_display() if account.health != Account.Health.OK else "",
        "free_until": _free_until(found),
        "first": first_message(found, staff),
        "quota": quota.state(account),
        "may": {
            "reply": access.is_allowed_at(found, staff, P.CONVERSATION_REPLY),
            "note": access.may_note(found, staff),
            "take_over": access.is_allowed_at(found, staff, P.CONVERSATION_TAKE_OVER),
            "hand_over": access.is_allowed_at(found, staff, P.CONVERSATION_HAND_OVER),
            "close": access.is_allowed_at(found, staff, P.CONVERSATION_CLOSE),
            "assign": access.is_allowed_at(found, staff, P.CONVERSATION_ASSIGN),
        },
        "client_key": uuid.uuid4(),
    }


def composer_voices(found: Conversation, staff: Staff) -> dict[str, Any]:
    """For the choice of the voice in the message box."""
    return {
        "voices": voices(found, staff),
        "voice": found.brand or found.contact.account.default_brand,
        "may": {"reply": access.is_allowed_at(found, staff, P.CONVERSATION_REPLY)},
        "held_by_other": _is_held_by_other(found, staff),
    }


def voices(found: Conversation, staff: Staff) -> list[Brand]:
    """The brands the person may speak as here, by category."""
    reach = staff.reach(P.CONVERSATION_REPLY)
    brands = Brand.objects.filter(is_active=True).order_by("category", "name").defer("icon")
    store_id, department_id = found.store_id, found.department_id
    return [b for b in brands if reach.covers(store_id=store_id, department_id=department_id, brand_id=b.pk)]


def _reaching(found: Conversation, message_id: int | None) -> int:
    """How many of the latest messages to show, so that the one that was searched for is among them, with some before."""
    at = found.messages.filter(pk=message_id).values_list("occurred_at", flat=True).first() if message_id else None
    newer = found.messages.filter(occurred_at__gte=at)[:REACH_MAX].count() if at else 0
    return max(PAGE, min(newer + 15, REACH_MAX))


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else None


def _is_held_by_other(found: Conversation, staff: Staff) -> bool:
    return found.state != Conversation.State.CLOSED and found.holder_id not in (None, staff.pk)


def _free_until(found: Conversation) -> dt.datetime | None:
    tokens = ReplyToken.objects.filter(contact=found.contact_id, expires_at__gt=timezone.now())
    return tokens.order_by("-expires_at").values_list("expires_at", flat=True).first()


def _instant(text: str) -> dt.datetime:
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        raise Invalid from None
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)
