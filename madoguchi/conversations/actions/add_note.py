from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from madoguchi import live
from madoguchi.alerts.subjects import Subject
from madoguchi.conversations import access
from madoguchi.conversations.alerting import alert_about
from madoguchi.conversations.errors import CannotRead, EmptyNote, NoteTooLong, TooManyMentions
from madoguchi.conversations.journal import current_exchange, refuse_another_key
from madoguchi.conversations.models import Conversation, Mention, Message
from madoguchi.conversations.terms import search_terms
from madoguchi.kit.errors import NotAllowed
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission

LENGTH_MAX = 5_000
MENTIONS_MAX = 20


@transaction.atomic
def add_note(
    *, conversation_id: int, staff: Staff, client_key: UUID, text: str, mentioned: Sequence[Staff] = ()
) -> Message:
    """A line that only staff see. Whoever is mentioned may from then on read the thread and write notes in it.

    The same ``client_key`` again returns the first note. Who may is said by ``access.may_note``. Raises NotFound,
    NotAllowed, EmptyNote, NoteTooLong, TooManyMentions, CannotRead, KeyUsedElsewhere.
    """
    conversation = access.lock(conversation_id, staff)
    if not access.may_note(conversation, staff):
        raise NotAllowed
    if before := Message.objects.filter(client_key=client_key).first():
        refuse_another_key(before, conversation, staff, Message.Direction.NOTE, text)
        return before
    if not text.strip():
        raise EmptyNote
    if len(text) > LENGTH_MAX:
        raise NoteTooLong(LENGTH_MAX)
    if len(mentioned) > MENTIONS_MAX:
        raise TooManyMentions(MENTIONS_MAX)
    for person in mentioned:
        if not person.may(Permission.CONVERSATION_READ):
            raise CannotRead(person)

    now = timezone.now()
    note = _write(conversation, staff, text.strip(), at=now, client_key=client_key)
    Mention.objects.bulk_create(
        Mention(message=note, conversation=conversation, staff=person, at=now) for person in {*mentioned}
    )
    conversation.changed_at = now
    conversation.save(update_fields=["changed_at"])
    alert_about(conversation, Subject.MENTIONED, {person.pk for person in mentioned} - {staff.pk})
    live.publish(conversation.topics | {f"staff-{person.pk}" for person in mentioned})
    return note


def attach_note(conversation: Conversation, author: Staff, text: str, *, at: dt.datetime) -> None:
    """The words that go with an assignment or a handover; nothing when there are none. The caller holds the lock."""
    if len(text) > LENGTH_MAX:
        raise NoteTooLong(LENGTH_MAX)
    if text.strip():
        _write(conversation, author, text.strip(), at=at)


def _write(
    conversation: Conversation, author: Staff, text: str, *, at: dt.datetime, client_key: UUID | None = None
) -> Message:
    return Message.objects.create(
        conversation=conversation,
        exchange=current_exchange(conversation),
        direction=Message.Direction.NOTE,
        kind=Message.Kind.TEXT,
        text=text,
        author=author,
        client_key=client_key,
        occurred_at=at,
        created_at=at,
        changed_at=at,
        search=search_terms(text, at),
    )
