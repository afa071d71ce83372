"""Who takes part in a database of measuring size, and when each customer writes: the plan, before any message is made."""

from __future__ import annotations

import datetime as dt
import random
from array import array
from dataclasses import dataclass
from itertools import accumulate

DAYS = 730
DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Size:
    """All counts at ``scale`` 1 are those of the product's figures: 5 million messages, a million members."""

    members: int
    brands: int
    stores: int
    departments: int
    staff_per_store: int = 4
    headquarters: int = 100

    @classmethod
    def at(cls, scale: float) -> Size:
        few = min(1.0, scale * 20)  # at a twentieth, the organisation has its full size already
        return cls(
            members=max(20, round(1_000_000 * scale)),
            brands=max(3, round(80 * few)),
            stores=max(4, round(300 * few)),
            departments=3,
            headquarters=max(2, round(100 * few)),
        )

    @property
    def staff(self) -> int:
        return self.stores * self.staff_per_store + self.headquarters


class Plan:
    """For each conversation its place and brand; for all messages together, when each comes and to which thread."""

    def __init__(self, size: Size, rng: random.Random, anchor: dt.datetime) -> None:
        self.size = size
        self.began = anchor - dt.timedelta(days=DAYS)
        store_weights = list(accumulate(1 / (10 + rank) for rank in range(size.stores)))
        stores = rng.choices(range(1, size.stores + 1), cum_weights=store_weights, k=size.members)
        brand_weights = list(accumulate(1 / (5 + rank) for rank in range(size.brands)))
        self.brands = array("H", rng.choices(range(1, size.brands + 1), cum_weights=brand_weights, k=size.members))
        self.stores = array("H", (0 if rng.random() < 0.25 else store for store in stores))
        """0: at a department, because nobody has routed it."""
        self.departments = array("H", (1 + pk % size.departments for pk in range(size.members)))
        self.moments = _moments(size, rng)
        """Sorted: seconds since ``began``, times 2**32, plus the number of the conversation (from 0)."""

    def place(self, number: int) -> tuple[int | None, int | None]:
        """Store or department of a conversation."""
        store = self.stores[number]
        return (store, None) if store else (None, self.departments[number])

    def holder(self, number: int, exchange: int) -> int:
        """Somebody of the store, or of headquarters; another one from one exchange to the next."""
        store = self.stores[number]
        if store:
            return (store - 1) * self.size.staff_per_store + 1 + exchange % self.size.staff_per_store
        return self.size.stores * self.size.staff_per_store + 1 + (number + exchange) % self.size.headquarters


def _moments(size: Size, rng: random.Random) -> list[int]:
    """Five messages for each conversation on average: most have a few, some dozens, two in ten thousand many hundreds."""
    moments = array("Q")
    for number in range(size.members):
        left = _message_count(rng)
        while left > 0:
            second = int(rng.random() * DAYS * DAY_SECONDS * 0.9999)
            for _ in range(min(left, rng.randint(2, 6))):
                moments.append(second << 32 | number)
                second = min(second + rng.randint(20, 900), DAYS * DAY_SECONDS - 1)
                left -= 1
    return sorted(moments)


def _message_count(rng: random.Random) -> int:
    draw = rng.random()
    if draw < 0.55:
        return rng.randint(1, 3)
    if draw < 0.87:
        return rng.randint(4, 8)
    if draw < 0.984:
        return rng.randint(9, 17)
    if draw < 0.9998:
        return rng.randint(18, 50)
    return rng.randint(300, 1500)
