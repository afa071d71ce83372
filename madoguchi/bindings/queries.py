"""Who looks after whom."""

from __future__ import annotations

import datetime as dt

from madoguchi.bindings.models import Binding


def current(member_id: int, brand_id: int | None, *, at: dt.datetime | None = None) -> Binding | None:
    """Who looks after this member for this brand, now or at that moment; a scope of some brands before one of all."""
    rows = Binding.objects.filter(member=member_id).for_brand(brand_id)
    return (rows.current() if at is None else rows.at(at)).first()
