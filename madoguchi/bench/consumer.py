"""The worker's consumer: events per second from the raw table into the threads, all rules applied.

The limit in the same run is the same work as pure SQL: one call per batch of 500, which makes contacts, members,
conversations, exchanges and messages from the same rows in the same tables with all their indexes, and knows no rules (no
late events, no edits, nothing taken back, no search terms, no media, no reply tokens, no jobs, no signals). Both work at
the same backlog by turns, so that a neighbour who takes the processor takes it from both.
"""

from __future__ import annotations

import os
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.db import connection

from madoguchi.bench.backlog import write_backlog
from madoguchi.bench.company import create_account
from madoguchi.bench.figures import Context, Figure
from madoguchi.bench.processes import resident_mib
from madoguchi.conversations.models import Message
from madoguchi.intake.consumer import BATCH, LANES, consume
from madoguchi.intake.models import RawEvent
from madoguchi.kit.garbage import spare_what_is_loaded

TURNS = 10
_OURS_PER_TURN = 10_000
_LIMIT_PER_TURN = 3_000


@dataclass(frozen=True, slots=True)
class _Turn:
    handled: int
    seconds: float
    limit: float
    cpu_seconds: float
    """Of Python, for our part."""
    memory_mib: float

    @property
    def ours(self) -> float:
        return self.handled / self.seconds


def run(context: Context) -> list[Figure]:
    account = create_account()
    write_backlog(account.pk, TURNS * (_OURS_PER_TURN + _LIMIT_PER_TURN), seed=2)
    with connection.cursor() as cursor:
        cursor.execute(_PIPE)
    spare_what_is_loaded()  # as the worker does
    turns = [_turn(context, number) for number in range(TURNS)]
    handled, seconds = sum(turn.handled for turn in turns), sum(turn.seconds for turn in turns)
    total, cpu_seconds = handled / seconds, sum(turn.cpu_seconds for turn in turns)
    ratio = statistics.median(turn.ours / turn.limit for turn in turns)
    growth = turns[-1].memory_mib - turns[0].memory_mib
    odd = RawEvent.objects.filter(state=RawEvent.State.PARKED).count()
    why = f"Python had {cpu_seconds / seconds:.0%} of one core; the rest it waited for PostgreSQL or its turn"
    return [
        Figure(
            "events per second, a backlog of 100,000", total, "/s", at_least=5_000, note="" if total >= 5_000 else why
        ),
        Figure("the best tenth of it", max(turn.ours for turn in turns), "/s"),
        Figure("the same work as pure SQL, without rules", statistics.median(turn.limit for turn in turns), "/s"),
        Figure("share of pure SQL", ratio, "", at_least=0.25),
        Figure("processor time of Python per event", 1e6 * cpu_seconds / handled, "µs"),
        Figure("memory growth over the backlog", growth, "MiB", at_most=20),
        Figure("memory at its end", turns[-1].memory_mib, "MiB"),
        Figure("lines shown", Message.objects.count(), ""),
        Figure("events parked", odd, "", at_most=0),
    ]


