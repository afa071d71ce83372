"""Writing what was decided: the rows, the lines in the threads, and who is told. A constant number of statements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from madoguchi import live
from madoguchi.alerts.subjects import Subject
from madoguchi.conversations.models import Handover
from madoguchi.conversations.models.conversation import queue_topics
from madoguchi.conversations.system import SystemEvent
from madoguchi.duty.models import Seat
from madoguchi.duty.schedule import Place
from madoguchi.kit import bulk
from madoguchi.organization.models import Department, Store
from madoguchi.routing.alerts import Told, tell
from madoguchi.routing.covers import done_meanwhile
from madoguchi.routing.deciding import Desk, Move
from madoguchi.routing.models import Cover, Decision

Row = dict[str, Any]
JUST_NOW = dt.timedelta(minutes=1)
_KINDS = {
    Decision.Outcome.WITHDRAWN: Handover.Kind.WITHDRAWN,
    Decision.Outcome.RETURNED: Handover.Kind.RETURNED,
}


@dataclass(frozen=True, slots=True)
class Names:
    """What people and places are called in the lines."""

    staff: dict[int, str]
    places: dict[Place, str]


def record(desk: Desk, moves: Sequence[Move]) -> None:
    """The caller holds the locks on the conversations and the seats, and commits."""
    timers = [move for move in moves if move.outcome is None]
    if timers:
        bulk.execute(_SET_TIMERS, [[m.standing.pk for m in timers], [m.attention_at for m in timers]])
    if ended := [m.standing.cover_id for m in moves if m.ends_cover and m.standing.cover_id]:
        Cover.objects.filter(pk__in=ended).update(ended_at=desk.now)
    moved = [move for move in moves if move.outcome is not None]
    tell([*_told(desk, moved), *_heard(desk, timers)])
    if moved:
        _write(desk, moved)
        _save_turns(desk)
        live.publish(topic for move in moved for topic in _topics(move))


def _write(desk: Desk, moved: Sequence[Move]) -> None:
    names = _names(moved)
    done = done_meanwhile([m.standing.cover_id for m in moved if m.outcome == Decision.Outcome.RETURNED])
    rows = [_row(desk, move, names, done.get(move.standing.cover_id or 0, "")) for move in moved]
    bulk.execute(_MOVE, [orjson.dumps(rows).decode()])


def _row(desk: Desk, move: Move, names: Names, done: str) -> Row:
    standing = move.standing
    assert move.outcome is not None
    has_moved = (move.holder_id, move.place) != (standing.holder_id, standing.place)
    is_withdrawn = move.outcome == Decision.Outcome.WITHDRAWN
    return {
        "id": standing.pk,
        "exchange_id": standing.exchange_id,
        "exchange_number": standing.exchange_number,
        "now": desk.now,
        "attention_at": move.attention_at,
        "is_urgent": move.is_urgent,
        "kind": _KINDS.get(move.outcome, Handover.Kind.ROUTED) if has_moved else None,
        "from_holder_id": standing.holder_id,
        "from_store_id": standing.store_id,
        "from_department_id": standing.department_id,
        "to_holder_id": move.holder_id,
        "to_store_id": move.place.store_id,
        "to_department_id": move.place.department_id,
        "decided_holder_id": move.holder_id or (standing.holder_id if is_withdrawn else None),
        "outcome": move.outcome,
        "reason": move.reason,
        "choice": move.choice,
        "rule_id": move.rule_id,
        "rule_name": move.rule_name,
        "is_skill_relaxed": move.is_skill_relaxed,
        "line": _line(move, names, done),
        "mentioned_id": desk.teams.of(standing.place).supervisor_id if is_withdrawn else None,
        "cover": move.covers,
        "binding_id": standing.binding_id,
        "owner_id": standing.bound_staff_id,
    }


def _line(move: Move, names: Names, done: str) -> Row:
    """What the thread says of it (conversations.system)."""
    person, place = names.staff.get(move.holder_id or 0, ""), names.places[move.place]
    if move.covers is not None and move.outcome != Decision.Outcome.WITHDRAWN:
        owner = names.staff[move.standing.bound_staff_id or 0]
        return {"event": SystemEvent.COVERED, "by": owner, "to": person or place, "cover": move.covers}
    match move.outcome:
        case Decision.Outcome.WITHDRAWN:
            return {"event": SystemEvent.WITHDRAWN, "by": names.staff[move.standing.holder_id or 0], "to": place}
        case Decision.Outcome.RETURNED if done:
            return {"event": SystemEvent.RETURNED, "to": person, "done": done}
        case Decision.Outcome.RETURNED:
            return {"event": SystemEvent.RETURNED_UNANSWERED, "to": person}
        case _:
            return {
                "event": SystemEvent.ROUTED,
                "to": person or place,
                "person": person,
                "place": place,
                "outcome": move.outcome,
                "reason": move.reason,
                "choice": move.choice,
                "rule": move.rule_name,
            }


def _names(moved: Sequence[Move]) -> Names:
    people = {pk for m in moved for pk in (m.holder_id, m.standing.holder_id, m.standing.bound_staff_id) if pk}
    places = {move.place for move in moved}
    stores = Store.objects.filter(pk__in={p.store_id for p in places if p.store_id})
    departments = Department.objects.filter(pk__in={p.department_id for p in places if p.department_id})
    return Names(
        dict((pk, name) for pk, name in bulk.execute(_STAFF_NAMES, [list(people)])),  # noqa: C402
        {Place(store_id=pk): name for pk, name in stores.values_list("pk", "name")}
        | {Place(department_id=pk): name for pk, name in departments.values_list("pk", "name")},
    )


def _save_turns(desk: Desk) -> None:
    given = [(pk, carrier.last_given_at) for pk, carrier in desk.staffing.carriers.items() if carrier.was_given]
    if given:
        bulk.execute(_SAVE_TURNS, [[pk for pk, _at in given], [at for _pk, at in given]])


def _told(desk: Desk, moved: Iterable[Move]) -> Iterable[Told]:
    for move in moved:
        pk, supervisor_id = move.standing.pk, desk.teams.of(move.standing.place).supervisor_id
        if move.outcome == Decision.Outcome.RETURNED and move.holder_id:
            yield Told(move.holder_id, pk, Subject.RETURNED)
        elif move.holder_id:
            yield Told(move.holder_id, pk, Subject.ASSIGNED)
        elif move.outcome == Decision.Outcome.WITHDRAWN and supervisor_id:
            yield Told(supervisor_id, pk, Subject.WITHDRAWN)


def _heard(desk: Desk, timers: Iterable[Move]) -> Iterable[Told]:
    """Whoever holds what a customer has just written in: the look that follows at once on a first word finds them."""
    for move in timers:
        since = move.standing.waiting_since
        if move.holder_id and since is not None and desk.now - since < JUST_NOW:
            yield Told(move.holder_id, move.standing.pk, Subject.WROTE)


def _topics(move: Move) -> Collection[str]:
    before = move.standing
    return {
        f"conversation-{before.pk}",
        *queue_topics(before.store_id, before.department_id, before.holder_id),
        *queue_topics(move.place.store_id, move.place.department_id, move.holder_id),
    }


_STAFF_NAMES = "SELECT id, display_name FROM organization_staff WHERE id = ANY (%b::bigint[])"

_SET_TIMERS = """
UPDATE conversations_conversation c SET attention_at = r.attention_at
FROM unnest(%b::bigint[], %b::timestamptz[]) AS r (id, attention_at)
WHERE c.id = r.id
"""

_SAVE_TURNS = f"""
UPDATE {Seat._meta.db_table} s SET last_given_at = r.at
FROM unnest(%b::bigint[], %b::timestamptz[]) AS r (id, at)
WHERE s.staff_id = r.id
"""

_MOVE = """
WITH r AS MATERIALIZED (
  SELECT * FROM json_to_recordset(%s::json) AS r (
    id bigint, exchange_id bigint, exchange_number int, now timestamptz, attention_at timestamptz, is_urgent boolean,
    kind text, from_holder_id bigint, from_store_id bigint, from_department_id bigint,
    to_holder_id bigint, to_store_id bigint, to_department_id bigint, decided_holder_id bigint,
    outcome text, reason text, choice text, rule_id bigint, rule_name text, is_skill_relaxed boolean,
    line jsonb, mentioned_id bigint, cover text, binding_id bigint, owner_id bigint)
), handover AS (
  INSERT INTO conversations_handover (conversation_id, exchange_id, kind, from_holder_id, from_store_id,
                                      from_department_id, to_holder_id, to_store_id, to_department_id, note, at)
  SELECT id, exchange_id, kind, from_holder_id, from_store_id, from_department_id, to_holder_id, to_store_id,
         to_department_id, '', now
  FROM r WHERE kind IS NOT NULL
), decision AS (
  INSERT INTO routing_decision (conversation_id, exchange_number, outcome, reason, choice, rule_id, rule_name,
                                is_skill_relaxed, holder_id, store_id, department_id, at)
  SELECT id, exchange_number, outcome, reason, choice, rule_id, rule_name, is_skill_relaxed, decided_holder_id,
         to_store_id, to_department_id, now
  FROM r
), line AS (
  INSERT INTO conversations_message (conversation_id, exchange_id, direction, kind, text, details, quote_token,
                                     quoted_provider_message_id, client_part, occurred_at, created_at, changed_at)
  SELECT id, exchange_id, 'system', 'event', '', line, '', '', 0, now, now, now
  FROM r
  RETURNING id, conversation_id
), mention AS (
  INSERT INTO conversations_mention (message_id, conversation_id, staff_id, at)
  SELECT line.id, r.id, r.mentioned_id, r.now
  FROM r JOIN line ON line.conversation_id = r.id
  WHERE r.mentioned_id IS NOT NULL
), cover AS (
  INSERT INTO routing_cover (conversation_id, binding_id, owner_id, reason, since)
  SELECT id, binding_id, owner_id, cover, now FROM r WHERE cover IS NOT NULL
)
UPDATE conversations_conversation c
SET holder_id = r.to_holder_id, store_id = r.to_store_id, department_id = r.to_department_id,
    attention_at = r.attention_at, is_urgent = r.is_urgent, changed_at = r.now
FROM r
WHERE c.id = r.id
"""
"""One line for each conversation, so that a line is found by it."""
