"""The way out: a row written with the message, sent by one loop, settled in batches.

The rows are the truth and the loop keeps nothing that matters: it can be killed at any moment, and started twice (only one
sends at a time, the other stands by). What an outcome means for a row is in ``sender``, the SQL in ``rows``, what is known
of an account while sending in ``lanes``.
"""

from __future__ import annotations

from functools import partial

from django.db import connection, transaction

from madoguchi.channels.outbox.rows import WAKE_CHANNEL
from madoguchi.channels.outbox.sender import UNSENT_TOPIC, Sender, run

__all__ = ["UNSENT_TOPIC", "Sender", "run", "wake"]


def wake() -> None:
    """Tell the sender, once the running transaction has committed, that there is something to send.

    Not inside the transaction: a NOTIFY there makes all commits of the server queue up. Lost wake-ups cost a second.
    """
    transaction.on_commit(partial(_notify), robust=True)


def _notify() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [WAKE_CHANNEL])
