"""How much people carry: nobody is given more open conversations than their seat holds.

Whoever gives somebody a conversation locks the person's seat, counts after that, and gives while the lock lasts. What
people take themselves is their own choice and refused by nobody.
"""

from __future__ import annotations

from collections.abc import Collection

from madoguchi.conversations.errors import AtCapacity
from madoguchi.duty.actions.seats import lock_seats
from madoguchi.kit import bulk
from madoguchi.organization.models import Staff


def open_held(staff_ids: Collection[int]) -> dict[int, int]:
    """Open conversations by holder; who holds none is not in it."""
    rows = bulk.execute(_OPEN_HELD, [list(staff_ids)])
    return dict((holder_id, count) for holder_id, count in rows)  # noqa: C402


def refuse_beyond_capacity(to: Staff) -> None:
    """Inside the transaction that gives ``to`` one more conversation. Raises AtCapacity."""
    seat = lock_seats([to.pk])[to.pk]
    if open_held([to.pk]).get(to.pk, 0) >= seat.capacity:
        raise AtCapacity(to, seat.capacity)


_OPEN_HELD = """
SELECT holder_id, count(*) FROM conversations_conversation
WHERE state = 'open' AND holder_id = ANY (%b::bigint[])
GROUP BY holder_id
"""
