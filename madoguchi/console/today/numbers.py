"""A person's day in numbers, since midnight on the clock of where they work."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from statistics import median

from django.utils import timezone

from madoguchi.bindings.models import Binding
from madoguchi.conversations.models import Conversation, Exchange, Message
from madoguchi.organization.models import Staff


@dataclass(frozen=True, slots=True)
class Numbers:
    helped: int
    """Customers they wrote to; those whose conversation they have handed on are not counted."""
    first_reply_seconds: float | None
    """Median over the exchanges in which they answered first; None: none yet."""
    new_customers: int
    customers: int
    """Bound to them now."""


def of(staff: Staff, *, now: dt.datetime) -> Numbers:
    midnight = start_of_day(staff, now)
    theirs = Conversation.objects.filter(holder=staff, last_message_at__gte=midnight)
    answers = Message.objects.filter(
        conversation__in=theirs, author=staff, direction=Message.Direction.OUTBOUND, occurred_at__gte=midnight
    )
    replies = Exchange.objects.filter(
        conversation__in=theirs, first_reply_by=staff, first_reply_at__gte=midnight, first_inbound_at__isnull=False
    ).values_list("first_inbound_at", "first_reply_at")
    seconds = [(replied - asked).total_seconds() for asked, replied in replies if asked and replied]
    own = Binding.objects.filter(staff=staff).current()
    return Numbers(
        helped=answers.values("conversation").distinct().count(),
        first_reply_seconds=median(seconds) if seconds else None,
        new_customers=own.filter(started_at__gte=midnight).values("member").distinct().count(),
        customers=own.values("member").distinct().count(),
    )


def start_of_day(staff: Staff, now: dt.datetime) -> dt.datetime:
    zone = zoneinfo.ZoneInfo(staff.time_zone) if staff.time_zone else timezone.get_default_timezone()
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
