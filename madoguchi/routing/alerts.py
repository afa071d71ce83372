"""Telling people about what the router did with their conversations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from madoguchi import live
from madoguchi.alerts.subjects import Subject


@dataclass(frozen=True, slots=True)
class Told:
    staff_id: int
    conversation_id: int
    subject: Subject


def tell(told: Iterable[Told]) -> None:
    """Once the running transaction has committed."""
    live.publish({f"staff-{each.staff_id}" for each in told})
