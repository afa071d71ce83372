"""One at a time, over all processes: PostgreSQL's advisory locks, which end with the connection of whoever holds them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def exclusive(kind: str, number: int) -> Iterator[bool]:
    """True while nobody else is inside with the same kind and number; false: somebody is, and nobody waits.

    The lock belongs to the connection, not to a transaction: for long work with calls to the outside in it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s), %s)", [kind, number])
        is_ours = bool(cursor.fetchone()[0])
    try:
        yield is_ours
    finally:
        if is_ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtext(%s), %s)", [kind, number])
