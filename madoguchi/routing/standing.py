"""How a conversation stands that the router looks at: claimed, and read with all that a decision goes by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field

from django.utils import translation

from madoguchi.bindings.models import ALL_BRANDS
from madoguchi.conversations.models import Conversation, Presence
from madoguchi.duty.schedule import Place
from madoguchi.kit import bulk

LAST_ANSWERS = 10
"""So many of our last answers tell who knows the customer."""
WORDS_OF_MESSAGES = 20
CELL_COUNTS_FOR = dt.timedelta(minutes=30)
"""A tap in the menu belongs to the words that follow it no later than this."""


@dataclass(slots=True)
class Standing:
    """A locked conversation, in the order of the columns of ``_READ``."""

    pk: int
    state: str
    holder_id: int | None
    store_id: int | None
    department_id: int | None
    brand_id: int | None
    member_id: int
    contact_id: int
    exchange_number: int
    exchange_id: int
    waiting_since: dt.datetime | None
    last_message_at: dt.datetime
    is_urgent: bool

    account_id: int
    market_id: int
    default_department_id: int
    language: str
    """As LINE says it; the market's where that is not one of ours."""
    market_locale: str
    time_zone: str

    binding_id: int | None = None
    bound_staff_id: int | None = None
    bound_store_id: int | None = None
    bound_department_id: int | None = None

    moved_by_hand_at: dt.datetime | None = None
    """When somebody last handed over, assigned, released or took it in this exchange."""
    held_since: dt.datetime | None = None
    unowned_since: dt.datetime | None = None
    losers: list[int] = field(default_factory=list)
    """Who lost it or gave it back in this exchange."""

    decided_at: dt.datetime | None = None
    """The last time the router put it somewhere in this exchange, and why."""
    reason: str | None = None
    rule_id: int | None = None
    rule_name: str | None = None
    visited: list[int] = field(default_factory=list)
    """Where the router has put it in this exchange: ids of stores, negative ids of departments."""

    cover_id: int | None = None
    cover_reason: str | None = None
    owner_id: int | None = None
    """Whose customer others answer at the moment."""
    cover_binding_runs: bool | None = None
    answered_for_owner: bool = False

    words: str = ""
    cell: str = ""
    """Both only of what the rules have yet to look at."""
    last_answerers: list[int] = field(default_factory=list)
    """Newest first; only of what nobody holds."""

    @property
    def place(self) -> Place:
        return Place(self.store_id, self.department_id)

    @property
    def bound_place(self) -> Place:
        return Place(self.bound_store_id, self.bound_department_id)

    @property
    def locale(self) -> str:
        """The customer's language where we speak it, otherwise the market's."""
        try:
            return translation.get_supported_language_variant(self.language)
        except LookupError:
            return self.market_locale

    @property
    def is_placed(self) -> bool:
        """Somebody or the rules have put it where it stands; otherwise the rules decide.

        A first exchange begins at the account's own department, or where the customer is looked after who scanned a code
        before writing. One that stands elsewhere was brought there.
        """
        if self.decided_at is not None or self.moved_by_hand_at is not None:
            return True
        beginnings = (Place(None, self.default_department_id), self.bound_place)
        return self.exchange_number == 1 and self.place not in beginnings

    @property
    def was_put_by_hand(self) -> bool:
        """Later than the router put it anywhere."""
        return self.moved_by_hand_at is not None and (
            self.decided_at is None or self.moved_by_hand_at > self.decided_at
        )

    @property
    def is_covered(self) -> bool:
        return self.cover_id is not None


def place_number(place: Place) -> int:
    """The id of a store, or the negative one of a department."""
    return place.store_id or -(place.department_id or 0)


def answering(now: dt.datetime, conversation_ids: Collection[int]) -> dict[int, list[int]]:
    """Who is writing an answer right now, by conversation."""
    writing: dict[int, list[int]] = {}
    if conversation_ids:
        fresh = Presence.objects.filter(
            conversation__in=conversation_ids, doing=Presence.Doing.ANSWERING, seen_at__gt=now - Presence.FRESH_FOR
        )
        for conversation_id, staff_id in fresh.values_list("conversation", "staff"):
            writing.setdefault(conversation_id, []).append(staff_id)
    return writing


def last_answerers(member_id: int, account_id: int) -> list[int]:
    """Who of us answered this customer there, newest first."""
    return next((authors for (authors,) in bulk.execute(_LAST_ANSWERERS, [member_id, account_id])), [])


def claim(now: dt.datetime, limit: int, *, only: int | None = None) -> list[int]:
    """Lock what is due: the urgent first, then who has waited longest. What others have locked is left to them.

    The commit need not wait for the disk: should it be lost, it is due again, and nobody who saw its outcome can have
    committed anything, for that would have brought it to the disk as well.
    """
    bulk.execute("SET LOCAL synchronous_commit TO off", [])
    return [pk for (pk,) in bulk.execute(_CLAIM, [now, only, only, limit])]


