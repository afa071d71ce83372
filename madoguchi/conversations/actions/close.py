from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from madoguchi import live
from madoguchi.conversations import access
from madoguchi.conversations.errors import AlreadyClosed, CustomerHasWritten
from madoguchi.conversations.journal import current_exchange, write_line
from madoguchi.conversations.models import Conversation, Exchange, Message
from madoguchi.conversations.system import SystemEvent
from madoguchi.kit.announce import announce
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission


@transaction.atomic
def close(
    *,
    conversation_id: int,
    staff: Staff,
    outcome: Exchange.Outcome,
    expected_last_message_id: int | None = None,
) -> Conversation:
    """End the current exchange. The next message, from either side, begins a new one.

    ``expected_last_message_id`` is the highest id of a message on the person's screen: when the customer has written
    since, nothing is closed and CustomerHasWritten is raised. None: there is no screen, and whatever there is, is
    closed. The last holder stays on the row, to be shown. Raises NotFound, NotAllowed, HeldByOther, AlreadyClosed.
    """
    conversation = access.lock(conversation_id, staff)
    access.require_at(conversation, staff, Permission.CONVERSATION_CLOSE)
    if conversation.state == Conversation.State.CLOSED:
        raise AlreadyClosed
    access.require_free(conversation, staff)
    refuse_if_customer_has_written(conversation, expected_last_message_id)

    now = timezone.now()
    exchange = current_exchange(conversation)
    exchange.closed_at, exchange.closed_by, exchange.outcome = now, staff, outcome
    exchange.brand_id, exchange.store_id = conversation.brand_id, conversation.store_id
    exchange.department_id = conversation.department_id
    exchange.save()
    conversation.state = Conversation.State.CLOSED
    conversation.waiting_since = conversation.snoozed_until = conversation.attention_at = None
    conversation.is_urgent = False
    conversation.unread = 0
    conversation.changed_at = now
    conversation.save()
    write_line(conversation, SystemEvent.CLOSED, at=now, by=staff, outcome=outcome.value)
    announce("conversation.closed", conversation_id=conversation.pk)
    live.publish(conversation.topics)
    return conversation


def refuse_if_customer_has_written(conversation: Conversation, since_message_id: int | None) -> None:
    """Ids follow the order of commits here, because whoever adds a message holds the lock that we hold now."""
    if since_message_id is None:
        return
    newer = conversation.messages.filter(direction=Message.Direction.INBOUND, pk__gt=since_message_id)
    if newer.exists():
        raise CustomerHasWritten
