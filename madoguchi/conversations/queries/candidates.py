"""Messages that may contain what was searched for, newest first, out of millions.

A common word stands in more messages than can be looked at, a rare one in few that may be old, and a person may see very
little of either. So a person with a wide reach goes back in time, in growing steps, until there is enough (the week is
among the terms of a message, see conversations.terms); a person with few conversations looks through those instead.
Either way the work is bounded by what is shown and not by how often the word occurs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from madoguchi.conversations.models import Conversation
from madoguchi.conversations.queries.few import sees_few
from madoguchi.conversations.terms import week_mark, week_of, week_start
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission

ROUND = 100
ROUNDS_MAX = 3
_STEPS = (1, 1, 2, 4, 8, 16, 32)
"""Weeks. What lies further back is one last step: by then the word is known to be rare within reach."""


@dataclass(frozen=True, slots=True)
class Candidate:
    occurred_at: dt.datetime
    message_id: int
    conversation_id: int
    text: str


def candidates(staff: Staff, pairs: Sequence[str]) -> Iterator[Candidate]:
    """Within reach and with all the pairs, newest first: one statement for each hundred, and perhaps one before.

    After three hundred it ends: only where a few conversations fill hundred after hundred, or messages have all the
    pairs but never together, something older is left out. The person must be able to read conversations somewhere.
    """
    visible = Conversation.objects.visible_to(staff).values("pk").query.sql_with_params()
    is_everything = staff.reach(Permission.CONVERSATION_READ).is_everything
    by_thread = sees_few(staff)
    before: Candidate | None = None
    for _ in range(ROUNDS_MAX):
        if by_thread:
            found = _through_threads(*visible, pairs, before)
        else:
            found = _back_in_time(None if is_everything else visible, pairs, before)
        yield from found
        if len(found) < ROUND:
            return
        before = found[-1]


def _through_threads(
    visible: str, parameters: Sequence[Any], pairs: Sequence[str], before: Candidate | None
) -> list[Candidate]:
    """OFFSET 0 keeps the planner from turning this round and starting at the word."""
    earlier, bound = _earlier(before)
    return _run(
        f"""
        SELECT m.occurred_at, m.id, m.conversation_id, m.text
        FROM ({visible}) AS visible (id) CROSS JOIN LATERAL (
            SELECT * FROM conversations_message m
            WHERE m.conversation_id = visible.id AND m.search @> %s::varchar[] AND m.unsent_at IS NULL {earlier}
            OFFSET 0
        ) m
        ORDER BY m.occurred_at DESC, m.id DESC LIMIT %s
        """,
        [*parameters, list(pairs), *bound, ROUND],
    )


def _back_in_time(
    visible: tuple[str, Sequence[Any]] | None, pairs: Sequence[str], before: Candidate | None
) -> list[Candidate]:
    """The steps are taken one after another, and the outer LIMIT ends it: a nested loop keeps the order of its outer
    side. Within a step the index gives the messages that have the word and one of the weeks."""
    earlier, bound = _earlier(before)
    within, reach = ("", ()) if visible is None else (f"AND m.conversation_id IN ({visible[0]})", visible[1])
    steps, began = _steps()
    columns, order = "m.occurred_at, m.id, m.conversation_id, m.text", "m.occurred_at DESC, m.id DESC"
    common = [list(pairs), *bound, *reach]
    found = _run(
        f"""
        SELECT * FROM (
            SELECT step_hits.* FROM (VALUES {", ".join(["(%s::varchar[])"] * len(steps))}) AS step (marks)
            CROSS JOIN LATERAL (
                SELECT {columns} FROM conversations_message m
                WHERE m.search && step.marks AND m.search @> %s::varchar[] AND m.unsent_at IS NULL {earlier} {within}
                ORDER BY {order} LIMIT {ROUND}
            ) step_hits
            UNION ALL
            SELECT * FROM (
                SELECT {columns} FROM conversations_message m
                WHERE m.occurred_at < %s AND m.search @> %s::varchar[] AND m.unsent_at IS NULL {earlier} {within}
                ORDER BY {order} LIMIT {ROUND}
            ) older
        ) hits LIMIT {ROUND}
        """,
        [*steps, *common, began, *common],
    )
    return sorted(found, key=lambda candidate: (candidate.occurred_at, candidate.message_id), reverse=True)


def _earlier(before: Candidate | None) -> tuple[str, list[Any]]:
    if before is None:
        return "", []
    return "AND (m.occurred_at, m.id) < (%s, %s)", [before.occurred_at, before.message_id]


def _steps() -> tuple[list[list[str]], dt.datetime]:
    """The marks of each step, newest first, and when the last step begins. A provider's clock may be ahead of ours."""
    week = week_of(timezone.now()) + 1
    steps = []
    for length in _STEPS:
        steps.append([week_mark(week - back) for back in range(length)])
        week -= length
    return steps, week_start(week + 1)


def _run(statement: str, parameters: list[Any]) -> list[Candidate]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [Candidate(*row) for row in cursor.fetchall()]
