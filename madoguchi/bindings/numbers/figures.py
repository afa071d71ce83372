"""The numbers themselves, as pages and files show them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from madoguchi.bindings.models import Binding, Code, Way
from madoguchi.bindings.numbers.scope import Scope
from madoguchi.organization.models import Staff, Store


@dataclass(frozen=True, slots=True)
class Compared:
    """A count in the period and in the one before."""

    now: int = 0
    before: int = 0

    @property
    def change(self) -> float | None:
        """0.12: twelve hundredths more than before; None: there is nothing to compare with."""
        return None if self.before == 0 else self.now / self.before - 1

    def __add__(self, other: Compared) -> Compared:
        return Compared(self.now + other.now, self.before + other.before)


@dataclass(frozen=True, slots=True)
class Activity:
    """Customers with a current binding, each counted once, and how many of them wrote or tapped lately."""

    customers: int = 0
    active_30: int = 0
    active_90: int = 0

    @property
    def share_30(self) -> float | None:
        return self.active_30 / self.customers if self.customers else None

    @property
    def share_90(self) -> float | None:
        return self.active_90 / self.customers if self.customers else None


@dataclass(frozen=True, slots=True)
class Funnel:
    """From a scan to an answer. Each number counts only those that the number before it counts.

    A *visit* is one opening of a code's page (joined with what became of it by the visitor's token), or one code sent or
    typed in the chat. It belongs to the period in which it began; the later steps may have been taken at any time since.
    """

    scanned: int = 0
    """Visits."""
    friends: int = 0
    """… of somebody we know the address of, and who is a friend of the account, or was one."""
    bound: int = 0
    """… after which the person of the code looks after the customer: bound by it, bound to them already, or by the
    customer's word when they were asked."""
    exchanged: int = 0
    """… after which the customer began to write about something: an exchange whose first message of theirs is later."""
    replied: int = 0
    """… and such an exchange was answered by somebody of ours."""

    @property
    def steps(self) -> tuple[int, int, int, int, int]:
        return self.scanned, self.friends, self.bound, self.exchanged, self.replied


@dataclass(frozen=True, slots=True)
class Day:
    on: dt.date
    bindings: int
    before: int
    """On the day that stands at the same place in the period before."""


@dataclass(frozen=True, slots=True)
class Place:
    """A store, or (None) all departments together."""

    store: Store | None
    new: Compared
    activity: Activity
    funnel: Funnel


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who looks after customers; None: the stores' teams."""

    staff: Staff | None
    new: Compared
    activity: Activity


@dataclass(frozen=True, slots=True)
class Numbers:
    scope: Scope
    new: Compared
    days: list[Day]
    ways: dict[Way, Compared]
    """Only those that occurred, the most frequent first."""
    ends: dict[Binding.End, Compared]
    activity: Activity
    funnel: Funnel
    places: list[Place]
    """Most new bindings first; every store that has customers or gained some."""
    people: list[Person]
    """Most customers first."""
    codes: list[tuple[Code, Funnel]]
    """Most visits first."""

    @property
    def ended(self) -> Compared:
        return sum(self.ends.values(), Compared())
