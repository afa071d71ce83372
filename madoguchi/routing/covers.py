"""What colleagues did for somebody who was away, and the end of it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from django.db import transaction
from django.db.models import Count, F

from madoguchi.alerts.subjects import Subject
from madoguchi.conversations.capacity import open_held
from madoguchi.conversations.journal import current_exchange
from madoguchi.conversations.models import Conversation, Mention, Message
from madoguchi.conversations.system import SystemEvent
from madoguchi.duty.models import Seat
from madoguchi.duty.schedule import Schedule
from madoguchi.kit import bulk
from madoguchi.routing.alerts import Told, tell
from madoguchi.routing.models import Cover

_BATCH = 200


def look_at_covers(now: dt.datetime) -> None:
    """The router looks again at what can be given back; of what was closed meanwhile the owner is told."""
    owners = set(Cover.objects.filter(ended_at=None).values_list("owner", flat=True))
    if not owners:
        return
    schedule = Schedule.load(now, staff_ids=owners, places=())
    held, seats = open_held(owners), Seat.objects.in_bulk(owners)
    back = [
        pk
        for pk in owners
        if schedule.is_on_duty(pk) and held.get(pk, 0) < (seats[pk].capacity if pk in seats else Seat.CAPACITY)
    ]
    if back:
        bulk.execute(_LOOK_AT_COVERED, [now, back, now])
    while _tell_of_closed(now):
        pass


def done_meanwhile(cover_ids: Collection[int | None]) -> dict[int, str]:
    """Who has sent how many answers for the owner, by cover; nobody: it is not in it."""
    answers = Message.objects.filter(
        conversation__covers__in=[pk for pk in cover_ids if pk],
        direction=Message.Direction.OUTBOUND,
        author__isnull=False,
        occurred_at__gte=F("conversation__covers__since"),
    ).exclude(author=F("conversation__covers__owner"))
    done: dict[int, list[str]] = defaultdict(list)
    if cover_ids:
        counted = answers.order_by().values_list("conversation__covers", "author__display_name").annotate(Count("pk"))
        for cover_id, name, count in counted.order_by("conversation__covers", "author__display_name"):
            done[cover_id].append(f"{name} × {count}")
    return {pk: " · ".join(people) for pk, people in done.items()}


@transaction.atomic
def _tell_of_closed(now: dt.datetime) -> bool:
    """A closed exchange stays closed: the owner finds a line that mentions them. Whether there may be more."""
    running = Cover.objects.filter(ended_at=None, conversation__state=Conversation.State.CLOSED)
    ids = list(running.order_by("conversation").values_list("conversation", flat=True)[:_BATCH])
    closed = Conversation.objects.filter(pk__in=ids, state=Conversation.State.CLOSED)
    locked = list(closed.order_by("pk").select_for_update(of=("self",), skip_locked=True))
    covers = {cover.conversation_id: cover for cover in running.filter(conversation__in=locked).select_related("owner")}
    done = done_meanwhile([cover.pk for cover in covers.values()])
    told = []
    for conversation in locked:
        if (cover := covers.get(conversation.pk)) is None:
            continue
        cover.ended_at = now
        cover.save(update_fields=["ended_at"])
        exchange = current_exchange(conversation)
        if exchange.closed_by_id == cover.owner_id:
            continue
        line = Message.objects.create(
            conversation=conversation,
            exchange=exchange,
            direction=Message.Direction.SYSTEM,
            kind=Message.Kind.EVENT,
            details={
                "event": SystemEvent.COVER_CLOSED,
                "by": exchange.closed_by.display_name if exchange.closed_by else "",
                "to": cover.owner.display_name,
                "outcome": exchange.outcome,
                "done": done.get(cover.pk, "0"),
            },
            occurred_at=now,
            created_at=now,
            changed_at=now,
        )
        Mention.objects.create(message=line, conversation=conversation, staff=cover.owner, at=now)
        told.append(Told(cover.owner_id, conversation.pk, Subject.RETURNED))
    tell(told)
    return len(ids) == _BATCH and bool(locked)


_LOOK_AT_COVERED = """
UPDATE conversations_conversation SET attention_at = %s
WHERE id IN (
  SELECT c.id FROM routing_cover v JOIN conversations_conversation c ON c.id = v.conversation_id
  WHERE v.ended_at IS NULL AND v.owner_id = ANY (%b::bigint[])
    AND c.state = 'open' AND c.holder_id IS DISTINCT FROM v.owner_id
    AND (c.attention_at IS NULL OR v.reason <> 'silent' AND c.attention_at > %s + interval '1 minute')
  FOR UPDATE OF c SKIP LOCKED)
"""
"""Of somebody who was silent, what waits for calm has its own timer. What is locked is left to the next sweep."""
