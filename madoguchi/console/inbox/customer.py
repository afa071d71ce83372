"""The right pane: who the customer is."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from madoguchi.channels.models import Contact
from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.conversations import access, queries
from madoguchi.conversations.models import Conversation
from madoguchi.organization.models import Brand
from madoguchi.organization.permissions import Permission

P = Permission


@require_GET
@requires(P.CONVERSATION_READ)
def customer(request: StaffRequest, public_id: str) -> HttpResponseBase:
    return render_customer(request, access.find(public_id, request.user))


def render_customer(request: StaffRequest, found: Conversation) -> HttpResponseBase:
    return render(request, "console/inbox/_customer.html", customer_context(request, found))


def customer_context(request: StaffRequest, found: Conversation) -> dict[str, Any]:
    """Eight statements beside the conversation's own."""
    member = found.member
    exchanges = queries.history(found)
    brands = {e.brand_id: e.brand for e in exchanges if e.brand} | (
        {found.brand_id: found.brand} if found.brand else {}
    )
    return {
        "conversation": found,
        "member": member,
        "identities": list(member.identities.select_related("provider")),
        "contacts": _contacts(found),
        "exchanges": exchanges,
        "brands": [brand for brand in brands.values() if isinstance(brand, Brand)],
        "tags": list(member.tags.all()),
        "notes": list(member.notes.select_related("author")[:50]),
        "may_edit": access.is_allowed_at(found, request.user, P.MEMBER_EDIT),
        "may_note": request.user.may(P.CONVERSATION_NOTE),
        "may_read": request.user.may(P.MEMBER_READ),
    }


def _contacts(found: Conversation) -> list[Contact]:
    """All addresses of the person, this conversation's first."""
    rows = Contact.objects.filter(conversation__member=found.member_id).select_related("account")
    rows = rows.defer("account__channel_secret", "account__access_token")
    return sorted(rows, key=lambda contact: contact.pk != found.contact_id)
