"""Opening hours as periods, and minutes that count only while a place is open."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from madoguchi.duty.calendar import ALL_DAY, HORIZON, Calendar, Hours
from madoguchi.duty.public_holidays import holiday_name, is_holiday, is_makeup_workday

TAIPEI, NEW_YORK = ZoneInfo("Asia/Taipei"), ZoneInfo("America/New_York")
MONDAY = dt.date(2026, 11, 23)


def hours(text: str) -> Hours:
    opens, closes = text.split("-")
    return Hours(dt.time.fromisoformat(opens), dt.time.fromisoformat(closes))


def week(*texts: str, days: range = range(7)) -> dict[int, list[Hours]]:
    return {day: [hours(text) for text in texts] for day in days}


def at(text: str, day: dt.date = MONDAY, zone: ZoneInfo = TAIPEI) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.fromisoformat(text), tzinfo=zone)


OFFICE = Calendar(TAIPEI, week("09:00-12:00", "13:00-18:00", days=range(5)))
SHOP = Calendar(TAIPEI, week("11:00-21:30"))
BAR = Calendar(TAIPEI, week("18:00-02:00"))
UNTIL_MIDNIGHT = Calendar(TAIPEI, week("20:00-00:00"))
ALWAYS = Calendar(TAIPEI)


def test_a_place_is_open_within_its_hours_and_closed_at_their_end() -> None:
    assert [SHOP.is_open(at(text)) for text in ("10:59", "11:00", "21:29", "21:30")] == [False, True, True, False]


def test_hours_over_midnight_belong_to_the_day_on_which_they_begin() -> None:
    closed_on_tuesdays = Calendar(TAIPEI, week("18:00-02:00"), exceptions={MONDAY + dt.timedelta(days=1): []})

    assert closed_on_tuesdays.is_open(at("01:30", MONDAY + dt.timedelta(days=1)))
    assert not closed_on_tuesdays.is_open(at("18:30", MONDAY + dt.timedelta(days=1)))
    assert not closed_on_tuesdays.is_open(at("01:30", MONDAY + dt.timedelta(days=2)))


def test_midnight_is_the_end_of_the_day() -> None:
    assert UNTIL_MIDNIGHT.is_open(at("23:59:59"))
    assert UNTIL_MIDNIGHT.closing(at("21:00")) == at("00:00", MONDAY + dt.timedelta(days=1))
    assert Calendar(TAIPEI, {0: [ALL_DAY]}).working_minutes(at("00:00"), at("00:00") + dt.timedelta(days=7)) == 1440


def test_a_place_without_hours_is_always_open() -> None:
    assert ALWAYS.is_open(at("03:00"))
    assert ALWAYS.next_opening(at("03:00")) is None
    assert ALWAYS.closing(at("03:00")) is None
    assert ALWAYS.after_working_minutes(at("23:50"), 20) == at("00:10", MONDAY + dt.timedelta(days=1))


def test_working_minutes_leave_out_breaks_nights_and_weekends() -> None:
    friday = MONDAY + dt.timedelta(days=4)

    assert OFFICE.working_minutes(at("11:30"), at("13:30")) == 60
    assert OFFICE.working_minutes(at("17:30", friday), at("09:15", friday + dt.timedelta(days=3))) == 45
    assert OFFICE.after_working_minutes(at("17:30", friday), 45) == at("09:15", friday + dt.timedelta(days=3))
    assert OFFICE.after_working_minutes(at("12:15"), 0) == at("13:00")


def test_a_public_holiday_is_closed_where_it_is_kept() -> None:
    new_year = dt.date(2027, 1, 1)
    keeps = Calendar(TAIPEI, week("09:00-18:00"), holidays_of="tw")

    assert not keeps.is_open(at("10:00", new_year))
    assert SHOP.is_open(at("12:00", new_year))
    assert keeps.next_opening(at("10:00", new_year)) == at("09:00", new_year + dt.timedelta(days=1))


MAKEUP = dt.date(2026, 2, 28)
"""A Saturday that China works for a day off in the week after (State Council, 2025-11-04)."""


@pytest.mark.parametrize(
    ("calendar", "said"),
    [
        (Calendar(TAIPEI, week("09:00-18:00", days=range(4)), holidays_of="cn"), []),
        (Calendar(TAIPEI, week("09:00-18:00", days=range(5)), holidays_of="cn"), ["09:00-18:00"]),
        (Calendar(TAIPEI, week("09:00-18:00", days=range(5))), []),
        (Calendar(TAIPEI, week("09:00-18:00", days=range(5)), holidays_of="jp"), []),
        (Calendar(TAIPEI, week("09:00-18:00") | {5: [hours("10:00-12:00")]}, holidays_of="cn"), ["10:00-12:00"]),
        (Calendar(TAIPEI, week("09:00-18:00", days=range(5)), {MAKEUP: []}, holidays_of="cn"), []),
    ],
    ids=["closed on Fridays", "an office", "no holidays kept", "another country", "open anyway", "an exception"],
)
def test_a_weekend_day_that_is_worked_for_a_day_off_is_as_on_friday(calendar: Calendar, said: list[str]) -> None:
    assert [f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in calendar.hours_on(MAKEUP)] == said
    assert calendar.hours_on(MAKEUP + dt.timedelta(days=7)) == calendar.hours_on(MAKEUP + dt.timedelta(days=14))


def test_make_up_days_are_known_by_market_and_year() -> None:
    assert is_makeup_workday("tw", dt.date(2025, 2, 8))
    assert not is_makeup_workday("tw", dt.date(2025, 2, 15))
    assert not is_makeup_workday("jp", dt.date(2025, 2, 8))
    assert not is_makeup_workday("nowhere", MAKEUP)


def test_an_exception_beats_holiday_and_weekday() -> None:
    new_year = dt.date(2027, 1, 1)
    special = Calendar(TAIPEI, week("09:00-18:00"), {new_year: [hours("13:00-15:00")]}, holidays_of="tw")

    assert special.is_open(at("14:00", new_year))
    assert not special.is_open(at("10:00", new_year))


def test_a_place_that_does_not_open_again_lets_all_minutes_count() -> None:
    gone = Calendar(TAIPEI, week("09:00-18:00"), closed_on=MONDAY)

    assert not gone.is_open(at("10:00"))
    assert gone.next_opening(at("10:00")) is None
    assert gone.after_working_minutes(at("10:00"), 30) == at("10:30")
    assert gone.working_minutes(at("08:00"), at("20:00")) == 0


def test_the_night_of_the_clock_change_has_its_own_length() -> None:
    """2026-03-08 02:00 is followed by 03:00 in New York, and 01:30 comes twice on 2026-11-01."""
    night = Calendar(NEW_YORK, week("00:00-04:00"))
    spring, autumn = dt.date(2026, 3, 8), dt.date(2026, 11, 1)

    assert night.working_minutes(at("00:00", spring, NEW_YORK), at("12:00", spring, NEW_YORK)) == 180
    assert night.working_minutes(at("00:00", autumn, NEW_YORK), at("12:00", autumn, NEW_YORK)) == 300
    assert night.after_working_minutes(at("01:30", spring, NEW_YORK), 60) == at("03:30", spring, NEW_YORK)


def test_overlapping_hours_count_once() -> None:
    assert Calendar(TAIPEI, week("09:00-15:00", "12:00-18:00")).working_minutes(at("00:00"), at("23:00")) == 540


@pytest.mark.parametrize(
    ("market", "locale", "name"),
    [
        ("tw", "zh-hant", "中華民國開國紀念日"),
        ("tw", "en", "Founding Day of the Republic of China"),
        ("cn", "zh-hans", "元旦"),
        ("cn", "zh-hant", "元旦"),
        ("jp", "ja", "元日"),
        ("jp", "zh-hant", "元日"),
        ("xx", "en", ""),
    ],
)
def test_holidays_are_named_in_the_readers_language_or_in_the_countrys(market: str, locale: str, name: str) -> None:
    assert holiday_name(market, dt.date(2026, 1, 1), locale) == name
    assert is_holiday(market, dt.date(2026, 1, 1)) is bool(name)


MINUTE = st.integers(0, 24 * 60 - 1).map(lambda minute: dt.time(minute // 60, minute % 60))
HOURS = st.tuples(MINUTE, MINUTE).filter(lambda pair: pair[0] != pair[1]).map(lambda pair: Hours(*pair))
WEEK = st.dictionaries(st.integers(0, 6), st.lists(HOURS, min_size=1, max_size=3), min_size=1)
EXCEPTIONS = st.dictionaries(
    st.integers(-3, 20).map(lambda days: MONDAY + dt.timedelta(days=days)), st.lists(HOURS, max_size=2), max_size=4
)
CALENDAR = st.builds(
    Calendar,
    zone=st.sampled_from([TAIPEI, NEW_YORK, ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/London")]),
    week=WEEK,
    exceptions=EXCEPTIONS,
    holidays_of=st.sampled_from(["", "tw", "jp", "us"]),
)
MOMENT = st.integers(0, 400 * 24 * 60).map(
    lambda minutes: dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)
)

PATIENT = settings(deadline=None)
"""The first question about a country's holidays loads all of them."""


