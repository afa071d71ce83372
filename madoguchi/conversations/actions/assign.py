from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from madoguchi import live
from madoguchi.alerts.subjects import Subject
from madoguchi.conversations import access
from madoguchi.conversations.actions.add_note import attach_note
from madoguchi.conversations.alerting import alert_about
from madoguchi.conversations.capacity import refuse_beyond_capacity
from madoguchi.conversations.errors import AlreadyClosed, CannotAnswerThere
from madoguchi.conversations.journal import Ownership, record_handover, refuse_if_moved, write_line
from madoguchi.conversations.models import Conversation, Handover
from madoguchi.conversations.system import SystemEvent
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission


@transaction.atomic
def assign(
    *, conversation_id: int, staff: Staff, to: Staff, note: str = "", expected: Ownership | None = None
) -> Conversation:
    """Somebody who distributes the work makes ``to`` the holder. The place stays: ``to`` must be able to answer there.

    The note is kept with the assignment and appears in the thread. ``expected`` is what the person saw; of two at once
    the second gets MovedMeanwhile. Also raises NotFound, NotAllowed, AlreadyClosed, CannotAnswerThere, and
    AtCapacity unless one assigns it to oneself.
    """
    conversation = access.lock(conversation_id, staff)
    access.require_at(conversation, staff, Permission.CONVERSATION_ASSIGN)
    if conversation.state == Conversation.State.CLOSED:
        raise AlreadyClosed
    refuse_if_moved(conversation, expected)
    if not access.is_allowed_at(conversation, to, Permission.CONVERSATION_REPLY):
        raise CannotAnswerThere(to)
    if conversation.holder_id == to.pk:
        return conversation
    if to != staff:
        refuse_beyond_capacity(to)

    before, topics, now = Ownership.of(conversation), conversation.topics, timezone.now()
    conversation.holder = to
    conversation.wake()
    conversation.ask_router(now)
    conversation.changed_at = now
    conversation.save()
    record_handover(conversation, Handover.Kind.ASSIGNED, before=before, by=staff, at=now, note=note.strip())
    write_line(conversation, SystemEvent.ASSIGNED, at=now, by=staff, to=to.display_name)
    attach_note(conversation, staff, note, at=now)
    alert_about(conversation, Subject.ASSIGNED, {to.pk} - {staff.pk})
    live.publish(topics | conversation.topics)
    return conversation
