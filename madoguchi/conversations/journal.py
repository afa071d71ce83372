"""What an action leaves behind: a quiet line in the thread, and a row that says who had the conversation before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from madoguchi.conversations.errors import KeyUsedElsewhere, MovedMeanwhile
from madoguchi.conversations.models import Conversation, Exchange, Handover, Message
from madoguchi.conversations.system import SystemEvent
from madoguchi.kit.errors import Invalid
from madoguchi.organization.models import Staff


@dataclass(frozen=True, slots=True)
class Ownership:
    """Where a conversation stands and who answers it, at one moment."""

    holder_id: int | None
    store_id: int | None
    department_id: int | None

    @classmethod
    def of(cls, conversation: Conversation) -> Self:
        return cls(conversation.holder_id, conversation.store_id, conversation.department_id)

    @classmethod
    def read(cls, token: str) -> Self:
        """From a form. Raises Invalid."""
        parts = token.split("-")
        if len(parts) != 3 or not all(part == "" or (part.isdecimal() and part.isascii()) for part in parts):
            raise Invalid
        return cls(*(int(part) if part else None for part in parts))

    @property
    def token(self) -> str:
        """For a form, so that an action can see whether the person decided on what is still true."""
        return "-".join(
            "" if part is None else str(part) for part in (self.holder_id, self.store_id, self.department_id)
        )


def refuse_if_moved(conversation: Conversation, expected: Ownership | None) -> None:
    """Raises MovedMeanwhile, which names who moved it. None: the caller expects nothing."""
    if expected is not None and Ownership.of(conversation) != expected:
        last = conversation.handovers.select_related("by").order_by("-at", "-pk").first()
        raise MovedMeanwhile(last.by if last else None)


def refuse_another_key(
    before: Message, conversation: Conversation, staff: Staff, direction: Message.Direction, text: str
) -> None:
    """Raises KeyUsedElsewhere unless ``before``, the first message under a form's key, is what is to be written now."""
    same = (before.conversation_id, before.author_id, before.direction, before.text)
    if same != (conversation.pk, staff.pk, direction, text.strip()):
        raise KeyUsedElsewhere


def current_exchange(conversation: Conversation) -> Exchange:
    """The running one, or the last one when it is closed."""
    return conversation.exchanges.get(number=conversation.exchange_number)


def place_name(conversation: Conversation) -> str:
    place = conversation.store or conversation.department
    return place.name if place else conversation.contact.account.name


def write_line(
    conversation: Conversation,
    event: SystemEvent,
    *,
    at: dt.datetime,
    by: Staff | None = None,
    key: UUID | None = None,
    **names: str,
) -> Message:
    """``names`` fill the event's sentence (conversations.system). The caller holds the lock; with a ``key``, the line can
    be written once only."""
    details = {"event": event.value, **({"by": by.display_name} if by else {}), **names}
    return Message.objects.create(
        conversation=conversation,
        exchange=current_exchange(conversation),
        direction=Message.Direction.SYSTEM,
        kind=Message.Kind.EVENT,
        details=details,
        author=by,
        client_key=key,
        occurred_at=at,
        created_at=at,
        changed_at=at,
    )


def record_handover(
    conversation: Conversation, kind: Handover.Kind, *, before: Ownership, by: Staff, at: dt.datetime, note: str = ""
) -> Handover:
    """From ``before`` to where the conversation is now."""
    return Handover.objects.create(
        conversation=conversation,
        exchange=current_exchange(conversation),
        kind=kind,
        by=by,
        from_holder_id=before.holder_id,
        from_store_id=before.store_id,
        from_department_id=before.department_id,
        to_holder_id=conversation.holder_id,
        to_store_id=conversation.store_id,
        to_department_id=conversation.department_id,
        note=note,
        at=at,
    )
