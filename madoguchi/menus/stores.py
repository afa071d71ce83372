"""Stores as customers are told of them. We know their regions and addresses, not their coordinates: so no distances."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.organization.models import BrandPresence, Store

SHOWN = 12
"""In one answer; more are asked for by region."""
VISITED = (Store.Kind.COUNTER, Store.Kind.SHOP)


def open_stores(market_id: int, brand_id: int | None = None) -> QuerySet[Store]:
    """Where one can go today; those of a brand when one is named."""
    today = timezone.localdate()
    stores = Store.objects.filter(
        Q(opened_on=None) | Q(opened_on__lte=today),
        Q(closed_on=None) | Q(closed_on__gt=today),
        market=market_id,
        kind__in=VISITED,
    )
    if brand_id is not None:
        there = BrandPresence.objects.filter(Q(until=None) | Q(until__gte=today), brand=brand_id, since__lte=today)
        stores = stores.filter(pk__in=there.values("store"))
    return stores.order_by("region", "name")


def regions(stores: Iterable[Store]) -> dict[str, int]:
    """{region: number of stores}, by name."""
    return dict(sorted(Counter(store.region for store in stores).items()))


def region_in(address: str, stores: Iterable[Store]) -> str:
    """The region that an address names, in either spelling of 臺/台; empty when none is recognised."""
    plain = address.replace("臺", "台")
    named = (store.region for store in stores if store.region and store.region.replace("臺", "台") in plain)
    return max(named, key=len, default="")


def listed(stores: Iterable[Store]) -> str:
    """Name, address and telephone of each."""
    return "\n\n".join(_entry(store) for store in stores)


def _entry(store: Store) -> str:
    lines = [store.name, store.address, _("Tel. {phone}").format(phone=store.phone) if store.phone else ""]
    return "\n".join(line for line in lines if line)
