"""Where a person may do something: the one rule behind every list, count, search, stream and file.

A reach is a union of places, each limited to some brands or not. It turns into a database condition for any row that
has a store, a department and a brand, and answers the same question for a single row in memory; a test holds the two
together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

if TYPE_CHECKING:
    from madoguchi.organization.models import Posting

NOTHING = Q(pk__in=[])


@dataclass(frozen=True, slots=True)
class Place:
    """One posting's part of a reach. All ids None: the whole company. ``brands`` None: every brand."""

    market_id: int | None = None
    store_id: int | None = None
    department_id: int | None = None
    brands: frozenset[int] | None = None
    market_stores: frozenset[int] = frozenset()
    market_departments: frozenset[int] = frozenset()

    @property
    def is_whole_company(self) -> bool:
        return self.market_id is None and self.store_id is None and self.department_id is None

    def covers(self, store_id: int | None, department_id: int | None, brand_id: int | None) -> bool:
        if self.brands is not None and brand_id is not None and brand_id not in self.brands:
            return False
        if self.is_whole_company:
            return True
        if self.store_id is not None:
            return store_id == self.store_id
        if self.department_id is not None:
            return department_id == self.department_id
        return store_id in self.market_stores or department_id in self.market_departments

    def contains(self, other: Place) -> bool:
        """True when nothing that ``other`` covers lies outside: who gives a right away must hold it all."""
        if self.brands is not None and (other.brands is None or not other.brands <= self.brands):
            return False
        if self.is_whole_company:
            return True
        if other.is_whole_company:
            return False
        if self.market_id is not None:
            return (
                other.market_id == self.market_id
                or other.store_id in self.market_stores
                or other.department_id in self.market_departments
            )
        return (self.store_id, self.department_id) == (other.store_id, other.department_id)


@dataclass(frozen=True, slots=True)
class Reach:
    places: tuple[Place, ...]

    @classmethod
    def nowhere(cls) -> Reach:
        return cls(())

    @classmethod
    def everywhere(cls) -> Reach:
        return cls((Place(),))

    @classmethod
    def of(cls, postings: Iterable[Posting]) -> Reach:
        return cls(tuple(place_of(posting) for posting in postings))

    def __bool__(self) -> bool:
        return bool(self.places)

    @property
    def is_everything(self) -> bool:
        return any(place.is_whole_company and place.brands is None for place in self.places)

    @property
    def store_ids(self) -> frozenset[int]:
        return frozenset().union(*({p.store_id} if p.store_id else p.market_stores for p in self.places))

    @property
    def department_ids(self) -> frozenset[int]:
        return frozenset().union(*({p.department_id} if p.department_id else p.market_departments for p in self.places))

    def covers(
        self, *, store_id: int | None = None, department_id: int | None = None, brand_id: int | None = None
    ) -> bool:
        """A row without a brand is covered by every brand limit: nobody has claimed it for a brand yet."""
        return any(place.covers(store_id, department_id, brand_id) for place in self.places)

    def contains(self, place: Place) -> bool:
        """True when one posting alone gives the permission everywhere at ``place``."""
        return any(own.contains(place) for own in self.places)

    def condition(self, prefix: str = "") -> Q:
        """The same as ``covers``, for rows with ``store``, ``department`` and ``brand`` (below ``prefix``)."""
        if self.is_everything:
            return Q()
        condition = NOTHING
        plain_stores = {p.store_id for p in self.places if p.store_id and p.brands is None}
        plain_departments = {p.department_id for p in self.places if p.department_id and p.brands is None}
        if plain_stores:
            condition |= Q(**{f"{prefix}store__in": sorted(plain_stores)})
        if plain_departments:
            condition |= Q(**{f"{prefix}department__in": sorted(plain_departments)})
        for place in self.places:
            if place.brands is None and (place.store_id or place.department_id):
                continue
            condition |= _place_condition(place, prefix)
        return condition


def _place_condition(place: Place, prefix: str) -> Q:
    where = Q()
    if place.store_id is not None:
        where = Q(**{f"{prefix}store": place.store_id})
    elif place.department_id is not None:
        where = Q(**{f"{prefix}department": place.department_id})
    elif place.market_id is not None:
        where = Q(**{f"{prefix}store__in": sorted(place.market_stores)}) | Q(
            **{f"{prefix}department__in": sorted(place.market_departments)}
        )
    if place.brands is not None:
        where &= Q(**{f"{prefix}brand__in": sorted(place.brands)}) | Q(**{f"{prefix}brand__isnull": True})
    return where


def place_of(posting: Posting) -> Place:
    """Of a posting from ``Posting.objects.with_places()``."""
    annotated = vars(posting)
    return Place(
        market_id=posting.market_id,
        store_id=posting.store_id,
        department_id=posting.department_id,
        brands=frozenset(annotated["brand_ids"]) or None,
        market_stores=frozenset(annotated["market_store_ids"]),
        market_departments=frozenset(annotated["market_department_ids"]),
    )
