from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import models
from django.db.models import Prefetch, Q, prefetch_related_objects
from django.utils import timezone

from madoguchi.channels.models import Media, OutboundMessage
from madoguchi.conversations.models import Conversation, Exchange, Mention, Message, Presence
from madoguchi.conversations.queries.columns import BESIDE_MESSAGE
from madoguchi.conversations.queries.queue import Position
from madoguchi.conversations.quotes import quoted_ours
from madoguchi.organization.models import Staff

PAGE = 50
OVERLAP = dt.timedelta(seconds=5)
"""A row may be committed a little after the time written in it; a page asks for that much again."""


@dataclass(frozen=True, slots=True)
class ThreadPage:
    messages: Sequence[Message]
    """Oldest first, with author, brand, media and outbound loaded, and of notes the mentions."""
    quoted: Mapping[str, Message]
    """By the provider's id: what the messages answer, as far as we have it."""
    before: str
    """Token of the page before this one; empty: the thread begins here."""
    read_at: dt.datetime
    """Ask ``changes`` from here next time."""

    @property
    def last_message_id(self) -> int:
        """For ``expected_last_message_id``; 0 when there is none."""
        return max((message.pk for message in self.messages), default=0)


def thread(conversation: Conversation, *, before: str = "", limit: int = PAGE) -> ThreadPage:
    """The latest messages, or those before a page, in at most three statements. The caller has found the conversation."""
    read_at = timezone.now()
    rows = conversation.messages.order_by("-occurred_at", "-pk")
    if before:
        end = Position.read(before)
        rows = rows.filter(Q(occurred_at__lte=end.at) & (Q(occurred_at__lt=end.at) | Q(pk__lt=end.pk)))
    found = _loaded(rows[: limit + 1])
    page = found[:limit]
    earlier = Position(page[-1].occurred_at, page[-1].pk).token if len(found) > limit else ""
    return ThreadPage(page[::-1], _quoted(conversation, page), earlier, read_at)


def changes(conversation: Conversation, *, since: dt.datetime) -> ThreadPage:
    """Everything new or different since then, some of it perhaps again. No limit, so that no hole is left.

    What became of a message on its way out, and of its file, is known to the channels only, which cannot touch the message.
    """
    read_at = timezone.now()
    beside = {"thread": conversation.pk, "changed_at__gte": since - OVERLAP}
    rows = conversation.messages.filter(
        Q(changed_at__gte=since - OVERLAP)
        | Q(outbound__in=list(OutboundMessage.objects.filter(**beside).values_list("pk", flat=True)))
        | Q(media__in=list(Media.objects.filter(**beside).values_list("pk", flat=True)))
    ).order_by("occurred_at", "pk")
    page = _loaded(rows)
    return ThreadPage(page, _quoted(conversation, page), "", read_at)


def _loaded(rows: models.QuerySet[Message]) -> list[Message]:
    """Only notes mention somebody, and most pages have none: then the mentions cost no statement."""
    messages = list(rows.select_related("author", "brand", "media", "outbound").defer(*BESIDE_MESSAGE))
    notes = [message for message in messages if message.direction == Message.Direction.NOTE]
    prefetch_related_objects(notes, Prefetch("mentions", Mention.objects.select_related("staff")))
    return messages


def _quoted(conversation: Conversation, messages: Sequence[Message]) -> dict[str, Message]:
    ids = {message.quoted_provider_message_id for message in messages} - {""}
    if not ids:
        return {}
    rows = conversation.messages.filter(provider_message_id__in=ids).select_related("author", "media")
    theirs = {row.provider_message_id or "": row for row in rows.defer("search", "author__password")}
    return theirs | quoted_ours(conversation, ids - theirs.keys())


def history(conversation: Conversation) -> list[Exchange]:
    """The exchanges of this thread, newest first."""
    return list(
        conversation.exchanges.select_related("brand", "store", "department", "closed_by", "first_reply_by").defer(
            "brand__icon"
        )
    )


def present(conversation: Conversation, *, besides: Staff) -> list[Presence]:
    """Who else is at the thread right now."""
    fresh = conversation.presences.filter(seen_at__gt=timezone.now() - Presence.FRESH_FOR)
    return list(fresh.exclude(staff=besides).select_related("staff").order_by("staff__display_name"))
