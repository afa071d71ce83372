"""Public holidays by market code, from the package ``holidays`` (vacanza.github.io/holidays), and the weekend days that
are worked in exchange for a day off between a holiday and a weekend (調休, 補行上班日).

A market whose code is no ISO 3166-1 country that the package knows has none. Names come in the reader's language where
the package has it, else in the country's own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import holidays

_LANGUAGES: Mapping[str, tuple[str, ...]] = {
    "zh-hant": ("zh_TW", "zh_HK"),
    "zh-hans": ("zh_CN",),
    "ja": ("ja",),
    "en": ("en_US",),
}
"""Our language codes, as the package writes them."""


def is_holiday(market_code: str, on: dt.date) -> bool:
    return on in _names(market_code, on.year, "")


def holiday_name(market_code: str, on: dt.date, locale: str) -> str:
    """Empty: no holiday. ``locale`` is one of settings.LANGUAGES."""
    return _names(market_code, on.year, locale).get(on, "")


def is_makeup_workday(market_code: str, on: dt.date) -> bool:
    """Whether this day of a weekend is worked, because another day is off for it."""
    return on in _makeup_workdays(market_code, on.year)


@lru_cache(maxsize=512)
def _names(market_code: str, year: int, locale: str) -> Mapping[dt.date, str]:
    supported = _country(market_code)
    if supported is None:
        return {}
    wanted = (name for name in _LANGUAGES.get(locale, ()) if name in supported.supported_languages)
    language = next(wanted, supported.default_language)
    return dict(_country(market_code, years=year, language=language) or {})


@lru_cache(maxsize=128)
def _makeup_workdays(market_code: str, year: int) -> frozenset[dt.date]:
    """The package writes such a day down with the day off, which may lie in the year after."""
    known = _country(market_code, years=(year, year + 1))
    return frozenset(day for day in known.weekend_workdays if day.year == year) if known is not None else frozenset()


def _country(market_code: str, **options: Any) -> holidays.HolidayBase | None:
    try:
        return holidays.country_holidays(market_code.upper(), **options)
    except NotImplementedError:  # the package's word for a country that it does not know
        return None
