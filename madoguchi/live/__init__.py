"""Live signals: topics, NOTIFY, one listener per process, the SSE entrance.

A signal says only that something about a topic has changed (``conversation-42``, ``queue-store-7``); whoever hears it
reads the change from the tables, where permissions are checked. Signals may be lost and may come twice.

They are lost with a process that is killed between its commit and its NOTIFY. The others notice that it has gone, for
every process that publishes listens as well (``listener``), and let their pages look at everything.

A NOTIFY inside a transaction serialises all commits of the server, its fsync included (measured: 3,344 → 209 commits
per second on a slow disk), so ours goes out after the commit, in a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from django.db import connection, transaction

CHANNEL = "madoguchi_live"
PAYLOAD_BYTES_MAX = 7_900
"""PostgreSQL refuses payloads of 8,000 bytes and more (postgresql.org/docs/current/sql-notify.html)."""


def publish(topics: Iterable[str]) -> None:
    """Announce that something about these topics changed, once the running transaction has committed.

    Outside a transaction it goes out at once. A signal that cannot be sent is logged and does not undo the work.
    """
    names = sorted(set(topics))
    if names:
        transaction.on_commit(partial(_notify, names), robust=True)


def payloads(topics: Iterable[str]) -> list[str]:
    """The topics separated by spaces, in as few NOTIFY payloads as they fit into."""
    chunks: list[str] = []
    for topic in topics:
        if chunks and len(chunks[-1]) + 1 + len(topic) <= PAYLOAD_BYTES_MAX:
            chunks[-1] += f" {topic}"
        else:
            chunks.append(topic)
    return chunks


def _notify(topics: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, payload) FROM unnest(%s::text[]) AS payload", [CHANNEL, payloads(topics)])
