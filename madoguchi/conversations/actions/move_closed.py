from __future__ import annotations

from django.db import transaction

from madoguchi import live
from madoguchi.conversations.models import Conversation


@transaction.atomic
def move_closed(*, conversation_id: int, store_id: int | None, department_id: int | None) -> bool:
    """A thread that nobody is busy with goes to whoever looks after the customer from now on, so that they see it.

    What is open or put aside stays where it is answered. True when it moved.
    """
    conversation = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation_id)
    there = (store_id, department_id)
    if conversation.state != Conversation.State.CLOSED or there == (conversation.store_id, conversation.department_id):
        return False
    topics = conversation.topics
    conversation.store_id, conversation.department_id = there
    conversation.save(update_fields=["store", "department"])
    live.publish(topics | conversation.topics)
    return True
