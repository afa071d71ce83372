"""Times and names as people say them, in the reader's language.

Waiting times are rendered here once and then kept ticking by clock.js, which is given the same patterns (``PATTERNS``)
and thresholds through attributes of <body>: there is one set of words.
"""

from __future__ import annotations

import datetime as dt

from babel.dates import format_date, format_datetime, format_timedelta
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

SOON = dt.timedelta(minutes=3)
"""From here on a waiting customer is shown in amber …"""
LATE = dt.timedelta(minutes=15)
"""… and from here on in red."""

_BABEL = {"zh-hant": "zh_Hant_TW", "zh-hans": "zh_Hans_CN", "ja": "ja_JP", "en": "en_GB"}


def patterns() -> dict[str, str]:
    """Waiting time by unit; {n} is the number."""
    return {
        "moment": pgettext("waiting time", "just now"),
        "minutes": pgettext("waiting time", "waits {n} min"),
        "hours": pgettext("waiting time", "waits {n} h"),
        "days": pgettext("waiting time", "waits {n} d"),
    }


def waiting(since: dt.datetime, now: dt.datetime) -> str:
    seconds = max(0, int((now - since).total_seconds()))
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= length:
            return patterns()[unit].replace("{n}", str(seconds // length))
    return patterns()["moment"]


def urgency(since: dt.datetime, now: dt.datetime) -> str:
    """'', 'soon' or 'late'."""
    if now - since >= LATE:
        return "late"
    return "soon" if now - since >= SOON else ""


def span(seconds: float) -> str:
    """A duration in its largest unit: 40 seconds, 3 minutes, 2 hours."""
    return str(format_timedelta(round(seconds), threshold=1.5, locale=_locale()))


def moment(at: dt.datetime, now: dt.datetime) -> str:
    """09:41 today, Yesterday, 18 Nov this year, else with the year."""
    local, today = timezone.localtime(at), timezone.localtime(now).date()
    if local.date() == today:
        return clock(at)
    if local.date() == today - dt.timedelta(days=1):
        return _("Yesterday")
    return short_date(local.date(), today)


def short_date(on: dt.date, today: dt.date) -> str:
    """18 Nov this year, else with the year."""
    if on.year == today.year:
        return format_date(on, {"en": "d MMM"}.get(_language(), "M/d"), locale=_locale())
    return format_date(on, {"en": "d MMM y"}.get(_language(), "y/M/d"), locale=_locale())


def clock(at: dt.datetime) -> str:
    """24 hours, as all four languages write it here."""
    return timezone.localtime(at).strftime("%H:%M")


def day(on: dt.date, today: dt.date) -> str:
    """The line between two days of a thread: 11月21日 星期六; the year only where it is another."""
    chinese_or_japanese = "M月d日 EEEE" if on.year == today.year else "y年M月d日 EEEE"
    english = "EEEE, d MMMM" if on.year == today.year else "EEEE, d MMMM y"
    return format_date(on, english if _language() == "en" else chinese_or_japanese, locale=_locale())


def whole_moment(at: dt.datetime) -> str:
    """Day and time in full; the year only where it is another one."""
    local = timezone.localtime(at)
    year = local.year != timezone.localdate().year
    if _language() == "en":
        pattern = "d MMM y, HH:mm" if year else "d MMM, HH:mm"
    else:
        pattern = "y年M月d日 HH:mm" if year else "M月d日 HH:mm"
    return format_datetime(local, pattern, locale=_locale(), tzinfo=local.tzinfo)


def weekday_moment(at: dt.datetime) -> str:
    """For choosing a time: 週一 10:00."""
    local = timezone.localtime(at)
    return format_datetime(local, "EEE HH:mm", locale=_locale(), tzinfo=local.tzinfo)


def weekday_date(on: dt.date) -> str:
    """For choosing a day: 週一 23."""
    return format_date(on, "EEE d", locale=_locale())


def weekdays() -> list[str]:
    """Their short names, Monday first."""
    monday = dt.date(2024, 1, 1)
    return [format_date(monday + dt.timedelta(days=day), "EEE", locale=_locale()) for day in range(7)]


def month(on: dt.date) -> str:
    """2026年11月, November 2026."""
    return format_date(on, "MMMM y" if _language() == "en" else "y年M月", locale=_locale())


def _language() -> str:
    return get_language() or "zh-hant"


def _locale() -> str:
    return _BABEL.get(_language(), "zh_Hant_TW")
