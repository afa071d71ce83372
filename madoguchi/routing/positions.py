"""Places in the waiting queue, where a team tells its customers theirs: staff see the same number."""

from __future__ import annotations

from collections.abc import Iterable

from madoguchi.conversations.models import Conversation
from madoguchi.kit import bulk


def positions(rows: Iterable[Conversation]) -> dict[int, int]:
    """By conversation, from 1; only of those that wait where the team tells positions. One statement, or none."""
    waiting = [row for row in rows if _waits(row)]
    if not waiting:
        return {}
    stores = {row.store_id for row in waiting if row.store_id is not None}
    departments = {row.department_id for row in waiting if row.department_id is not None}
    return dict(bulk.execute(_POSITIONS, [sorted(stores), sorted(departments), [row.pk for row in waiting]]))


def _waits(row: Conversation) -> bool:
    return row.state == Conversation.State.OPEN and row.holder_id is None and row.waiting_since is not None


_POSITIONS = """
SELECT id, position FROM (
  SELECT c.id, row_number() OVER (
           PARTITION BY c.store_id, c.department_id ORDER BY c.is_urgent DESC, c.waiting_since, c.id) AS position
  FROM conversations_conversation c
  JOIN routing_team t ON t.tells_position AND (t.store_id = c.store_id OR t.department_id = c.department_id)
  WHERE c.state = 'open' AND c.holder_id IS NULL AND c.waiting_since IS NOT NULL
    AND (c.store_id = ANY (%b::bigint[]) OR c.department_id = ANY (%b::bigint[]))) q
WHERE id = ANY (%b::bigint[])
"""
