"""Places in the waiting queue: what customers are told, and staff see the same number."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from madoguchi.conversations.models import Conversation
from madoguchi.duty.schedule import Place
from madoguchi.kit import bulk
from madoguchi.routing.teams import Teams


def positions(rows: Iterable[Conversation]) -> dict[int, int]:
    """By conversation, from 1; only of those that wait where the team tells positions.

    Two statements, four where markets have defaults of their own; or none.
    """
    waiting = {row.pk: Place(row.store_id, row.department_id) for row in rows if _waits(row)}
    if not waiting:
        return {}
    teams = Teams.load()
    told = {pk: place for pk, place in waiting.items() if teams.of(place).tells_position}
    return positions_at(set(told.values()), told) if told else {}


def positions_at(places: Collection[Place], conversation_ids: Collection[int]) -> dict[int, int]:
    """Of these conversations, as far as they wait at these places."""
    stores = [place.store_id for place in places if place.store_id]
    departments = [place.department_id for place in places if place.department_id]
    rows = bulk.execute(_POSITIONS, [stores, departments, list(conversation_ids)])
    return dict((pk, position) for pk, position in rows)  # noqa: C402


def _waits(row: Conversation) -> bool:
    return row.state == Conversation.State.OPEN and row.holder_id is None and row.waiting_since is not None


_POSITIONS = """
SELECT id, position FROM (
  SELECT id, row_number() OVER (
           PARTITION BY store_id, department_id ORDER BY is_urgent DESC, waiting_since, id) AS position
  FROM conversations_conversation
  WHERE state = 'open' AND holder_id IS NULL AND waiting_since IS NOT NULL
    AND (store_id = ANY (%b::bigint[]) OR department_id = ANY (%b::bigint[]))) q
WHERE id = ANY (%b::bigint[])
"""