def due(now: dt.datetime, limit: int) -> list[int]:
    """What ``claim`` would lock first, without locking it."""
    rows = Conversation.objects.filter(attention_at__lte=now).order_by("-is_urgent", "waiting_since", "pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def read(pks: Collection[int]) -> list[Standing]:
    """In the order of the claim."""
    rows = {row[0]: Standing(*row) for row in bulk.execute(_READ, [list(pks)])}
    return [rows[pk] for pk in pks]


_CLAIM = """
SELECT id FROM conversations_conversation
WHERE attention_at <= %s AND (%s::bigint IS NULL OR id = %s)
ORDER BY is_urgent DESC, waiting_since, id
LIMIT %s
FOR UPDATE SKIP LOCKED
"""

_READ = f"""
SELECT c.id, c.state, c.holder_id, c.store_id, c.department_id, c.brand_id,
       c.member_id, c.contact_id, c.exchange_number, e.id, c.waiting_since, c.last_message_at, c.is_urgent,
       k.account_id, a.market_id, a.default_department_id, k.language, m.locale, m.time_zone,
       b.id, b.staff_id, b.store_id, b.department_id,
       h.by_hand, h.held_since, h.unowned_since, coalesce(h.losers, ARRAY[]::bigint[]),
       d.at, d.reason, d.rule_id, d.rule_name, coalesce(d.visited, ARRAY[]::bigint[]),
       v.id, v.reason, v.owner_id, v.binding_runs, coalesce(v.answered, false),
       coalesce(w.words, ''), coalesce(t.cell, ''), coalesce(l.authors, ARRAY[]::bigint[])
FROM conversations_conversation c
JOIN conversations_exchange e ON e.conversation_id = c.id AND e.number = c.exchange_number
JOIN channels_contact k ON k.id = c.contact_id
JOIN channels_account a ON a.id = k.account_id
JOIN organization_market m ON m.id = a.market_id
LEFT JOIN LATERAL (
  SELECT b.id, b.staff_id, b.store_id, b.department_id FROM bindings_binding b
  WHERE b.member_id = c.member_id AND b.ended_at IS NULL
    AND b.brand_ids && ARRAY[{ALL_BRANDS}, coalesce(c.brand_id, {ALL_BRANDS})::int]
  ORDER BY b.brand_ids DESC LIMIT 1) b ON true
LEFT JOIN LATERAL (
  SELECT max(h.at) FILTER (WHERE h.by_id IS NOT NULL) AS by_hand,
         max(h.at) FILTER (WHERE h.to_holder_id = c.holder_id) AS held_since,
         max(h.at) FILTER (WHERE h.to_holder_id IS NULL) AS unowned_since,
         array_agg(h.from_holder_id) FILTER (
           WHERE h.from_holder_id IS NOT NULL AND h.kind IN ('withdrawn', 'released')) AS losers
  FROM conversations_handover h WHERE h.conversation_id = c.id AND h.exchange_id = e.id) h ON true
LEFT JOIN LATERAL (
  SELECT max(d.at) AS at, (array_agg(d.reason ORDER BY d.at DESC, d.id DESC))[1] AS reason,
         (array_agg(d.rule_id ORDER BY d.at DESC, d.id DESC))[1] AS rule_id,
         (array_agg(d.rule_name ORDER BY d.at DESC, d.id DESC))[1] AS rule_name,
         array_agg(coalesce(d.store_id, -d.department_id)) AS visited
  FROM routing_decision d
  WHERE d.conversation_id = c.id AND d.exchange_number = c.exchange_number
    AND d.outcome IN ('assigned', 'queued', 'overflowed')) d ON true
LEFT JOIN LATERAL (
  SELECT v.id, v.reason, v.owner_id, g.ended_at IS NULL AND g.staff_id = v.owner_id AS binding_runs,
         EXISTS (SELECT 1 FROM conversations_message m
                  WHERE m.conversation_id = c.id AND m.occurred_at >= v.since AND m.direction = 'outbound'
                    AND m.author_id <> v.owner_id) AS answered
  FROM routing_cover v JOIN bindings_binding g ON g.id = v.binding_id
  WHERE v.conversation_id = c.id AND v.ended_at IS NULL) v ON true
LEFT JOIN LATERAL (
  SELECT string_agg(s.text, E'\\n') AS words FROM (
    SELECT m.text FROM conversations_message m
    WHERE c.holder_id IS NULL AND h.by_hand IS NULL AND d.at IS NULL
      AND m.conversation_id = c.id AND m.exchange_id = e.id AND m.direction = 'inbound' AND m.text <> ''
    ORDER BY m.occurred_at DESC LIMIT {WORDS_OF_MESSAGES}) s) w ON true
LEFT JOIN LATERAL (
  SELECT split_part(substr(m.details ->> 'data', 6), '?', 1) AS cell FROM conversations_message m
  WHERE c.holder_id IS NULL AND h.by_hand IS NULL AND d.at IS NULL
    AND m.conversation_id = c.id AND m.kind = 'postback' AND m.details ->> 'data' LIKE 'menu/%%'
    AND m.occurred_at >= coalesce(c.waiting_since, c.opened_at)
                         - interval '{int(CELL_COUNTS_FOR.total_seconds())} seconds'
  ORDER BY m.occurred_at DESC LIMIT 1) t ON true
LEFT JOIN LATERAL (
  SELECT array_agg(s.author_id ORDER BY s.occurred_at DESC) AS authors FROM (
    SELECT m.author_id, m.occurred_at FROM conversations_message m
    WHERE c.holder_id IS NULL AND m.conversation_id = c.id AND m.direction = 'outbound' AND m.author_id IS NOT NULL
    ORDER BY m.occurred_at DESC LIMIT {LAST_ANSWERS}) s) l ON true
WHERE c.id = ANY (%b::bigint[])
"""

_LAST_ANSWERERS = f"""
SELECT array_agg(s.author_id ORDER BY s.occurred_at DESC) FROM (
  SELECT m.author_id, m.occurred_at
  FROM conversations_conversation c
  JOIN channels_contact k ON k.id = c.contact_id
  JOIN conversations_message m ON m.conversation_id = c.id
  WHERE c.member_id = %s AND k.account_id = %s AND m.direction = 'outbound' AND m.author_id IS NOT NULL
  ORDER BY m.occurred_at DESC LIMIT {LAST_ANSWERS}) s
HAVING count(*) > 0
"""
