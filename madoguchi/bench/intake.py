"""The entrance: signed webhooks per second, each durable before its 200, against what the same PostgreSQL can commit.

Three rounds of: single-row commits by 32 clients, an entrance that only checks the signature, and ours. The database
belongs to the bench, the generator shares the machine with what it measures, and the median round counts.
"""

from __future__ import annotations

import json
import os
import random
import statistics
from dataclasses import dataclass

from django.db import connection

from madoguchi.bench.company import SECRET, create_account
from madoguchi.bench.figures import Context, Figure
from madoguchi.bench.load import Outcome, Plan, drive, event
from madoguchi.bench.processes import commits_per_second, serving
from madoguchi.intake.models import RawEvent

ROUNDS = 3
_REQUESTS_PER_SECOND_MAX = 16_000


@dataclass(frozen=True, slots=True)
class _Round:
    commits: float
    bare: Outcome
    ours: Outcome

    @property
    def ratio(self) -> float:
        return self.ours.per_second / self.commits


def run(context: Context) -> list[Figure]:
    account = create_account()
    os.environ["BARE_ENTRANCE_SECRET"] = SECRET
    path = f"/hooks/line/{account.public_id}"
    with (
        serving("madoguchi.asgi:application", context.port) as _,
        serving("madoguchi.bench.bare_entrance:app", context.port + 1) as _,
    ):
        rounds = [_round(context, account.pk, path, number) for number in range(ROUNDS)]
    middle = sorted(rounds, key=lambda r: r.ratio)[ROUNDS // 2]
    acknowledged = sum(r.ours.distinct_events for r in rounds)
    stored = RawEvent.objects.exclude(event_id__startswith="single").count()
    return [
        Figure("webhook events stored per second, 64 connections", middle.ours.per_second, "/s"),
        Figure("single-row commits per second, 32 clients", middle.commits, "/s"),
        Figure("share of the single-row commits", middle.ratio, "", at_least=0.7, note=_why(middle)),
        Figure("share of an entrance that only checks signatures", middle.ours.per_second / middle.bare.per_second, ""),
        Figure("time to the answer, half of all", statistics.median(r.ours.p50_ms for r in rounds), "ms"),
        Figure("time to the answer, 99 of 100", statistics.median(r.ours.p99_ms for r in rounds), "ms", at_most=50),
        Figure("requests not answered with 200", sum(r.ours.refused for r in rounds), "", at_most=0),
        Figure("acknowledged events missing in the table", acknowledged - stored, "", at_most=0),
    ]


def _round(context: Context, account_id: int, path: str, number: int) -> _Round:
    seconds = context.seconds
    commits = commits_per_second(context.url, _single_row(account_id, number), max(2.0, seconds / 2))
    requests = round(seconds * _REQUESTS_PER_SECOND_MAX)
    bare, ours = (
        drive(Plan(port=context.port + offset, path=path, secret=SECRET.encode(), seed=seed, requests=n, seconds=s))
        for offset, seed, n, s in ((1, 900, requests // 2, seconds / 2), (0, 1 + number, requests, seconds))
    )
    found = _Round(commits, bare, ours)
    context.progress(
        f"round {number + 1}: {commits:,.0f} commits/s, {bare.per_second:,.0f} bare, {ours.per_second:,.0f} ours "
        f"(p50 {ours.p50_ms:.1f} ms, p99 {ours.p99_ms:.1f} ms)"
    )
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
    return found


def _single_row(account_id: int, number: int) -> str:
    payload = json.dumps(event(1, 0, random.Random(1)), ensure_ascii=False).replace("'", "''")
    return (
        f"INSERT INTO intake_rawevent (account_id, event_id, payload, received_at, state, kind, attempts, note) VALUES "
        f"({account_id}, 'single-{number}-' || gen_random_uuid(), '{payload}', now(), 'new', '', 0, '') "
        "ON CONFLICT (account_id, event_id) DO NOTHING;\n"
    )


def _why(middle: _Round) -> str:
    if middle.ratio >= 0.7:
        return ""
    share = middle.ours.per_second / middle.bare.per_second
    return (
        f"generator, entrance and PostgreSQL share {os.cpu_count()} cores; an entrance without a database reaches "
        f"{middle.bare.per_second:,.0f}/s here, ours {share:.0%} of that"
    )
