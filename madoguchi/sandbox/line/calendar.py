"""LINE counts days and months in UTC+9 (quota, delivery counts, insights)."""

from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache

JST = timezone(timedelta(hours=9))


def day(instant: float) -> str:
    """`yyyyMMdd`."""
    return _names(int(instant + 32400) // 86400)[0]


def month(instant: float) -> str:
    """`YYYY-MM`."""
    return _names(int(instant + 32400) // 86400)[1]


@lru_cache(maxsize=64)
def _names(day_number: int) -> tuple[str, str]:
    moment = datetime.fromtimestamp(day_number * 86400, UTC)
    return moment.strftime("%Y%m%d"), moment.strftime("%Y-%m")


def read_day(text: str) -> date | None:
    """A `yyyyMMdd` date, or None when it is not one."""
    if len(text) != 8 or not text.isdecimal():
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def end_of_day(day: date) -> float:
    """The instant at which `day` is over."""
    return datetime(day.year, day.month, day.day, tzinfo=JST).timestamp() + 86400


def today(instant: float) -> date:
    return datetime.fromtimestamp(instant, JST).date()
