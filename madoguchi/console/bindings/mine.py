"""Whom I look after: by name, whoever was in touch last first, and who waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F, Max, QuerySet
from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from madoguchi.bindings.models import Binding
from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.bindings.tabs import frame
from madoguchi.conversations.models import Conversation
from madoguchi.members.models import Member
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission

P = Permission
PAGE = 40


@dataclass(frozen=True, slots=True)
class Customer:
    member: Member
    binding: Binding
    conversation: Conversation | None
    """The latest one that the person may see; None: there is none, or it is out of their reach at present."""


def my_customers(staff: Staff, text: str = "", *, waiting_only: bool = False) -> QuerySet[Member]:
    """Bound to this person today, the latest contact first. ``last_at`` is of all their threads."""
    theirs = Binding.objects.current().filter(staff=staff)
    rows = Member.objects.filter(pk__in=theirs.values("member"))
    if text:
        rows = rows.filter(display_name__icontains=text)
    if waiting_only:
        rows = rows.filter(pk__in=Conversation.objects.waiting().values("member"))
    rows = rows.annotate(last_at=Max("conversations__last_message_at"))
    return rows.order_by(F("last_at").desc(nulls_last=True), "-pk")


def customers(staff: Staff, members: QuerySet[Member]) -> list[Customer]:
    """With what a row shows about each; three statements."""
    found = list(members)
    bindings = Binding.objects.current().filter(staff=staff, member__in=found).select_related("store", "department")
    binding_of = {binding.member_id: binding for binding in bindings}
    threads = Conversation.objects.visible_to(staff).filter(member__in=found).order_by("last_message_at")
    thread_of = {thread.member_id: thread for thread in threads}
    return [
        Customer(member, binding_of[member.pk], thread_of.get(member.pk)) for member in found if member.pk in binding_of
    ]


def list_context(request: StaffRequest) -> dict[str, Any]:
    """For ``console/bindings/_my_customers.html``."""
    text, waiting_only = request.GET.get("q", "").strip()[:100], request.GET.get("waiting") == "1"
    number = request.GET.get("shown", "")
    shown = min(int(number), 50 * PAGE) if number.isascii() and number.isdecimal() and len(number) < 6 else PAGE
    found = customers(request.user, my_customers(request.user, text, waiting_only=waiting_only)[: shown + 1])
    return {
        "customers": found[:shown],
        "search": text,
        "waiting_only": waiting_only,
        "more": shown + PAGE if len(found) > shown else None,
    }


@require_GET
@requires(P.BINDING_HOLD)
def page(request: StaffRequest) -> HttpResponseBase:
    """By htmx only the list, which refreshes itself when something is written."""
    template = "console/bindings/_my_customers.html" if request.htmx else "console/bindings/mine.html"
    return render(request, template, frame(request, "my_customers") | list_context(request))
