"""What tests of the router share: a moment, customers with a person of their own, and the look of the router."""

from __future__ import annotations

import datetime as dt
from typing import Any

from madoguchi.bindings.models import ALL_BRANDS, Binding, Way
from madoguchi.conversations.models import Conversation, Message
from madoguchi.organization.models import Department, Staff, Store
from madoguchi.routing.models import Decision
from madoguchi.routing.router import route, sweep
from tests import make

NOON = dt.datetime(2026, 11, 20, 4, 0, tzinfo=dt.UTC)
"""A Friday, in Taipei."""


def at(minute: float) -> dt.datetime:
    """Minutes after noon."""
    return NOON + dt.timedelta(minutes=minute)


def bind(conversation: Conversation, staff: Staff | None, store: Store, **more: Any) -> Binding:
    """``staff`` looks after the customer, for all brands; None: the store does."""
    return Binding.objects.create(
        member=conversation.member,
        staff=staff,
        store=store,
        account=conversation.contact.account,
        brand_ids=[ALL_BRANDS],
        way=Way.LIFF,
        started_at=NOON - dt.timedelta(days=30),
        **more,
    )


def routed(conversation: Conversation, minute: float = 0, *, after_sweep: bool = False) -> Conversation:
    """As it stands after the router has looked at all that is due."""
    if after_sweep:
        sweep(at(minute))
    for _ in range(10):
        if route(at(minute)) == 0:
            break
    conversation.refresh_from_db()
    return conversation


def decisions(conversation: Conversation) -> list[tuple[str, str, str]]:
    """Outcome, reason and choice, oldest first."""
    rows = Decision.objects.filter(conversation=conversation).order_by("pk")
    return list(rows.values_list("outcome", "reason", "choice"))


def lines(conversation: Conversation) -> list[dict[str, Any]]:
    """What the thread says of it."""
    rows = conversation.messages.filter(direction=Message.Direction.SYSTEM).order_by("occurred_at", "pk")
    return list(rows.values_list("details", flat=True))


def place(conversation: Conversation) -> Store | Department | None:
    return conversation.store or conversation.department


def writes(conversation: Conversation, minute: float, text: str = "在嗎？") -> Message:
    return make.inbound(conversation, text, at=at(minute))
