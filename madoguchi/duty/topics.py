"""Who has to look again when working time changes.

``staff-N``: the person's own pages. ``queue``: every open queue, and the router's loop, which listens to it to wake up:
somebody who comes on duty gets work at once. Nothing is announced, for no other table changes.
"""

from __future__ import annotations

from collections.abc import Iterable

from madoguchi import live


def tell_about_people(staff_ids: Iterable[int]) -> None:
    live.publish({"queue", *(f"staff-{pk}" for pk in staff_ids)})


def tell_about_places() -> None:
    """Opening times: whoever works there may have become on or off duty by it."""
    live.publish({"queue"})
