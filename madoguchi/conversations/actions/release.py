from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from madoguchi import live
from madoguchi.conversations import access
from madoguchi.conversations.errors import AlreadyClosed
from madoguchi.conversations.journal import Ownership, place_name, record_handover, write_line
from madoguchi.conversations.models import Conversation, Handover
from madoguchi.conversations.system import SystemEvent
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission


@transaction.atomic
def release(*, conversation_id: int, staff: Staff) -> Conversation:
    """Give it back to the store or department: anybody there may answer.

    The holder always may, even after their posting there has ended; others need the permission to assign. What nobody
    holds stays as it is. Raises NotFound, NotAllowed, AlreadyClosed.
    """
    conversation = access.lock(conversation_id, staff)
    if conversation.holder_id != staff.pk:
        access.require_at(conversation, staff, Permission.CONVERSATION_ASSIGN)
    if conversation.state == Conversation.State.CLOSED:
        raise AlreadyClosed
    if conversation.holder_id is None:
        return conversation

    before, topics, now = Ownership.of(conversation), conversation.topics, timezone.now()
    conversation.holder = None
    conversation.ask_router(now)
    conversation.changed_at = now
    conversation.save()
    record_handover(conversation, Handover.Kind.RELEASED, before=before, by=staff, at=now)
    write_line(conversation, SystemEvent.RELEASED, at=now, by=staff, to=place_name(conversation))
    live.publish(topics | conversation.topics)
    return conversation
