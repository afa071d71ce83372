"""Stores as customers are told of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.organization.coordinates import Coordinates, distance
from madoguchi.organization.models import BrandPresence, Store

SHOWN = 12
"""In one answer; more are asked for by region."""
VISITED = (Store.Kind.COUNTER, Store.Kind.SHOP)
_SAME_PLACE_DIGITS = 4
"""Of degrees: about ten metres."""


@dataclass(frozen=True, slots=True)
class Site:
    """Stores under one roof: the counters that we have in one department store are one way to go."""

    at: Coordinates
    kilometres: float
    """From where the customer is."""
    stores: tuple[Store, ...]

    @property
    def name(self) -> str:
        return " · ".join(store.name for store in self.stores)

    @property
    def address(self) -> str:
        """What their addresses have in common: the house, without the floors."""
        addresses = [store.address for store in self.stores]
        same = [
            letters[0] for letters in takewhile(lambda letters: len(set(letters)) == 1, zip(*addresses, strict=False))
        ]
        common = "".join(same)
        return common if len(set(addresses)) == 1 else common.rpartition(" ")[0] or common

    @property
    def phone(self) -> str:
        """Each counter has its own."""
        return self.stores[0].phone if len(self.stores) == 1 else ""


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


def nearest(stores: Iterable[Store], to: Coordinates) -> list[Site]:
    """The nearest first; stores without coordinates are left out."""
    sites: defaultdict[tuple[float, float], list[Store]] = defaultdict(list)
    for store in stores:
        if at := store.coordinates:
            sites[round(at.latitude, _SAME_PLACE_DIGITS), round(at.longitude, _SAME_PLACE_DIGITS)].append(store)
    found = [
        Site(at, distance(to, at), tuple(there)) for there in sites.values() if (at := there[0].coordinates) is not None
    ]
    return sorted(found, key=lambda site: (site.kilometres, site.stores[0].name))


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
