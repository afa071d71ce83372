"""Room that has come free: what waits in a team's queue is looked at again as soon as somebody there can take it."""

from __future__ import annotations

import datetime as dt

from madoguchi.conversations.models import Conversation
from madoguchi.duty.schedule import Place
from madoguchi.kit import bulk
from madoguchi.routing.models import Team
from madoguchi.routing.staffing import Staffing
from madoguchi.routing.teams import Teams


def look_at_queues(now: dt.datetime) -> None:
    """Of each team that chooses people and has room, as many as there is room for: the urgent, then the longest waiting.

    A few more, for some of them may want a skill or a brand that those with room do not have.
    """
    teams = Teams.load()
    if not teams.anybody_is_chosen:
        return
    waiting = Conversation.objects.unassigned().filter(attention_at__gt=now).order_by()
    places = {Place(*pair) for pair in waiting.values_list("store", "department").distinct()}
    busy = {place for place in places if teams.of(place).method != Team.Method.NOBODY}
    if not busy:
        return
    staffing = Staffing.load(now, places=busy, locked=False)
    rooms = [(place, room) for place in sorted(busy, key=str) if (room := staffing.free_at(place))]
    if rooms:
        stores, departments = [p.store_id for p, _ in rooms], [p.department_id for p, _ in rooms]
        bulk.execute(_LOOK, [now, stores, departments, [room for _, room in rooms], now])


_MORE = 20

_LOOK = f"""
UPDATE conversations_conversation SET attention_at = %s
WHERE id IN (
  SELECT w.id
  FROM unnest(%b::bigint[], %b::bigint[], %b::int[]) AS r (store_id, department_id, room), LATERAL (
    SELECT c.id FROM conversations_conversation c
    WHERE c.state = 'open' AND c.holder_id IS NULL AND c.attention_at > %s
      AND c.store_id IS NOT DISTINCT FROM r.store_id AND c.department_id IS NOT DISTINCT FROM r.department_id
    ORDER BY c.is_urgent DESC, c.waiting_since, c.id
    LIMIT r.room + {_MORE}
    FOR UPDATE SKIP LOCKED) w)
"""