def _turn(context: Context, number: int) -> _Turn:
    started, cpu = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(LANES) as threads:  # as the worker does while events crowd in
        handled = sum(threads.map(_work_off_share, range(LANES)))
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    ours = handled / seconds
    memory = resident_mib(os.getpid())
    started = time.perf_counter()
    with connection.cursor() as cursor:
        for _ in range(_LIMIT_PER_TURN // 500):
            cursor.execute("SELECT bench_pipe()")
    limit = _LIMIT_PER_TURN / (time.perf_counter() - started)
    context.progress(f"{number + 1} of {TURNS}: {ours:,.0f}/s, pure SQL {limit:,.0f}/s, {memory:.0f} MiB")
    return _Turn(handled, seconds, limit, cpu, memory)


def _work_off_share(lane: int) -> int:
    try:
        return sum(consume(lane=lane) for _ in range(_OURS_PER_TURN // BATCH // LANES))
    finally:
        connection.close()


_PIPE = """
CREATE FUNCTION bench_pipe() RETURNS int LANGUAGE plpgsql AS $$
DECLARE handled int;
BEGIN
  CREATE TEMP TABLE IF NOT EXISTS batch (id bigint, account_id bigint, user_id text, kind text, text text, at timestamptz,
                                         message_id text, contact_id bigint, conversation_id bigint, exchange_id bigint);
  TRUNCATE batch;
  INSERT INTO batch
    SELECT id, account_id, payload #>> '{source,userId}', coalesce(payload #>> '{message,type}', 'event'),
           coalesce(payload #>> '{message,text}', ''), to_timestamp((payload ->> 'timestamp')::bigint / 1000.0),
           payload #>> '{message,id}'
    FROM intake_rawevent WHERE state = 'new' ORDER BY id LIMIT 500 FOR UPDATE SKIP LOCKED;
  GET DIAGNOSTICS handled = ROW_COUNT;
  INSERT INTO channels_contact (account_id, external_id, friendship, profile_name, picture_url, status_message, language,
                                created_at)
    SELECT DISTINCT account_id, user_id, 'unknown', '', '', '', '', now() FROM batch ORDER BY 1, 2
    ON CONFLICT DO NOTHING;
  UPDATE batch b SET contact_id = c.id FROM channels_contact c
    WHERE c.account_id = b.account_id AND c.external_id = b.user_id;
  WITH fresh AS (
    SELECT DISTINCT b.contact_id, b.user_id, a.provider_id, nextval('members_member_id_seq') AS member_id
    FROM (SELECT DISTINCT contact_id, user_id, account_id FROM batch) b JOIN channels_account a ON a.id = b.account_id
    WHERE NOT EXISTS (SELECT 1 FROM conversations_conversation c WHERE c.contact_id = b.contact_id)
  ), member AS (
    INSERT INTO members_member (id, public_id, display_name, is_name_confirmed, phone, email, locale, picture_url, search,
                                created_at)
      SELECT member_id, 'm' || member_id, '', false, '', '', '', '', '{}', now() FROM fresh
  ), identity AS (
    INSERT INTO members_identity (member_id, kind, provider_id, value, created_at)
      SELECT member_id, 'line', provider_id, user_id, now() FROM fresh
  )
  INSERT INTO conversations_conversation (public_id, member_id, contact_id, state, exchange_number, opened_at, unread,
                                          last_message_at, last_direction, last_kind, last_text, changed_at, attention_at)
    SELECT 'c' || contact_id, member_id, contact_id, 'open', 1, now(), 0, now(), 'inbound', 'text', '', now(), now()
    FROM fresh;
  INSERT INTO conversations_exchange (conversation_id, number, opened_at, outcome)
    SELECT DISTINCT c.id, 1, now(), '' FROM batch b JOIN conversations_conversation c USING (contact_id)
    ON CONFLICT DO NOTHING;
  UPDATE batch b SET conversation_id = c.id, exchange_id = e.id
    FROM conversations_conversation c JOIN conversations_exchange e ON e.conversation_id = c.id
    WHERE c.contact_id = b.contact_id;
  PERFORM 1 FROM conversations_conversation WHERE id IN (SELECT conversation_id FROM batch) ORDER BY id FOR UPDATE;
  INSERT INTO conversations_message (conversation_id, exchange_id, direction, kind, text, details, provider_message_id,
                                     quote_token, quoted_provider_message_id, client_part, occurred_at, created_at,
                                     changed_at)
    SELECT conversation_id, exchange_id, 'inbound', kind, text, '{}', message_id, '', '', 0, at, now(), now()
    FROM batch ORDER BY id ON CONFLICT DO NOTHING;
  UPDATE conversations_conversation c
    SET state = 'open', attention_at = now(), last_message_at = b.at, last_text = left(b.text, 120),
        unread = unread + b.count, changed_at = now(),
        waiting_since = coalesce(waiting_since, b.at)
    FROM (SELECT conversation_id, max(at) AS at, max(text) AS text, count(*) FROM batch GROUP BY 1) b
    WHERE c.id = b.conversation_id;
  UPDATE intake_rawevent r SET state = 'done', handled_at = now(), attempts = 1 FROM batch b WHERE r.id = b.id;
  RETURN handled;
END $$
"""
