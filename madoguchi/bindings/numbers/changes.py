"""Bindings that began or ended in the period, beside those of the period before."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TypeVar

from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate

from madoguchi.bindings.models import Binding, BindingQuerySet, Way
from madoguchi.bindings.numbers.figures import Compared, Day
from madoguchi.bindings.numbers.scope import Scope

Word = TypeVar("Word", Way, Binding.End)
ByDay = dict[tuple[dt.date, Way], Compared]


def begun_by_day(scope: Scope) -> ByDay:
    """By the day and the way; a day of the period before counts as ``before``."""
    rows = _begun(scope).annotate(day=TruncDate("started_at")).values_list("day", "way").annotate(n=Count("pk"))
    return {
        (day, Way(way)): Compared(n, 0) if day >= scope.since else Compared(0, n) for day, way, n in rows.order_by()
    }


def days(scope: Scope, by_day: ByDay) -> list[Day]:
    counts: Counter[dt.date] = Counter()
    for (day, _way), count in by_day.items():
        counts[day] += count.now + count.before
    length = dt.timedelta(days=scope.days)
    every = (scope.since + dt.timedelta(days=number) for number in range(scope.days))
    return [Day(day, counts[day], counts[day - length]) for day in every]


def by_way(by_day: ByDay) -> dict[Way, Compared]:
    found: dict[Way, Compared] = {}
    for (_day, way), count in by_day.items():
        found[way] = found.get(way, Compared()) + count
    return _ranked(found)


def begun_by_place(scope: Scope) -> tuple[dict[int | None, Compared], dict[int | None, Compared]]:
    """By store and by person. Without a person: the store's team."""
    is_now = Q(started_at__gte=scope.starts_at)
    rows = (
        _begun(scope)
        .values_list("store", "staff")
        .annotate(n=Count("pk", filter=is_now), b=Count("pk", filter=~is_now))
    )
    by_store: dict[int | None, Compared] = {}
    by_person: dict[int | None, Compared] = {}
    for store, person, now, before in rows.order_by():
        by_store[store] = by_store.get(store, Compared()) + Compared(now, before)
        by_person[person] = by_person.get(person, Compared()) + Compared(now, before)
    return by_store, by_person


def _begun(scope: Scope) -> BindingQuerySet:
    """A row that goes on for the same person because a part of its brands went to somebody else is not new."""
    went_on = Q(predecessor__isnull=False, predecessor__staff=F("staff"), predecessor__way=F("way"))
    rows = scope.bindings().filter(~went_on)
    return rows.filter(started_at__gte=scope.before().starts_at, started_at__lt=scope.ends_at)


def ended(scope: Scope) -> dict[Binding.End, Compared]:
    is_now = Q(ended_at__gte=scope.starts_at)
    rows = scope.bindings().filter(ended_at__gte=scope.before().starts_at, ended_at__lt=scope.ends_at)
    counted = rows.values_list("end").annotate(n=Count("pk", filter=is_now), b=Count("pk", filter=~is_now)).order_by()
    return _ranked({Binding.End(end): Compared(now, before) for end, now, before in counted})


def _ranked(counts: dict[Word, Compared]) -> dict[Word, Compared]:
    kept = {word: count for word, count in counts.items() if count.now or count.before}
    return dict(sorted(kept.items(), key=lambda row: (-row[1].now, -row[1].before, str(row[0]))))
