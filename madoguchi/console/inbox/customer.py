"""The right pane: who the customer is."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from madoguchi.channels.models import Contact
from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.bindings.customer_pane import bindings_context
from madoguchi.console.inbox.thread import composer_voices
from madoguchi.conversations import access, queries
from madoguchi.conversations.models import Conversation
from madoguchi.members import profile
from madoguchi.organization.permissions import Permission

P = Permission


@require_GET
@requires(P.CONVERSATION_READ)
def customer(request: StaffRequest, public_id: str) -> HttpResponseBase:
    """With the voices for the message box, which nobody needs before the thread can be seen."""
    found = access.find(public_id, request.user)
    context = customer_context(request, found) | composer_voices(found, request.user)
    return render(request, "console/inbox/_customer_and_voices.html", context)


@require_POST
@requires(P.MEMBER_EDIT)
def details(request: StaffRequest, public_id: str) -> HttpResponseBase:
    """Name and telephone, as far as they were changed; both, or neither."""
    found = access.find(public_id, request.user)
    member, name = found.member, request.POST.get("name", "").strip()
    with transaction.atomic():
        if name != member.display_name:
            profile.rename(member_id=member.pk, staff=request.user, name=name)
        profile.set_phone(member_id=member.pk, staff=request.user, phone=request.POST.get("phone", ""))
    return _written(request, public_id, "queue-changed, thread-changed")


@require_POST
@requires(P.MEMBER_EDIT)
def tags(request: StaffRequest, public_id: str) -> HttpResponseBase:
    found = access.find(public_id, request.user)
    profile.add_tag(member_id=found.member_id, staff=request.user, name=request.POST.get("name", ""))
    return _written(request, public_id)


@require_POST
@requires(P.MEMBER_EDIT)
def untag(request: StaffRequest, public_id: str, tag_id: int) -> HttpResponseBase:
    found = access.find(public_id, request.user)
    profile.remove_tag(member_id=found.member_id, staff=request.user, tag_id=tag_id)
    return _written(request, public_id)


@require_POST
@requires(P.MEMBER_EDIT)
def notes(request: StaffRequest, public_id: str) -> HttpResponseBase:
    found = access.find(public_id, request.user)
    profile.add_note(member_id=found.member_id, staff=request.user, text=request.POST.get("text", ""))
    return _written(request, public_id)


def _written(request: StaffRequest, public_id: str, changed: str = "") -> HttpResponseBase:
    if not request.htmx:
        return redirect("conversation", public_id)
    response = render_customer(request, access.find(public_id, request.user))
    if changed:
        response.headers["HX-Trigger"] = changed
    return response


def render_customer(request: StaffRequest, found: Conversation) -> HttpResponseBase:
    return render(request, "console/inbox/_customer.html", customer_context(request, found))


def customer_context(request: StaffRequest, found: Conversation) -> dict[str, Any]:
    """At most nine statements beside the conversation's own. Who may not read people sees only what the thread says."""
    member, may_read = found.member, request.user.may(P.MEMBER_READ)
    exchanges = queries.history(found)
    brands = {e.brand_id: e.brand for e in exchanges if e.brand} | (
        {found.brand_id: found.brand} if found.brand else {}
    )
    return {
        "conversation": found,
        "member": member,
        "contacts": _contacts(found) if may_read else [],
        "exchanges": exchanges,
        "brands": list(brands.values()),
        "tags": list(member.tags.all()) if may_read else [],
        "notes": list(member.notes.select_related("author")[:50]) if may_read else [],
        "may_edit": access.is_allowed_at(found, request.user, P.MEMBER_EDIT),
        "may_read": may_read,
        **(bindings_context(found, request.user) if may_read else {}),
    }


def _contacts(found: Conversation) -> list[Contact]:
    """All addresses of the person, this conversation's first."""
    rows = Contact.objects.filter(conversation__member=found.member_id).select_related("account")
    rows = rows.defer("account__channel_secret", "account__access_token")
    return sorted(rows, key=lambda contact: contact.pk != found.contact_id)
