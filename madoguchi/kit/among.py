"""A condition that a PostgreSQL index can use within an OR."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, Func


class Among(Func):
    """``column = ANY (ARRAY(SELECT …))``: the selection is read once, and then looked up like a list of constants.

    ``column IN (SELECT …)`` means the same, but within an OR the planner can only check it row by row. ``rows`` selects
    one column.
    """

    template = "%(expressions)s)"
    arg_joiner = " = ANY ("
    output_field = models.BooleanField()

    def __init__(self, column: str, rows: models.QuerySet[Any, Any]) -> None:
        super().__init__(F(column), ArraySubquery(rows))
