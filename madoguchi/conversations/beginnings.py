"""Whether what staff are about to write is an answer, or the first word to somebody who has asked nothing."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from madoguchi.bindings import first_messages
from madoguchi.conversations import access
from madoguchi.conversations.journal import current_exchange
from madoguchi.conversations.models import Conversation
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission

AFTERTHOUGHT = dt.timedelta(hours=24)
"""So long after the closing of what the customer had asked, a word more is still part of the answer."""


def is_first_message(conversation: Conversation, now: dt.datetime) -> bool:
    if conversation.state != Conversation.State.CLOSED:
        return False
    exchange = current_exchange(conversation)
    asked = exchange.first_inbound_at is not None
    return not (asked and exchange.closed_at is not None and now - exchange.closed_at <= AFTERTHOUGHT)


def counts(conversation: Conversation, staff: Staff, now: dt.datetime) -> bool:
    """Whether a word from this person now is a first message that their monthly limit has to allow."""
    if not is_first_message(conversation, now):
        return False
    return not access.is_allowed_at(conversation, staff, Permission.CONVERSATION_BEGIN)


def require_right(conversation: Conversation, staff: Staff, client_key: UUID, now: dt.datetime) -> None:
    """Uses up one first message where it counts; the caller holds the lock on the conversation, and sends in the same
    transaction. Raises NotYourCustomer, CustomerWantsNoFirstMessages, FirstMessageLimitReached."""
    if counts(conversation, staff, now):
        first_messages.claim(
            staff=staff,
            member_id=conversation.member_id,
            brand_id=conversation.brand_id,
            key=client_key,
            now=now,
        )
