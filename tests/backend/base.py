"""Django's PostgreSQL backend for tests that commit: afterwards their tables are emptied by deleting what is in them.

Django would TRUNCATE, which makes the files of ninety tables and four hundred indexes anew, and then write the rows of
all content types and permissions again, one by one: seconds after each such test, where most have filled ten tables.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db.backends.postgresql import base, creation, operations

_KEPT = {"contenttypes.contenttype": "django_content_type", "auth.permission": "auth_permission"}
"""What only migrations write, by model: it is neither taken away nor restored."""


class DatabaseCreation(creation.DatabaseCreation):
    def serialize_db_to_string(self) -> str:
        rows = json.loads(super().serialize_db_to_string())
        return json.dumps([row for row in rows if row["model"] not in _KEPT])


class DatabaseOperations(operations.DatabaseOperations):
    def sql_flush(
        self, style: Any, tables: Sequence[str], *, reset_sequences: bool = False, allow_cascade: bool = False
    ) -> list[str]:
        """In any order: Django's foreign keys are checked at the commit, when all are empty. In one go to the server."""
        emptied = (self.quote_name(table) for table in tables if table not in _KEPT.values())
        return ["".join(f"DELETE FROM {table};" for table in emptied)]


class DatabaseWrapper(base.DatabaseWrapper):
    creation_class = DatabaseCreation
    ops_class = DatabaseOperations
