"""Who is on duty and what is open: the order of what counts, and what it costs to know."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from pytest_django import DjangoAssertNumQueries

from madoguchi.duty.models import DayException, HolidayRule, Leave
from madoguchi.duty.schedule import NOWHERE, Absence, Place, Schedule
from madoguchi.organization.models import Staff
from tests import make
from tests.make import World

pytestmark = pytest.mark.django_db
TAIPEI, TOKYO = ZoneInfo("Asia/Taipei"), ZoneInfo("Asia/Tokyo")
NOW = dt.datetime(2026, 11, 23, 14, tzinfo=TAIPEI)
"""A Monday."""
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def load(*people: Staff, places: tuple[Place, ...] = (), now: dt.datetime = NOW) -> Schedule:
    return Schedule.load(now, staff_ids=[person.pk for person in people], places=places)


def leave(staff: Staff, start: dt.datetime, end: dt.datetime) -> Leave:
    return Leave.objects.create(staff=staff, starts_at=start, ends_at=end, by=staff)


def test_without_roster_and_hours_somebody_is_on_duty(world: World) -> None:
    schedule = load(world.aoi, world.mio)

    assert schedule.is_on_duty(world.aoi.pk)
    assert schedule.is_on_duty(world.mio.pk)
    assert schedule.absence(world.aoi.pk) is None
    assert schedule.back_at(world.aoi.pk) is None


def test_without_roster_the_hours_of_the_place_count(world: World) -> None:
    make.opening_hours(world.store, "16:00", "20:00")

    schedule = load(world.aoi)

    assert not schedule.is_on_duty(world.aoi.pk)
    assert schedule.absence(world.aoi.pk) == Absence.OFF_DUTY
    assert schedule.back_at(world.aoi.pk) == NOW + 2 * HOUR


def test_a_roster_beats_the_hours(world: World) -> None:
    make.opening_hours(world.store, "10:00", "20:00")
    make.shift(world.aoi, NOW + DAY, NOW + DAY + 8 * HOUR, at=world.store)

    schedule = load(world.aoi)

    assert not schedule.is_on_duty(world.aoi.pk)
    assert schedule.back_at(world.aoi.pk) == NOW + DAY


def test_an_old_roster_is_none(world: World) -> None:
    make.shift(world.aoi, NOW - 40 * DAY, NOW - 40 * DAY + 8 * HOUR, at=world.store)

    assert load(world.aoi).is_on_duty(world.aoi.pk)


def test_a_shift_counts_where_it_is(world: World) -> None:
    make.posting(world.aoi, store=world.other_store)
    make.shift(world.aoi, NOW - HOUR, NOW + HOUR, at=world.other_store)

    schedule = load(world.aoi)

    assert schedule.is_on_duty(world.aoi.pk)
    assert schedule.is_on_duty(world.aoi.pk, Place(store_id=world.other_store.pk))
    assert not schedule.is_on_duty(world.aoi.pk, Place(store_id=world.store.pk))


def test_a_shift_ends_when_it_ends(world: World) -> None:
    make.shift(world.aoi, NOW - HOUR, NOW, at=world.store)

    assert not load(world.aoi).is_on_duty(world.aoi.pk)


def test_leave_beats_a_shift(world: World) -> None:
    make.shift(world.aoi, NOW - HOUR, NOW + HOUR, at=world.store)
    make.shift(world.aoi, NOW + DAY, NOW + DAY + 8 * HOUR, at=world.store)
    leave(world.aoi, NOW - DAY, NOW + DAY + HOUR)

    schedule = load(world.aoi)

    assert schedule.absence(world.aoi.pk) == Absence.ON_LEAVE
    assert schedule.back_at(world.aoi.pk) == NOW + DAY + HOUR


def test_leave_that_follows_leave_is_waited_for(world: World) -> None:
    make.opening_hours(world.store, "10:00", "20:00")
    leave(world.aoi, NOW - DAY, NOW + DAY)
    leave(world.aoi, NOW + DAY, NOW + 2 * DAY)

    assert load(world.aoi).back_at(world.aoi.pk) == NOW + 2 * DAY


def test_ones_own_word_beats_everything_while_it_holds(world: World) -> None:
    leave(world.aoi, NOW - DAY, NOW + DAY)
    make.seat(world.aoi, said=True, until=NOW + HOUR)
    make.seat(world.ren, said=False, until=NOW + HOUR)

    schedule = load(world.aoi, world.ren)
    later = load(world.aoi, world.ren, now=NOW + HOUR)

    assert schedule.is_on_duty(world.aoi.pk)
    assert schedule.absence(world.ren.pk) == Absence.OFF_DUTY
    assert schedule.back_at(world.ren.pk) == NOW + HOUR
    assert later.absence(world.aoi.pk) == Absence.ON_LEAVE
    assert later.is_on_duty(world.ren.pk)


def test_who_is_not_active_or_unknown_is_not_on_duty(world: World) -> None:
    world.aoi.is_active = False
    world.aoi.save()
    make.seat(world.aoi, said=True, until=NOW + HOUR)

    schedule = load(world.aoi)

    assert schedule.absence(world.aoi.pk) == Absence.OFF_DUTY
    assert schedule.absence(world.ren.pk) == Absence.OFF_DUTY
    assert schedule.back_at(world.aoi.pk) is None


def test_hours_are_on_the_clock_of_the_market(world: World) -> None:
    japan = make.market("jp", name="日本", locale="ja", zone="Asia/Tokyo")
    tokyo = make.store("tyo-01", market=japan)
    make.opening_hours(tokyo, "10:00", "15:00")
    make.opening_hours(world.store, "10:00", "15:00")
    here, there = Place(store_id=world.store.pk), Place(store_id=tokyo.pk)

    schedule = load(places=(here, there))

    assert schedule.is_open(here)
    assert not schedule.is_open(there)
    assert schedule.next_opening(there) == dt.datetime(2026, 11, 24, 10, tzinfo=TOKYO)


def test_the_exception_of_a_place_beats_that_of_its_market(world: World) -> None:
    make.opening_hours(world.store)
    make.opening_hours(world.other_store)
    DayException.objects.create(market=world.market, on=NOW.date(), reason="颱風")
    DayException.objects.create(store=world.store, on=NOW.date(), opens_at=dt.time(13), closes_at=dt.time(15))
    here, there = Place(store_id=world.store.pk), Place(store_id=world.other_store.pk)

    schedule = load(places=(here, there))

    assert schedule.is_open(here)
    assert not schedule.is_open(there)


def test_departments_keep_public_holidays_and_stores_do_not_unless_a_rule_says_so(world: World) -> None:
    holiday = dt.datetime(2027, 1, 1, 12, tzinfo=TAIPEI)
    places = (
        Place(store_id=world.store.pk),
        Place(store_id=world.other_store.pk),
        Place(department_id=world.department.pk),
        Place(department_id=make.department("repair", market=world.market).pk),
    )
    make.opening_hours(world.store)
    make.opening_hours(world.other_store)
    make.opening_hours(world.department)
    HolidayRule.objects.create(store=world.other_store, is_closed=True)

    schedule = load(places=places, now=holiday)

    assert [schedule.is_open(place) for place in places] == [True, False, False, True]  # the last keeps no hours at all


def test_a_store_that_has_closed_for_good_is_closed(world: World) -> None:
    world.store.closed_on = NOW.date()
    world.store.save()

    assert not load(places=(Place(store_id=world.store.pk),)).is_open(Place(store_id=world.store.pk))


def test_no_place_is_always_open(world: World) -> None:
    assert load().is_open(NOWHERE)


def test_reading_costs_the_same_for_any_number_of_people_and_places(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people = [make.staff(store=make.store()) for _number in range(12)]
    for person in people:
        make.shift(person, NOW - HOUR, NOW + HOUR, at=world.store)
    places = [Place(store_id=world.store.pk), Place(department_id=world.department.pk)]

    for some in (people[:1], people):
        with django_assert_num_queries(9):
            schedule = Schedule.load(NOW, staff_ids=[person.pk for person in some], places=places)
            assert all(schedule.is_on_duty(person.pk) for person in some)
            assert all(schedule.is_open(place) for place in places)
            assert all(schedule.back_at(person.pk) is None for person in some)
