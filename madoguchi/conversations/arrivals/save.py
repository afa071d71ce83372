from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from madoguchi.channels.models import Media
from madoguchi.conversations.arrivals.thread import Line, Thread
from madoguchi.conversations.models import Conversation, Exchange
from madoguchi.conversations.terms import search_terms
from madoguchi.kit import bulk

Row = dict[str, Any]


def save(threads: Sequence[Thread], now: dt.datetime) -> list[int]:
    """Write what the events did to these threads. Returns the ids of new media, which have to be fetched."""
    _open_exchanges([thread for thread in threads if thread.exchange_id is None])
    lines = [(thread, line) for thread in threads for line in _lines_to_write(thread)]
    to_fetch = _save_media(lines, now)
    _execute(_INSERT_LINES, [_line_row(thread, line, now) for thread, line in lines if line.pk is None])
    _execute(_UPDATE_LINES, [_line_row(thread, line, now) for thread, line in lines if line.pk is not None])
    _execute(_UPDATE_THREADS, [_thread_row(thread, now) for thread in threads])
    _execute(_LOOK_AGAIN, [{"id": thread.pk} for thread in threads if thread.must_look_again])
    _execute(_WAIT_AGAIN, [{"id": thread.pk} for thread in threads if thread.lost_what_waited])
    _execute(_MOVE_OPENINGS, [{"id": thread.exchange_id} for thread in threads if thread.moved_opening])
    return to_fetch


def _lines_to_write(thread: Thread) -> Iterable[Line]:
    yield from thread.new_lines
    yield from (line for line in thread.lines.values() if line.pk is not None and line.is_changed)


def _open_exchanges(threads: Sequence[Thread]) -> None:
    created = Exchange.objects.bulk_create(
        [
            Exchange(conversation_id=thread.pk, number=thread.exchange_number, opened_at=thread.opened_at)
            for thread in threads
        ]
    )
    for thread, exchange in zip(threads, created, strict=True):
        thread.exchange_id = exchange.pk


def _save_media(lines: Sequence[tuple[Thread, Line]], now: dt.datetime) -> list[int]:
    """Create what new messages bring along and hide what was taken back."""
    arriving = [(thread, line) for thread, line in lines if line.media is not None]
    created = Media.objects.bulk_create([_new_media(thread, line) for thread, line in arriving])
    for (_, line), media in zip(arriving, created, strict=True):
        line.media_id = media.pk
    hidden = [line.media_id for _, line in lines if line.unsent_at and line.media_id]
    if hidden:
        Media.objects.filter(pk__in=hidden).update(state=Media.State.HIDDEN, changed_at=now)
    return [media.pk for media in created if media.state == Media.State.PENDING]


def _new_media(thread: Thread, line: Line) -> Media:
    assert line.media is not None
    return Media(
        account_id=thread.account_id,
        thread=thread.pk,
        kind=line.media.kind,
        state=Media.State.HIDDEN if line.unsent_at else Media.State.PENDING,
        provider_message_id=line.provider_message_id or "",
        external_url=line.media.external_url,
        name=line.media.name,
        byte_size=line.media.byte_size,
        duration_ms=line.media.duration_ms,
    )


def _line_row(thread: Thread, line: Line, now: dt.datetime) -> Row:
    return {
        "id": line.pk,
        "conversation_id": thread.pk,
        "exchange_id": line.exchange_id or thread.exchange_id,
        "direction": line.direction,
        "kind": line.kind,
        "text": line.text,
        "details": line.details,
        "media_id": line.media_id,
        "provider_message_id": line.provider_message_id,
        "quote_token": line.quote_token,
        "quoted_provider_message_id": line.quoted_provider_message_id,
        "occurred_at": line.occurred_at,
        "now": now,
        "edited_at": line.edited_at,
        "unsent_at": line.unsent_at,
        "search": search_terms(line.text, line.occurred_at),
    }


def _thread_row(thread: Thread, now: dt.datetime) -> Row:
    friendship_at, friendship = thread.friendship or (None, None)
    return {
        "id": thread.pk,
        "contact_id": thread.contact_id,
        "exchange_id": thread.exchange_id,
        "state": thread.state,
        "holder_id": thread.holder_id,
        "exchange_number": thread.exchange_number,
        "opened_at": thread.opened_at,
        "first_inbound_at": thread.first_inbound_at,
        "waiting_since": thread.waiting_since,
        "unread": thread.unread,
        "last_message_at": thread.last_message_at,
        "last_direction": thread.last_direction,
        "last_kind": thread.last_kind,
        "last_text": thread.last_text,
        "now": now,
        "needs_router": thread.needs_router,
        "friendship": friendship,
        "friendship_at": friendship_at,
        "last_inbound_at": thread.last_inbound_at,
    }


def _execute(statement: str, rows: Sequence[Row]) -> None:
    """``statement`` reads the rows from its one parameter. Nothing to write: nothing is asked of the database."""
    if rows:
        bulk.execute(statement, [orjson.dumps(rows).decode()])


_LINE_ROWS = """
ROWS FROM (json_to_recordset(%s::json) AS (
  id bigint, conversation_id bigint, exchange_id bigint, direction text, kind text, text text, details jsonb,
  media_id bigint, provider_message_id text, quote_token text, quoted_provider_message_id text,
  occurred_at timestamptz, now timestamptz, edited_at timestamptz, unsent_at timestamptz, search text[]))
WITH ORDINALITY AS r
"""

_INSERT_LINES = f"""
INSERT INTO conversations_message (
  conversation_id, exchange_id, direction, kind, text, details, media_id, provider_message_id, quote_token,
  quoted_provider_message_id, client_part, occurred_at, created_at, changed_at, edited_at, unsent_at, search, binding_id)
SELECT r.conversation_id, r.exchange_id, r.direction, r.kind, r.text, r.details, r.media_id, r.provider_message_id,
       r.quote_token, r.quoted_provider_message_id, 0, r.occurred_at, r.now, r.now, r.edited_at, r.unsent_at, r.search,
       (SELECT b.id FROM bindings_binding b
         WHERE b.member_id = c.member_id AND b.brand_ids && ARRAY[0, coalesce(c.brand_id, 0)::int]
           AND b.started_at <= r.occurred_at AND (b.ended_at IS NULL OR b.ended_at > r.occurred_at)
           AND r.direction = 'inbound'
         ORDER BY b.brand_ids DESC LIMIT 1)
FROM {_LINE_ROWS}
JOIN conversations_conversation c ON c.id = r.conversation_id
ORDER BY r.ordinality
"""

_UPDATE_LINES = f"""
UPDATE conversations_message m
SET exchange_id = r.exchange_id, kind = r.kind, text = r.text, details = r.details, media_id = r.media_id,
    quote_token = r.quote_token, quoted_provider_message_id = r.quoted_provider_message_id,
    occurred_at = r.occurred_at, changed_at = r.now, edited_at = r.edited_at, unsent_at = r.unsent_at,
    search = r.search
FROM {_LINE_ROWS}
WHERE m.id = r.id
"""

_UPDATE_THREADS = """
WITH r AS MATERIALIZED (
  SELECT * FROM json_to_recordset(%s::json) AS r (
    id bigint, contact_id bigint, exchange_id bigint, state text, holder_id bigint, exchange_number int,
    opened_at timestamptz, first_inbound_at timestamptz, waiting_since timestamptz, unread int,
    last_message_at timestamptz, last_direction text, last_kind text, last_text text, now timestamptz,
    needs_router boolean, friendship text, friendship_at timestamptz, last_inbound_at timestamptz)
), exchange AS (
  UPDATE conversations_exchange e
  SET opened_at = r.opened_at, first_inbound_at = r.first_inbound_at
  FROM r
  WHERE e.id = r.exchange_id
    AND (e.opened_at, e.first_inbound_at) IS DISTINCT FROM (r.opened_at, r.first_inbound_at)
), contact AS (
  UPDATE channels_contact k
  SET last_inbound_at = greatest(k.last_inbound_at, r.last_inbound_at),
      (friendship, friendship_at) = (
        SELECT latest.friendship, latest.at
        FROM (VALUES (k.friendship, k.friendship_at), (r.friendship, r.friendship_at)) AS latest (friendship, at)
        WHERE latest.friendship IS NOT NULL
        ORDER BY latest.at DESC NULLS LAST, latest.friendship = 'blocked' DESC
        LIMIT 1)
  FROM r
  WHERE k.id = r.contact_id
    AND (r.friendship_at IS NOT NULL OR r.last_inbound_at > coalesce(k.last_inbound_at, '-infinity'))
)
UPDATE conversations_conversation c
SET state = r.state, snoozed_until = CASE WHEN r.state = 'snoozed' THEN c.snoozed_until END, holder_id = r.holder_id,
    exchange_number = r.exchange_number, opened_at = r.opened_at, waiting_since = r.waiting_since, unread = r.unread,
    last_message_at = r.last_message_at, last_direction = r.last_direction, last_kind = r.last_kind,
    last_text = r.last_text, changed_at = r.now,
    attention_at = CASE WHEN r.needs_router THEN least(c.attention_at, r.now) ELSE c.attention_at END
FROM r
WHERE c.id = r.id
"""

_LOOK_AGAIN = f"""
UPDATE conversations_conversation c
SET last_message_at = m.occurred_at, last_direction = m.direction, last_kind = m.kind,
    last_text = left(m.text, {Conversation.PREVIEW_LENGTH})
FROM json_to_recordset(%s::json) AS r (id bigint), LATERAL (
  SELECT * FROM conversations_message m
  WHERE m.conversation_id = r.id AND m.direction <> 'note' AND NOT m.details ? 'early'
  ORDER BY (m.direction = 'system' OR m.kind IN ('event', 'postback')), m.occurred_at DESC,
           m.provider_message_id DESC NULLS LAST, m.id DESC
  LIMIT 1) m
WHERE c.id = r.id
"""

_WAIT_AGAIN = """
UPDATE conversations_conversation c
SET waiting_since = (
  SELECT min(m.occurred_at) FROM conversations_message m
  WHERE m.exchange_id = e.id AND m.direction = 'inbound' AND m.kind NOT IN ('event', 'postback')
    AND m.unsent_at IS NULL AND NOT m.details ? 'early' AND m.id > coalesce((
      SELECT max(a.id) FROM conversations_message a
      WHERE a.exchange_id = e.id AND a.direction = 'outbound' AND a.author_id IS NOT NULL), 0))
FROM json_to_recordset(%s::json) AS r (id bigint), conversations_exchange e
WHERE c.id = r.id AND c.state <> 'closed' AND e.conversation_id = c.id AND e.number = c.exchange_number
"""
"""An answer is one to what stood in the thread when somebody wrote it, so ids decide: they follow the order of commits.
What the system says by itself answers nothing."""

_MOVE_OPENINGS = """
UPDATE conversations_message m
SET occurred_at = e.opened_at, changed_at = now()
FROM json_to_recordset(%s::json) AS r (id bigint), conversations_exchange e
WHERE e.id = r.id AND e.number > 1 AND m.exchange_id = e.id AND m.direction = 'system'
  AND m.details ->> 'event' = 'opened'
"""
