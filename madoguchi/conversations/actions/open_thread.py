from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from madoguchi import live
from madoguchi.conversations import access
from madoguchi.conversations.models import Conversation
from madoguchi.conversations.tasks import mark_as_read
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission


@transaction.atomic
def open_thread(*, conversation_id: int, staff: Staff) -> Conversation:
    """The person looks at the thread: their mentions in it are seen.

    It counts as read when the person answers it: the holder, or anybody who may answer while nobody holds it. A manager
    who looks in does not take the mark away from the store. Raises NotFound.
    """
    conversation = access.lock(conversation_id, staff)
    unseen = conversation.mentions.filter(staff=staff, seen_at=None)
    topics: set[str] = set()
    if unseen.update(seen_at=timezone.now()):
        topics.add(f"staff-{staff.pk}")
    if conversation.unread and _answers(conversation, staff):
        conversation.unread = 0
        conversation.save(update_fields=["unread"])
        topics |= conversation.topics
        mark_as_read.defer(conversation_id=conversation.pk)
    if topics:
        live.publish(topics)
    return conversation


def _answers(conversation: Conversation, staff: Staff) -> bool:
    if conversation.holder_id is not None:
        return conversation.holder_id == staff.pk
    return access.is_allowed_at(conversation, staff, Permission.CONVERSATION_REPLY)
