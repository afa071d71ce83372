from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from madoguchi import live
from madoguchi.conversations.models import Conversation
from madoguchi.organization.models import Brand


@transaction.atomic
def choose_brand(*, conversation_id: int, brand: Brand) -> bool:
    """The customer says which brand they want to talk to; the router goes by it when they write.

    Whoever answers them at the moment goes on in the voice they have, and changes it by hand. True when it was set.
    """
    conversation = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation_id)
    is_answered = conversation.holder_id is not None and conversation.state != Conversation.State.CLOSED
    if is_answered or not brand.is_active:
        return False
    if conversation.brand_id != brand.pk:
        now = timezone.now()
        conversation.brand, conversation.changed_at = brand, now
        conversation.ask_router(now)
        conversation.save(update_fields=["brand", "changed_at", "attention_at"])
        live.publish(conversation.topics)
    return True
