"""What all reactions about a customer's thread have in common."""

from __future__ import annotations

import uuid
from uuid import UUID

from django.utils import translation

from madoguchi.bindings.models import Binding
from madoguchi.conversations.models import Conversation

_NAMESPACE = UUID("6d61646f-6775-6368-692d-726561637431")


def key(name: str, pk: int) -> UUID:
    """Of what is said about this row for this reason: a reaction that runs twice says it once."""
    return uuid.uuid5(_NAMESPACE, f"{name}/{pk}")


def conversation_of(binding: Binding) -> Conversation | None:
    """At the account where they were bound. None: no word has been exchanged there, not even a friendship."""
    return Conversation.objects.filter(member=binding.member_id, contact__account=binding.account_id).first()


def voice_of(binding: Binding) -> int | None:
    """Of the one brand that it is about; None: the conversation's."""
    return binding.brand_ids[0] if len(binding.brand_ids) == 1 and not binding.is_for_all_brands else None


def msgid(label: object) -> str:
    """The English words of a choice's label: quiet lines are translated when they are shown."""
    with translation.override(None):
        return str(label)
