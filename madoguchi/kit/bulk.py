"""Statements that carry hundreds of rows.

Django's own cursors write parameters into the statement's text, which then is escaped, sent, parsed and planned as a
whole. These keep them apart, take arrays in binary (``%b::bigint[]``) and read rows in binary: half the time for a batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connection
from psycopg.pq import Format


def execute(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """In Django's current transaction, with Django's errors. Returns the rows, if it is a statement that has any.

    ``jsonb`` comes as Python objects and times in UTC.
    """
    connection.ensure_connection()
    raw = psycopg.Cursor(connection.connection)
    raw.format = Format.BINARY
    make = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with make(raw) as cursor:  # type: ignore[arg-type] # it wraps psycopg's cursors, whatever its annotation says
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []
