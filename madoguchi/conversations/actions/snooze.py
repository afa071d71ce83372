"""Putting a conversation aside until a time. A new message from the customer brings it back at once (``receive``)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from madoguchi import live
from madoguchi.conversations import access
from madoguchi.conversations.actions.close import refuse_if_customer_has_written
from madoguchi.conversations.errors import AlreadyClosed, BadSnooze
from madoguchi.conversations.journal import write_line
from madoguchi.conversations.models import Conversation
from madoguchi.conversations.system import SystemEvent
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission

LONGEST = dt.timedelta(days=90)
_BATCH = 200


@transaction.atomic
def snooze(
    *, conversation_id: int, staff: Staff, until: dt.datetime, expected_last_message_id: int | None = None
) -> Conversation:
    """``until`` is aware, in the future, at most 90 days away. Holder and waiting time stay as they are.

    ``expected_last_message_id`` as for ``close``. Raises NotFound, NotAllowed, HeldByOther, AlreadyClosed, BadSnooze,
    CustomerHasWritten.
    """
    conversation = access.lock(conversation_id, staff)
    access.require_at(conversation, staff, Permission.CONVERSATION_REPLY)
    if conversation.state == Conversation.State.CLOSED:
        raise AlreadyClosed
    access.require_free(conversation, staff)
    now = timezone.now()
    if not now < until <= now + LONGEST:
        raise BadSnooze(now + LONGEST)
    refuse_if_customer_has_written(conversation, expected_last_message_id)

    conversation.state = Conversation.State.SNOOZED
    conversation.snoozed_until = until
    conversation.attention_at = None
    conversation.changed_at = now
    conversation.save()
    write_line(conversation, SystemEvent.SNOOZED, at=now, by=staff, until=until.isoformat())
    live.publish(conversation.topics)
    return conversation


@transaction.atomic
def wake_due(now: dt.datetime) -> int:
    """Bring back what is due, at most 200 at a time; how many. Called by the worker's housekeeping until it returns 0.

    From that moment it is our turn again: the conversation waits since the time it was put aside for.
    """
    due = Conversation.objects.filter(state=Conversation.State.SNOOZED, snoozed_until__lte=now)
    rows = list(due.order_by("pk").select_for_update(of=("self",), skip_locked=True)[:_BATCH])
    topics: set[str] = set()
    for conversation in rows:
        conversation.waiting_since = conversation.waiting_since or conversation.snoozed_until
        conversation.wake()
        conversation.ask_router(now)
        conversation.changed_at = now
        conversation.save()
        write_line(conversation, SystemEvent.WOKEN, at=now)
        topics |= conversation.topics
    if topics:
        live.publish(topics)
    return len(rows)
