from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from madoguchi import live
from madoguchi.conversations import access
from madoguchi.conversations.errors import AlreadyClosed, TakenMeanwhile
from madoguchi.conversations.journal import Ownership, record_handover, write_line
from madoguchi.conversations.models import Conversation, Handover
from madoguchi.conversations.system import SystemEvent
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission


@transaction.atomic
def take_over(*, conversation_id: int, staff: Staff, expected_holder_id: int | None) -> Conversation:
    """The person becomes the holder; a conversation put aside comes back to the queue.

    ``expected_holder_id`` is whom the person saw as the holder: of two who take over at once one wins, the other gets
    TakenMeanwhile, which names the winner. Taking what one holds already changes nothing. Also raises NotFound,
    NotAllowed, AlreadyClosed.
    """
    conversation = access.lock(conversation_id, staff)
    access.require_at(conversation, staff, Permission.CONVERSATION_REPLY)
    if conversation.state == Conversation.State.CLOSED:
        raise AlreadyClosed
    if conversation.holder_id == staff.pk:
        return conversation
    if conversation.holder_id != expected_holder_id:
        raise TakenMeanwhile(conversation.holder)
    if conversation.holder_id is not None:
        access.require_at(conversation, staff, Permission.CONVERSATION_TAKE_OVER)

    before, topics, now = Ownership.of(conversation), conversation.topics, timezone.now()
    conversation.holder = staff
    conversation.wake()
    conversation.ask_router(now)
    conversation.changed_at = now
    conversation.save()
    record_handover(conversation, Handover.Kind.TAKEN_OVER, before=before, by=staff, at=now)
    write_line(conversation, SystemEvent.TAKEN_OVER, at=now, by=staff)
    live.publish(topics | conversation.topics)
    return conversation
