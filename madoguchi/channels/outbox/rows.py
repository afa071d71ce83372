"""The outbox in SQL: claim, settle, sweep. Raw psycopg: two thousand rows a second leave no room for an ORM.

Rows of a thread go out one after the other: a row is claimed only when no earlier one of its thread is waiting or under
way. Whoever adds a row holds the lock on the thread's owner, so ids within a thread follow the order of commits.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection

from madoguchi.channels.line import limits

Connection = AsyncConnection[tuple[Any, ...]]

WAKE_CHANNEL = "madoguchi_outbox"
LEADER_LOCK = 0x6D61646F_6F757462
"""Advisory lock (session level) held by the one sender of the installation: "mado" "outb"."""
KEY_LIFETIME = limits.RETRY_KEY_LIFETIME - dt.timedelta(minutes=10)
"""Nothing is repeated so close to the end of its retry key that LINE might have forgotten the key meanwhile."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A row that is ours to send now. ``attempt`` tells this try from any other of the same row."""

    id: int
    attempt: int
    account_id: int
    thread: int
    key: uuid.UUID
    external_id: str
    messages: str
    reply_token: str
    first_tried_at: dt.datetime
    is_first_try: bool


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a row becomes. Queued: it goes out by push, after ``delay_seconds``; ``is_untried``: as if never tried, so
    that its 24 hours begin with the next try."""

    claim: Claim
    state: str
    delay_seconds: float = 0.0
    is_untried: bool = False
    request_id: str = ""
    sent_messages: list[dict[str, Any]] | None = None
    refusal: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class AccountRow:
    id: int
    api_base: str
    data_base: str
    encrypted_token: str
    requests_per_second: int
    is_active: bool
    health: str


_CLAIM = """
WITH heads AS MATERIALIZED (
  SELECT head.* FROM unnest(%(accounts)s::bigint[], %(allowances)s::int[]) AS lane (account_id, allowance)
  CROSS JOIN LATERAL (
    SELECT o.id, o.contact_id, o.route FROM channels_outboundmessage o
    WHERE o.account_id = lane.account_id AND o.state = 'queued' AND o.due_at <= now()
      AND (o.first_tried_at IS NULL OR o.first_tried_at > now() - %(key_lifetime)s)
      AND NOT EXISTS (
        SELECT 1 FROM channels_outboundmessage e
        WHERE e.thread = o.thread AND e.id < o.id AND e.state IN ('queued', 'sending'))
    ORDER BY o.due_at LIMIT lane.allowance FOR UPDATE SKIP LOCKED) AS head
  LIMIT %(free)s),
spent AS (
  DELETE FROM channels_replytoken t USING (
    SELECT DISTINCT ON (r.contact_id) r.id FROM channels_replytoken r JOIN heads ON heads.contact_id = r.contact_id
    WHERE heads.route = '' AND r.expires_at > now() ORDER BY r.contact_id, r.expires_at) AS soonest
  WHERE t.id = soonest.id RETURNING t.contact_id, t.token)
UPDATE channels_outboundmessage o
SET state = 'sending', attempts = o.attempts + 1, claimed_at = now(),
    first_tried_at = COALESCE(o.first_tried_at, now()),
    route = CASE WHEN spent.token IS NULL OR heads.route <> '' THEN 'push' ELSE 'reply' END,
    reply_token = CASE WHEN heads.route <> '' THEN '' ELSE COALESCE(spent.token, '') END
FROM heads LEFT JOIN spent ON spent.contact_id = heads.contact_id, channels_contact c
WHERE o.id = heads.id AND c.id = heads.contact_id
RETURNING o.id, o.attempts, o.account_id, o.thread, o.key, c.external_id, o.messages::text, o.reply_token,
  o.first_tried_at, o.first_tried_at = o.claimed_at
"""

_SETTLE = """
UPDATE channels_outboundmessage o
SET state = v.state, due_at = now() + make_interval(secs => v.delay),
    route = CASE WHEN v.state = 'queued' THEN 'push' ELSE o.route END,
    settled_at = CASE WHEN v.state = 'queued' THEN NULL ELSE now() END,
    first_tried_at = CASE WHEN v.untried THEN NULL ELSE o.first_tried_at END,
    changed_at = clock_timestamp(), request_id = v.request_id, sent_messages = v.sent::jsonb,
    refusal = v.refusal, refusal_detail = v.detail
FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::float8[], %s::bool[], %s::text[], %s::text[], %s::text[], %s::text[])
  AS v (id, attempt, state, delay, untried, request_id, sent, refusal, detail)
WHERE o.id = v.id AND o.attempts = v.attempt AND o.state = 'sending'
RETURNING o.id, o.thread
"""

_SWEEP = """
UPDATE channels_outboundmessage o
SET state = CASE WHEN o.route = 'reply' THEN 'unknown' ELSE 'queued' END, due_at = now(),
    settled_at = CASE WHEN o.route = 'reply' THEN now() END, changed_at = clock_timestamp()
WHERE o.state = 'sending' AND NOT o.id = ANY(%(in_flight)s)
  AND (o.claimed_at < now() - make_interval(secs => %(abandoned_seconds)s)
       OR (o.route = 'push' AND %(is_alone)s))
RETURNING o.thread
"""

_EXPIRE = """
UPDATE channels_outboundmessage
SET state = 'refused', refusal = 'expired', settled_at = now(), changed_at = clock_timestamp()
WHERE state = 'queued' AND first_tried_at <= now() - %(key_lifetime)s
RETURNING thread
"""


async def accounts(connection: Connection) -> list[AccountRow]:
    cursor = await connection.execute(
        "SELECT id, api_base, data_base, access_token, requests_per_second, is_active, health FROM channels_account"
    )
    return [AccountRow(*row) for row in await cursor.fetchall()]


async def claim(connection: Connection, allowances: dict[int, int], free: int) -> list[Claim]:
    """Heads of threads that are due, at most ``free`` in all and as many per account as allowed. A free reply right of
    the contact is spent in the same statement, so it can be spent only once."""
    cursor = await connection.execute(
        _CLAIM,
        {
            "accounts": list(allowances),
            "allowances": list(allowances.values()),
            "free": free,
            "key_lifetime": KEY_LIFETIME,
        },
    )
    return [Claim(*row) for row in await cursor.fetchall()]


async def settle(connection: Connection, settlements: Iterable[Settlement]) -> dict[int, int]:
    """Write outcomes; returns id → thread of the rows that were still ours (a sweep may have taken one back)."""
    columns = zip(
        *(
            (
                each.claim.id,
                each.claim.attempt,
                each.state,
                each.delay_seconds,
                each.is_untried,
                _storable(each.request_id[:60]),
                _storable(json.dumps(each.sent_messages or [], ensure_ascii=False)).replace("\\u0000", ""),
                each.refusal,
                _storable(each.detail),
            )
            for each in settlements
        ),
        strict=True,
    )
    cursor = await connection.execute(_SETTLE, [list(column) for column in columns])
    return dict(await cursor.fetchall())


async def sweep(
    connection: Connection, *, in_flight: Collection[int], abandoned_seconds: float, is_alone: bool
) -> set[int]:
    """Take back what a dead sender left behind, and give up what has been tried for a day; returns the threads.

    A push goes back to the queue: its key makes repeating harmless. A reply may have been sent, so a person decides.
    ``is_alone``: nobody else can be sending (we have just become the leader), so pushes need not be old.
    """
    parameters = {"in_flight": list(in_flight), "abandoned_seconds": abandoned_seconds, "is_alone": is_alone}
    swept = await (await connection.execute(_SWEEP, parameters)).fetchall()
    expired = await (await connection.execute(_EXPIRE, {"key_lifetime": KEY_LIFETIME})).fetchall()
    return {thread for (thread,) in (*swept, *expired)}


async def count_pushes(connection: Connection, pushes: dict[int, int]) -> None:
    """Add what was pushed to the accounts' use of this month, until LINE's own count is fetched again."""
    await connection.execute(
        "UPDATE channels_account a SET quota_used = a.quota_used + v.number"
        " FROM unnest(%s::bigint[], %s::int[]) AS v (id, number) WHERE a.id = v.id",
        [list(pushes), list(pushes.values())],
    )


async def set_health(connection: Connection, account_id: int, health: str, detail: str) -> bool:
    """Returns whether this is news."""
    cursor = await connection.execute(
        "UPDATE channels_account SET health = %s, health_detail = %s, health_at = now() WHERE id = %s AND health <> %s",
        [health, detail[:300], account_id, health],
    )
    return cursor.rowcount > 0


def _storable(text: str) -> str:
    """Without what PostgreSQL does not take (zero characters, lone surrogates): one odd answer must not hold up all."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
