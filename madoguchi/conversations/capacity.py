"""How much people carry: nobody is given more open conversations than their seat holds.

Whoever gives somebody a conversation locks the person's seat, counts after that, and gives while the lock lasts. What
people take themselves is their own choice and refused by nobody.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count

from madoguchi.conversations.errors import AtCapacity
from madoguchi.conversations.models import Conversation
from madoguchi.duty.actions.seats import lock_seats
from madoguchi.organization.models import Staff


def open_held(staff_ids: Collection[int]) -> dict[int, int]:
    """Open conversations by holder; who holds none is not in it."""
    held = Conversation.objects.open().filter(holder__in=staff_ids).order_by()
    return dict(held.values_list("holder").annotate(Count("pk")))


def refuse_beyond_capacity(to: Staff) -> None:
    """Inside the transaction that gives ``to`` one more conversation. Raises AtCapacity."""
    seat = lock_seats([to.pk])[to.pk]
    if open_held([to.pk]).get(to.pk, 0) >= seat.capacity:
        raise AtCapacity(to, seat.capacity)
