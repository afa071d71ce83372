from __future__ import annotations

from django.contrib.postgres.fields import DateTimeRangeField
from django.db.models import Func


class Period(Func):
    """Two columns as a range of time, for exclusion constraints: ``Period("starts_at", "ends_at", RangeBoundary())`` begins
    with the one and ends before the other; an empty end is for ever."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()
