"""Writing many rows quickly: COPY into bare tables, then indexes and constraints again, each once over everything."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from psycopg import Connection, sql

NULL = r"\N"


@dataclass(slots=True)
class Table:
    """COPY lines for one model. ``varying`` columns come with each row, ``constants`` are the same for all; columns named
    in neither are null. Values are texts as PostgreSQL's COPY reads them, free of tabs, newlines and backslashes."""

    model: type[models.Model]
    varying: tuple[str, ...]
    constants: dict[str, str]
    lines: list[str] = field(default_factory=list)
    _tail: str = ""

    def __post_init__(self) -> None:
        columns = {field.column or "": field for field in self.model._meta.local_concrete_fields}
        given = set(self.varying) | self.constants.keys()
        if unknown := given - columns.keys():
            raise LookupError(f"{self.name} has no column {', '.join(sorted(unknown))}")
        if missing := {name for name, field in columns.items() if not field.null} - given:
            raise LookupError(f"{self.name} needs {', '.join(sorted(missing))}")
        self._tail = "".join(f"\t{value}" for value in self.constants.values()) + "\n"

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    def add(self, *values: object) -> None:
        self.lines.append("\t".join(map(str, values)) + self._tail)

    def take(self) -> Callable[[Connection[Any]], None]:
        """The rows collected so far, to be written later, perhaps by another thread."""
        data, self.lines = "".join(self.lines), []
        names = sql.SQL(", ").join(map(sql.Identifier, (*self.varying, *self.constants)))
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(self.name), names)

        def write(connection: Connection[Any]) -> None:
            with connection.cursor() as cursor, cursor.copy(statement) as copy:
                copy.write(data)

        return write


@dataclass(frozen=True, slots=True)
class Stripped:
    """What was taken off the tables, as statements that put it back: first the indexes, then the foreign keys."""

    indexes: tuple[str, ...]
    foreign_keys: tuple[str, ...]


def strip(connection: Connection[Any], tables: Iterable[str]) -> Stripped:
    """Drop all indexes, unique constraints and foreign keys of these tables but the primary keys."""
    names = list(tables)
    constraints = connection.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), contype FROM pg_constraint"
        " WHERE conrelid = ANY (%s::regclass[]) AND contype IN ('u', 'f') ORDER BY conname",
        [names],
    ).fetchall()
    for table, name, _definition, _kind in constraints:
        connection.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.SQL(table), sql.Identifier(name)))
    indexes = connection.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = ANY (%s::regclass[]) AND NOT indisprimary ORDER BY 1",
        [names],
    ).fetchall()
    for name, _definition in indexes:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.SQL(name)))
    added = {
        kind: tuple(
            f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'
            for table, name, definition, k in constraints
            if k == kind
        )
        for kind in ("u", "f")
    }
    return Stripped(added["u"] + tuple(definition for _name, definition in indexes), added["f"])


def set_sequences(connection: Connection[Any], tables: Iterable[str]) -> None:
    """Ids were given by us: the next row must not get one of them again."""
    for table in tables:
        connection.execute(
            sql.SQL(
                "SELECT setval(pg_get_serial_sequence({}, 'id'), (SELECT coalesce(max(id), 0) + 1 FROM {}), false)"
            ).format(sql.Literal(table), sql.Identifier(table))
        )
