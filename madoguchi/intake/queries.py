"""How the entrance is doing, for the console."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Min, QuerySet, Sum
from django.utils import timezone

from madoguchi.intake.models import RawEvent, Rejection

State = RawEvent.State


@dataclass(frozen=True, slots=True)
class IntakeHealth:
    waiting: int
    oldest_waiting_at: dt.datetime | None
    parked: int
    kept: dict[str, int]
    """Events of which nothing follows, by LINE's name for them."""
    rejected: dict[Rejection.Reason, int]
    """Refused requests of the last seven days."""


def health(now: dt.datetime | None = None) -> IntakeHealth:
    """Four queries, each by a partial index."""
    week_ago = timezone.localdate(now) - dt.timedelta(days=6)
    waiting = RawEvent.objects.filter(state=State.NEW).aggregate(count=Count("pk"), oldest=Min("received_at"))
    kept = (
        RawEvent.objects.filter(state=State.KEPT).values_list("kind").annotate(events=Count("pk")).order_by("-events")
    )
    rejected = Rejection.objects.filter(day__gte=week_ago).values_list("reason").annotate(Sum("count"))
    return IntakeHealth(
        waiting=waiting["count"],
        oldest_waiting_at=waiting["oldest"],
        parked=RawEvent.objects.filter(state=State.PARKED).count(),
        kept=dict(kept),
        rejected={Rejection.Reason(reason): count for reason, count in rejected.order_by("reason")},
    )


@dataclass(frozen=True, slots=True)
class Kept:
    kind: str
    reason: str
    count: int


def kept_by_reason(limit: int = 100) -> list[Kept]:
    """Why nothing followed from events, the most frequent first."""
    rows = RawEvent.objects.filter(state=State.KEPT).values_list("kind", "note").annotate(events=Count("pk"))
    return [Kept(*row) for row in rows.order_by("-events", "kind", "note")[:limit]]


def odd_events(state: RawEvent.State) -> QuerySet[RawEvent]:
    """Parked or kept events, newest first, with their accounts."""
    return RawEvent.objects.filter(state=state).select_related("account").order_by("-pk")
