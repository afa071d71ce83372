"""Answers that LINE refused, or of which nobody knows whether they arrived, and that nobody has looked after since.

An answer ends the customer's waiting when it is written, so what became of it must show in the queues by itself. It does
until somebody sends it again, gives it up, or writes another answer after the failure could be seen.
"""

from __future__ import annotations

from django.db.models import Exists, Min, OuterRef, QuerySet, Subquery

from madoguchi.channels.models import OutboundMessage

_State = OutboundMessage.State


def unsent() -> QuerySet[OutboundMessage]:
    """In the whole company; read from the partial index ``outbox_trouble``."""
    answered_since = OutboundMessage.objects.filter(
        thread=OuterRef("thread"),
        created_at__gt=OuterRef("settled_at"),
        state__in=(_State.QUEUED, _State.SENDING, _State.ACCEPTED),
    )
    return OutboundMessage.objects.filter(~Exists(answered_since), state__in=(_State.REFUSED, _State.UNKNOWN))


def what_happened() -> Subquery:
    """For a row of conversations: ``refused``, else ``unknown``, else null.

    The smallest, and not the newest by an ORDER BY … LIMIT 1: that would tempt the planner through the whole outbox.
    """
    theirs = unsent().filter(thread=OuterRef("pk")).order_by()
    return Subquery(theirs.values("thread").annotate(worst=Min("state")).values("worst"))
