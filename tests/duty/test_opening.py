"""Opening hours, single days and public holidays, as they are written."""

import datetime as dt

import pytest

from madoguchi.duty.actions import remove_day_exception, save_day_exception, save_opening_hours, set_holiday_rule
from madoguchi.duty.calendar import Hours
from madoguchi.duty.errors import HoursEmpty, HoursOverlap
from madoguchi.duty.models import DayException, HolidayRule, OpeningHours
from madoguchi.kit.errors import NotAllowed, NotFound
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.make import World

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 12, 31)


def hours(text: str) -> Hours:
    opens, closes = text.split("-")
    return Hours(dt.time.fromisoformat(opens), dt.time.fromisoformat(closes))


@pytest.fixture
def manager(world: World) -> Staff:
    return make.staff("tsumugi", role=BuiltInRole.MANAGER, store=world.store)


def test_a_week_replaces_the_one_before(world: World, manager: Staff) -> None:
    make.opening_hours(world.store)
    make.opening_hours(world.other_store)

    save_opening_hours(by=manager, store=world.store, week={5: [hours("13:00-00:00"), hours("09:00-12:00")]})

    written = OpeningHours.objects.filter(store=world.store).values_list("weekday", "opens_at", "closes_at")
    assert list(written) == [(5, dt.time(9), dt.time(12)), (5, dt.time(13), dt.time(0))]
    assert OpeningHours.objects.filter(store=world.other_store).count() == 7


@pytest.mark.parametrize(
    ("week", "refusal"),
    [
        ({0: ["09:00-12:00", "11:00-18:00"]}, HoursOverlap),
        ({0: ["22:00-06:00"], 1: ["05:00-12:00"]}, HoursOverlap),
        ({6: ["22:00-06:00"], 0: ["05:00-12:00"]}, HoursOverlap),
        ({0: ["10:00-10:00"]}, HoursEmpty),
    ],
)
def test_hours_that_cannot_be_are_refused(
    world: World, manager: Staff, week: dict[int, list[str]], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        save_opening_hours(
            by=manager, store=world.store, week={day: [hours(text) for text in texts] for day, texts in week.items()}
        )

    assert not OpeningHours.objects.exists()


def test_a_place_can_be_open_all_week_or_over_midnight(world: World, manager: Staff) -> None:
    save_opening_hours(by=manager, store=world.store, week={day: [hours("00:00-00:00")] for day in range(7)})
    save_opening_hours(by=manager, store=world.store, week={day: [hours("18:00-02:00")] for day in range(7)})

    assert OpeningHours.objects.count() == 7


def test_a_single_day_is_written_anew_and_taken_back(world: World, manager: Staff) -> None:
    save_day_exception(by=manager, store=world.store, on=DAY, reason="盤點")
    save_day_exception(by=manager, store=world.store, on=DAY, hours=[hours("10:00-12:00"), hours("13:00-15:00")])
    assert list(DayException.objects.values_list("opens_at", "reason")) == [(dt.time(10), ""), (dt.time(13), "")]

    remove_day_exception(by=manager, store=world.store, on=DAY)
    assert not DayException.objects.exists()


def test_a_day_of_a_whole_market_is_written_by_who_keeps_all_of_it(world: World, manager: Staff) -> None:
    with pytest.raises(NotAllowed):
        save_day_exception(by=manager, market=world.market, on=DAY)
    assert not DayException.objects.exists()

    whole = make.staff(role=BuiltInRole.MANAGER, market=world.market)
    save_day_exception(by=whole, market=world.market, on=DAY, reason="颱風")
    assert DayException.objects.get().market == world.market


def test_the_holiday_rule_is_set_changed_and_left(world: World, manager: Staff) -> None:
    set_holiday_rule(by=manager, store=world.store, is_closed=True)
    set_holiday_rule(by=manager, store=world.store, is_closed=False)
    assert HolidayRule.objects.get().is_closed is False

    set_holiday_rule(by=manager, store=world.store, is_closed=None)
    assert not HolidayRule.objects.exists()


def test_times_of_a_place_are_kept_by_who_keeps_the_place(world: World, manager: Staff) -> None:
    week = {0: [hours("09:00-18:00")]}

    with pytest.raises(NotAllowed):
        save_opening_hours(by=world.aoi, store=world.store, week=week)
    with pytest.raises(NotFound):
        save_opening_hours(by=manager, store=world.other_store, week=week)
    with pytest.raises(NotFound):
        save_opening_hours(by=manager, department=world.department, week=week)
    with pytest.raises(NotFound):
        set_holiday_rule(by=manager, store=world.other_store, is_closed=True)
    with pytest.raises(NotAllowed):
        remove_day_exception(by=world.aoi, store=world.store, on=DAY)

    assert not OpeningHours.objects.exists()
    assert not HolidayRule.objects.exists()
