"""What happened elsewhere, told to staff in a thread's quiet lines: nobody at the desk did it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from madoguchi import live
from madoguchi.conversations.journal import write_line
from madoguchi.conversations.models import Conversation, Message
from madoguchi.conversations.system import SystemEvent
from madoguchi.organization.models import Staff


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    conversation_id: int
    event: SystemEvent
    key: UUID
    """Of this line: the same one again is written once."""
    by: Staff | None = None
    names: dict[str, str] = field(default_factory=dict)
    """What fills the event's sentence."""


@transaction.atomic
def tell(lines: Sequence[Line], *, now: dt.datetime | None = None) -> list[Message]:
    """Write these lines. Neither the queue nor anybody's work changes by them."""
    rows = Conversation.objects.filter(pk__in={line.conversation_id for line in lines})
    locked = {row.pk: row for row in rows.order_by("pk").select_for_update(of=("self",))}
    told_before = set(
        Message.objects.filter(client_key__in=[line.key for line in lines]).values_list("client_key", flat=True)
    )
    now = now or timezone.now()
    written = []
    for line in lines:
        conversation = locked.get(line.conversation_id)
        if conversation is not None and line.key not in told_before:
            written.append(
                write_line(conversation, line.event, at=now, by=line.by, key=line.key, **line.names),
            )
    live.publish({f"conversation-{message.conversation_id}" for message in written})
    return written
