from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef

from madoguchi.bindings import closures
from madoguchi.conversations.models import Conversation, Message


def let_go_of_silent(now: dt.datetime) -> int:
    """Customers without a word or a tap for as long as their market's rule says go to their store's pool. How many.

    Nobody is told but the store: to write to somebody because they do not write would be a strange way to begin.
    """
    done = 0
    for bindings, since in closures.old_enough(now):
        wrote = Conversation.objects.filter(member=OuterRef("member"), contact__last_inbound_at__gte=since)
        tapped = Message.objects.filter(
            conversation__member=OuterRef("member"),
            direction=Message.Direction.INBOUND,
            kind=Message.Kind.POSTBACK,
            occurred_at__gte=since,
        )
        silent = bindings.exclude(Exists(wrote)).exclude(Exists(tapped)).order_by("pk")
        done += closures.let_go(list(silent.values_list("pk", flat=True)), now)
    return done
