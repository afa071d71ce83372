from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from madoguchi import live
from madoguchi.conversations import access
from madoguchi.conversations.errors import BrandUnavailable
from madoguchi.conversations.journal import write_line
from madoguchi.conversations.models import Conversation
from madoguchi.conversations.system import SystemEvent
from madoguchi.organization.models import Brand, Staff
from madoguchi.organization.permissions import Permission


@transaction.atomic
def change_brand(*, conversation_id: int, staff: Staff, brand: Brand) -> Conversation:
    """From now on we speak as ``brand``. The person must be allowed to answer for the old and for the new one.

    Raises NotFound, NotAllowed, HeldByOther, BrandUnavailable.
    """
    conversation = access.lock(conversation_id, staff)
    access.require_at(conversation, staff, Permission.CONVERSATION_REPLY)
    access.require_free(conversation, staff)
    if not brand.is_active:
        raise BrandUnavailable
    if conversation.brand_id == brand.pk:
        return conversation
    conversation.brand = brand
    access.require_at(conversation, staff, Permission.CONVERSATION_REPLY)

    now = timezone.now()
    conversation.changed_at = now
    conversation.save()
    write_line(conversation, SystemEvent.BRAND_CHANGED, at=now, by=staff, to=brand.name)
    live.publish(conversation.topics)
    return conversation
