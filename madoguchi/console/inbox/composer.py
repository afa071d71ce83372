"""Writing: replies, notes, and what helps with them (quick phrases, colleagues to mention)."""

from __future__ import annotations

import json

from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.inbox.forms import WriteForm, read
from madoguchi.console.inbox.phrases import phrases_for
from madoguchi.console.inbox.thread import render_changes
from madoguchi.conversations import access
from madoguchi.conversations.actions.add_note import add_note
from madoguchi.conversations.actions.retry import discard, retry
from madoguchi.conversations.actions.send import send
from madoguchi.conversations.errors import BrandUnavailable
from madoguchi.conversations.models import Conversation
from madoguchi.kit.errors import NotFound
from madoguchi.organization.models import Brand, Posting, Staff
from madoguchi.organization.permissions import Permission

P = Permission


@require_POST
@requires(P.CONVERSATION_REPLY)
def reply(request: StaffRequest, public_id: str) -> HttpResponseBase:
    found = access.find(public_id, request.user)
    data = read(WriteForm(request.POST))
    brand = Brand.objects.filter(public_id=data["brand"]).values_list("pk", flat=True).first()
    if data["brand"] and brand is None:
        raise BrandUnavailable  # and not in another voice than the one that was chosen
    send(
        conversation_id=found.pk,
        staff=request.user,
        client_key=data["client_key"],
        text=data["text"],
        files=request.FILES.getlist("files"),
        brand_id=brand,
        quoted_message_id=data["quoted"],
    )
    return _written(request, found)


@require_POST
@requires(P.CONVERSATION_READ)
def note(request: StaffRequest, public_id: str) -> HttpResponseBase:
    """Whoever was mentioned may write notes without any other permission, so the action decides."""
    found = access.find(public_id, request.user)
    data = read(WriteForm(request.POST))
    colleagues = Staff.objects.filter(public_id__in=data["mentioned"].split(), is_active=True)
    add_note(
        conversation_id=found.pk,
        staff=request.user,
        client_key=data["client_key"],
        text=data["text"],
        mentioned=[person for person in colleagues if f"@{person.display_name}" in data["text"]],
    )
    return _written(request, found)


@require_POST
@requires(P.CONVERSATION_REPLY)
def send_again(request: StaffRequest, public_id: str, message_id: int) -> HttpResponseBase:
    found = access.find(public_id, request.user)
    retry(conversation_id=found.pk, staff=request.user, outbound_id=_outbound_id(found, message_id))
    return _written(request, found, sent=False)


@require_POST
@requires(P.CONVERSATION_REPLY)
def give_up(request: StaffRequest, public_id: str, message_id: int) -> HttpResponseBase:
    found = access.find(public_id, request.user)
    discard(conversation_id=found.pk, staff=request.user, outbound_id=_outbound_id(found, message_id))
    return _written(request, found, sent=False)


@require_GET
@requires(P.CONVERSATION_REPLY)
def phrases(request: StaffRequest, public_id: str) -> HttpResponseBase:
    """Quick phrases that fit brand, store and language, with their places filled in."""
    found = access.find(public_id, request.user)
    context = {"phrases": phrases_for(found, request.user, request.GET.get("q", "").strip()), "conversation": found}
    return render(request, "console/inbox/_phrases.html", context)


@require_GET
@requires(P.CONVERSATION_READ)
def colleagues(request: StaffRequest, public_id: str) -> HttpResponseBase:
    """For @mentions."""
    found = access.find(public_id, request.user)
    people = find_people(request.GET.get("q", ""), 8, near=found, besides=request.user)
    return render(request, "console/inbox/_colleagues.html", {"people": people})


def find_people(text: str, limit: int, *, near: Conversation, besides: Staff) -> list[Staff]:
    """Active staff by part of their name, with where they work: first those of the conversation's own place."""
    text = text.strip()
    here = Posting.objects.current().filter(staff=OuterRef("pk"), store=near.store_id, department=near.department_id)
    people = Staff.objects.filter(is_active=True).exclude(pk=besides.pk).annotate(is_near=Exists(here))
    if text:
        people = people.filter(Q(display_name__icontains=text) | Q(username__istartswith=text))
    with_places = people.prefetch_related("postings__store", "postings__department")
    return list(with_places.order_by("-is_near", "display_name")[:limit])


def _outbound_id(found: Conversation, message_id: int) -> int:
    """Of the request the bubble went out with. Raises NotFound."""
    outbound_id = found.messages.filter(pk=message_id).values_list("outbound_id", flat=True).first()
    if outbound_id is None:
        raise NotFound
    return outbound_id


def _written(request: StaffRequest, found: Conversation, *, sent: bool = True) -> HttpResponseBase:
    if not request.htmx:
        return redirect("conversation", found.public_id)
    response = render_changes(request, access.find(found.public_id, request.user))
    response.headers["HX-Trigger"] = json.dumps({"queue-changed": "", **({"written": ""} if sent else {})})
    return response
