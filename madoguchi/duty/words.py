"""Times of opening as customers are told them."""

from __future__ import annotations

import datetime as dt

from django.utils.formats import date_format
from django.utils.translation import gettext as _


def opening_words(opens_at: dt.datetime, today: dt.date) -> str:
    """Both on the place's own clock: the time; the day too unless it is today."""
    time = date_format(opens_at, "H:i")
    if opens_at.date() == today:
        return time
    return _("%(day)s, %(time)s") % {"day": date_format(opens_at, "MONTH_DAY_FORMAT"), "time": time}
