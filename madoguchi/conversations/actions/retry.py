"""After a message was refused, or nobody knows what became of it, a person decides: send it again, or give it up."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from madoguchi import live
from madoguchi.channels import outbox
from madoguchi.channels.errors import NotWaiting
from madoguchi.channels.models import OutboundMessage
from madoguchi.conversations import access
from madoguchi.conversations.models import Conversation, Message
from madoguchi.conversations.terms import search_terms
from madoguchi.kit.errors import NotFound
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission

_State = OutboundMessage.State
_UNDECIDED = (_State.REFUSED, _State.UNKNOWN)


@transaction.atomic
def retry(*, conversation_id: int, staff: Staff, outbound_id: int) -> OutboundMessage:
    """Send the same bubbles once more, as a new request under a new key; they move to the end of the thread.

    Of two people at once one wins. Raises NotFound, NotAllowed, HeldByOther, NotWaiting.
    """
    conversation, former = _undecided(conversation_id, staff, outbound_id)
    now = timezone.now()
    if not _decide(former.pk, _UNDECIDED):
        raise NotWaiting
    again = OutboundMessage.objects.create(
        account_id=former.account_id,
        contact_id=former.contact_id,
        thread=former.thread,
        messages=former.messages,
        due_at=now,
    )
    at = max(now, conversation.last_message_at + dt.timedelta(milliseconds=1))
    messages = list(Message.objects.filter(outbound=former).order_by("pk"))
    for message in messages:
        message.outbound, message.occurred_at, message.changed_at = again, at, now
        message.search = search_terms(message.text, at)
    Message.objects.bulk_update(messages, ["outbound", "occurred_at", "changed_at", "search"])
    conversation.show_last(messages[-1], now)
    conversation.save()
    live.publish(conversation.topics)
    outbox.wake()
    return again


@transaction.atomic
def discard(*, conversation_id: int, staff: Staff, outbound_id: int) -> OutboundMessage:
    """Give it up: it stays in the thread, marked as not sent. What still waits for its turn can be given up as well.

    Raises NotFound, NotAllowed, HeldByOther, NotWaiting (it is under way or accepted).
    """
    conversation, outbound = _undecided(conversation_id, staff, outbound_id)
    if not _decide(outbound.pk, (*_UNDECIDED, _State.QUEUED)):
        raise NotWaiting
    Message.objects.filter(outbound=outbound).update(changed_at=timezone.now())
    live.publish(conversation.topics)
    outbox.wake()  # the next one of the thread may go now
    outbound.refresh_from_db()
    return outbound


def _undecided(conversation_id: int, staff: Staff, outbound_id: int) -> tuple[Conversation, OutboundMessage]:
    conversation = access.lock(conversation_id, staff)
    access.require_at(conversation, staff, Permission.CONVERSATION_REPLY)
    access.require_free(conversation, staff)
    outbound = OutboundMessage.objects.filter(pk=outbound_id, thread=conversation.pk).first()
    if outbound is None:
        raise NotFound
    return conversation, outbound


def _decide(outbound_id: int, states: tuple[OutboundMessage.State, ...]) -> bool:
    """Conditional, because the sender changes rows without the conversation's lock."""
    now = timezone.now()
    rows = OutboundMessage.objects.filter(pk=outbound_id, state__in=states)
    return bool(rows.update(state=_State.DISCARDED, settled_at=now, changed_at=now))
