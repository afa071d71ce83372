"""Bindings whose place or whose customer is gone: a store closed for good, a customer who has been silent for long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator

from django.db import transaction
from django.utils import timezone

from madoguchi.bindings import ledger
from madoguchi.bindings.holders import is_closed
from madoguchi.bindings.ledger import Target
from madoguchi.bindings.models import Binding, BindingQuerySet, Offer, Way
from madoguchi.bindings.policies import in_market, policy_of
from madoguchi.organization.models import Market, Store


def end_at_closed_stores(now: dt.datetime) -> int:
    """Whatever nobody has passed on to another store by the closing day ends; whoever answers for the account by default
    looks after these customers then. Returns how many ended."""
    closing = Store.objects.filter(closed_on__lte=timezone.localdate(now) + dt.timedelta(days=1)).select_related(
        "market"
    )
    closed = [store.pk for store in closing if is_closed(store, now)]
    rows = Binding.objects.current().filter(store__in=closed)
    return _each(rows.values_list("pk", "member"), lambda row: ledger.end(row, Binding.End.STORE_CLOSED, now))


def let_go(binding_ids: Iterable[int], now: dt.datetime) -> int:
    """These customers have been silent for as long as their market's rule says: to the store's pool. How many."""
    rows = Binding.objects.current().filter(pk__in=list(binding_ids), staff__isnull=False)
    return _each(rows.values_list("pk", "member"), lambda row: _to_pool(row, now))


def _to_pool(binding: Binding, now: dt.datetime) -> Binding:
    return ledger.pass_on(binding, to=Target.of(binding).pool, way=Way.RULE, end=Binding.End.INACTIVE, at=now)


def old_enough(now: dt.datetime) -> Iterator[tuple[BindingQuerySet, dt.datetime]]:
    """By market: bindings to a person that were made before the moment since which the market's rule wants a word or a
    tap, and whose customer is not being asked anything. Whether there was a word, conversations know."""
    for market in Market.objects.order_by("pk"):
        days = policy_of(market).inactive_days
        if days is None:
            continue
        since = now - dt.timedelta(days=days)
        rows = Binding.objects.current().filter(in_market(market), staff__isnull=False, started_at__lt=since)
        yield rows.exclude(offers__state__in=[Offer.State.PLANNED, Offer.State.OPEN]), since


def _each(rows: Iterable[tuple[int, int]], settle: Callable[[Binding], Binding]) -> int:
    """Each under the lock on its member, if it is still current then."""
    done = 0
    for pk, member_id in list(rows):
        with transaction.atomic():
            ledger.lock_members([member_id])
            binding = Binding.objects.current().filter(pk=pk).first()
            if binding is not None:
                settle(binding)
                done += 1
    return done
