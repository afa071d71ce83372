"""On and off duty by one's own word, and the seat that everybody has."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from pytest_django import DjangoAssertNumQueries

from madoguchi.duty.actions import lock_seats, say_on_duty, set_capacity
from madoguchi.duty.errors import CapacityOutOfRange
from madoguchi.duty.models import Seat, Shift
from madoguchi.kit.errors import NotAllowed, NotFound
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.make import World

pytestmark = pytest.mark.django_db
TAIPEI = ZoneInfo("Asia/Taipei")
MONDAY = dt.datetime(2026, 11, 23, 14, tzinfo=TAIPEI)


def test_seats_are_made_when_they_are_first_asked_for(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    seats = lock_seats([world.ren.pk, world.aoi.pk])

    assert sorted(seats) == sorted([world.ren.pk, world.aoi.pk])
    assert {seat.capacity for seat in seats.values()} == {Seat.CAPACITY}
    with django_assert_num_queries(2):
        lock_seats([world.ren.pk, world.aoi.pk])


def test_the_word_holds_until_the_end_of_the_day_on_the_market_clock(world: World) -> None:
    seat = say_on_duty(staff=world.aoi, is_on_duty=True, now=MONDAY)

    assert seat.said_until == dt.datetime(2026, 11, 24, tzinfo=TAIPEI)
    assert Seat.objects.get(pk=world.aoi.pk).is_on_duty is True


def test_the_word_holds_until_a_night_shift_is_over(world: World) -> None:
    morning = MONDAY.replace(hour=6) + dt.timedelta(days=1)
    Shift.objects.create(staff=world.aoi, store=world.store, starts_at=MONDAY, ends_at=morning)

    assert say_on_duty(staff=world.aoi, is_on_duty=False, now=MONDAY).said_until == morning


def test_the_word_can_be_taken_back(world: World) -> None:
    say_on_duty(staff=world.aoi, is_on_duty=False, now=MONDAY)

    seat = say_on_duty(staff=world.aoi, is_on_duty=None, now=MONDAY)

    assert (seat.is_on_duty, seat.said_until) == (None, None)


def test_capacity_is_set_by_who_keeps_the_place_and_by_nobody_else(world: World) -> None:
    manager = make.staff("tsumugi", role=BuiltInRole.MANAGER, store=world.store)

    set_capacity(by=manager, staff=world.aoi, capacity=3)
    with pytest.raises(NotAllowed):
        set_capacity(by=world.aoi, staff=world.aoi, capacity=9)
    with pytest.raises(NotFound):
        set_capacity(by=manager, staff=world.ren, capacity=9)
    with pytest.raises(CapacityOutOfRange):
        set_capacity(by=manager, staff=world.aoi, capacity=100)

    assert dict(Seat.objects.values_list("staff", "capacity")) == {world.aoi.pk: 3}
