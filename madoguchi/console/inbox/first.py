"""Writing first, to a customer who has asked nothing: whether one may, and what is left of it this month."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from madoguchi.bindings.errors import CustomerWantsNoFirstMessages, FirstMessageLimitReached, NotYourCustomer
from madoguchi.bindings.first_messages import Allowance, allowance, binding_to
from madoguchi.conversations import beginnings
from madoguchi.conversations.models import Conversation
from madoguchi.organization.models import Staff


@dataclass(frozen=True, slots=True)
class FirstMessage:
    """What the message box says to somebody who would write to a customer who has asked nothing."""

    trouble: str = ""
    """Why they may not, in words; empty: they may."""
    allowance: Allowance | None = None


def first_message(found: Conversation, staff: Staff) -> FirstMessage | None:
    """None: it would be an answer, or this person's first messages are not counted."""
    now = timezone.now()
    if not beginnings.counts(found, staff, now):
        return None
    binding = binding_to(staff, found.member_id, found.brand_id)
    if binding is None:
        return FirstMessage(NotYourCustomer().message)
    if not binding.may_write_first:
        return FirstMessage(CustomerWantsNoFirstMessages().message)
    allowed = allowance(staff, binding.store, now)
    return FirstMessage("" if allowed.left else FirstMessageLimitReached(allowed.limit).message, allowed)
