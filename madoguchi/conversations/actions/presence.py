"""Who has a thread open right now, so that two people do not answer the same customer."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from madoguchi import live
from madoguchi.conversations import access
from madoguchi.conversations.models import Conversation, Presence
from madoguchi.conversations.tasks import show_writing
from madoguchi.kit.errors import NotFound
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission

RENEW_AFTER = dt.timedelta(seconds=10)
"""A page announces itself often; the row is only written when this has passed or something is different."""


@transaction.atomic
def announce_presence(*, conversation_id: int, staff: Staff, doing: Presence.Doing | None) -> None:
    """The page says that the thread is open, or being answered; None: it was left. Called every 15 seconds or so.

    Others hear of it only when something changes, so a typing agent costs one signal, not one for each key. Takes no
    lock on the conversation. Who may not answer here only looks, whatever the page says: the customer is shown who
    writes. Raises NotFound.
    """
    conversation = Conversation.objects.visible_to(staff).filter(pk=conversation_id).first()
    if conversation is None:
        raise NotFound
    if doing == Presence.Doing.ANSWERING and not access.is_allowed_at(
        conversation, staff, Permission.CONVERSATION_REPLY
    ):
        doing = Presence.Doing.VIEWING
    now = timezone.now()
    mine = Presence.objects.filter(conversation_id=conversation_id, staff=staff)
    before = mine.first()
    was = before.doing if before and before.seen_at > now - Presence.FRESH_FOR else None
    if doing is None:
        mine.delete()
    elif before is None or was != doing or before.seen_at <= now - RENEW_AFTER:
        Presence.objects.bulk_create(
            [Presence(conversation_id=conversation_id, staff=staff, doing=doing, seen_at=now)],
            update_conflicts=True,
            unique_fields=["conversation", "staff"],
            update_fields=["doing", "seen_at"],
        )
    if was != doing:
        live.publish({f"conversation-{conversation_id}"})
        if doing == Presence.Doing.ANSWERING:
            show_writing.defer(conversation_id=conversation_id)


def forget_stale(now: dt.datetime) -> int:
    """Remove rows that no longer count; how many. Called by the worker's housekeeping."""
    return Presence.objects.filter(seen_at__lt=now - Presence.FRESH_FOR).delete()[0]
