"""One statement for a total and its parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from django.db import connection

Counts = TypeVar("Counts")
Key = tuple[str, int | None]
"""The column that a row is grouped by, and its value there; ("", None) is the total."""


class Statement(NamedTuple):
    """Rows to count."""

    sql: str
    parameters: Sequence[Any]
    names: Sequence[str]
    """Of its columns."""


def fold(
    rows: Statement, *, select: str, sets: Sequence[str], parameters: Iterable[Any] = ()
) -> dict[Key, Sequence[int]]:
    """Counts over the rows (``select``, with its ``parameters``): of all, and by each column of ``sets``."""
    groups = "".join(f", ({name})" for name in sets)
    keys = "".join(f"{name}, grouping({name}), " for name in sets)
    statement = f"""SELECT {keys}{select} FROM ({rows.sql}) AS r ({", ".join(rows.names)})
                    GROUP BY GROUPING SETS ((){groups})"""
    with connection.cursor() as cursor:
        cursor.execute(statement, [*parameters, *rows.parameters])
        found = cursor.fetchall()
    return {_key(row, sets): row[2 * len(sets) :] for row in found}


def _key(row: Sequence[Any], sets: Sequence[str]) -> Key:
    """GROUPING is 0 for the column that a row is grouped by (postgresql.org/docs, 9.21)."""
    for number, name in enumerate(sets):
        if row[2 * number + 1] == 0:
            return name, row[2 * number]
    return "", None


def total(found: Mapping[Key, Sequence[int]], kind: type[Counts]) -> Counts:
    return kind(*found.get(("", None), ()))


def groups(found: Mapping[Key, Sequence[int]], name: str, kind: type[Counts]) -> dict[int | None, Counts]:
    return {pk: kind(*counts) for (group, pk), counts in found.items() if group == name}
