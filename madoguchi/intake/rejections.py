"""Counting refused requests: in memory, and added to the day's row every few seconds. Nothing else of them is kept."""

from __future__ import annotations

import asyncio
from collections import Counter

import psycopg
from django.utils import timezone

from madoguchi.intake.models import Rejection
from madoguchi.kit.lasting_connection import LastingConnection

FLUSH_SECONDS = 3.0


class Rejections:
    def __init__(self, connection: LastingConnection) -> None:
        self._connection = connection
        self._counts: Counter[tuple[int | None, str]] = Counter()

    def count(self, reason: Rejection.Reason, account_id: int | None = None) -> None:
        self._counts[account_id, reason.value] += 1

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            await self.flush()

    async def flush(self) -> None:
        """What cannot be written now is written next time."""
        counts, self._counts = self._counts, Counter()
        if not counts:
            return
        accounts, reasons = zip(*counts, strict=True)
        try:
            await self._connection.execute(
                _ADD, [timezone.localdate(), list(accounts), list(reasons), list(counts.values())]
            )
        except psycopg.OperationalError:
            self._counts.update(counts)


_ADD = """
INSERT INTO intake_rejection (account_id, reason, day, count)
SELECT c.account_id, c.reason, %s, c.count
FROM unnest(%s::bigint[], %s::text[], %s::int[]) AS c (account_id, reason, count)
LEFT JOIN channels_account a ON a.id = c.account_id
WHERE c.account_id IS NULL OR a.id IS NOT NULL
ON CONFLICT (account_id, reason, day) DO UPDATE SET count = intake_rejection.count + excluded.count
"""