@PATIENT
@given(CALENDAR, MOMENT, st.integers(0, 5_000))
def test_counting_minutes_undoes_adding_them(calendar: Calendar, start: dt.datetime, minutes: int) -> None:
    assume(calendar.working_minutes(start, start + dt.timedelta(days=300)) >= minutes)  # else all minutes count

    end = calendar.after_working_minutes(start, minutes)

    assert end >= start
    assert calendar.working_minutes(start, end) == minutes


@PATIENT
@given(CALENDAR, MOMENT, st.integers(1, 5_000))
def test_added_minutes_never_end_in_closed_time(calendar: Calendar, start: dt.datetime, minutes: int) -> None:
    assume(calendar.working_minutes(start, start + dt.timedelta(days=300)) >= minutes)

    end = calendar.after_working_minutes(start, minutes)

    assert calendar.is_open(end - dt.timedelta(microseconds=1))
    assert calendar.is_open(calendar.after_working_minutes(start, 0))


@PATIENT
@given(CALENDAR, MOMENT, st.integers(-10_000, 20_000), st.integers(0, 20_000))
def test_working_minutes_add_up_and_are_never_negative(
    calendar: Calendar, start: dt.datetime, first: int, second: int
) -> None:
    middle = start + dt.timedelta(minutes=first)
    end = middle + dt.timedelta(minutes=second)

    counted = calendar.working_minutes(start, middle)
    assert 0 <= counted <= max(first, 0)
    if first >= 0:
        assert counted + calendar.working_minutes(middle, end) == pytest.approx(calendar.working_minutes(start, end))


@PATIENT
@given(CALENDAR, MOMENT)
def test_the_next_opening_follows_closed_time(calendar: Calendar, moment: dt.datetime) -> None:
    opening = calendar.next_opening(moment)

    if opening is not None:
        assert moment < opening <= moment + HORIZON + dt.timedelta(days=2)
        assert calendar.is_open(opening)
        assert not calendar.is_open(opening - dt.timedelta(microseconds=1))
    elif not calendar.is_open(moment):
        assert calendar.working_minutes(moment, moment + HORIZON) == 0
