"""A change of presence wakes the person's pages and the router; locks on seats are taken in one order."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.db import transaction

from madoguchi import live
from madoguchi.duty.actions import (
    add_leave,
    add_shift,
    lock_seats,
    remove_leave,
    remove_shift,
    save_day_exception,
    save_opening_hours,
    say_on_duty,
    set_capacity,
    set_holiday_rule,
)
from madoguchi.duty.errors import CapacityOutOfRange
from madoguchi.duty.models import Seat
from madoguchi.duty.rosters import import_roster
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.database import database_url
from tests.make import World
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)
TEN = dt.datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Asia/Taipei"))
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def committed() -> World:
    return make.world()


@pytest.fixture
def manager(committed: World) -> Staff:
    return make.staff("tsumugi", role=BuiltInRole.MANAGER, store=committed.store)


@pytest.fixture
def ear(committed: World) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_url(), autocommit=True) as connection:
        connection.execute(f"LISTEN {live.CHANNEL}".encode())
        yield connection


def heard(ear: psycopg.Connection[Any], *, seconds: float = 3) -> set[str]:
    return {topic for signal in ear.notifies(timeout=seconds, stop_after=1) for topic in signal.payload.split()}


def test_every_change_of_somebodys_time_tells_them_and_the_queue(
    committed: World, manager: Staff, ear: psycopg.Connection[Any]
) -> None:
    aoi, store = committed.aoi, committed.store
    told = {"queue", f"staff-{aoi.pk}"}

    say_on_duty(staff=aoi, is_on_duty=False)
    assert heard(ear) == told
    set_capacity(by=manager, staff=aoi, capacity=2)
    assert heard(ear) == told
    shift = add_shift(by=manager, staff=aoi, store=store, starts_at=TEN, ends_at=TEN + HOUR)
    assert heard(ear) == told
    remove_shift(by=manager, shift_id=shift.pk)
    assert heard(ear) == told
    leave = add_leave(by=manager, staff=aoi, starts_at=TEN, ends_at=TEN + HOUR)
    assert heard(ear) == told
    remove_leave(by=manager, leave_id=leave.pk)
    assert heard(ear) == told
    import_roster(by=manager, data=b"staff,1-In,1-Out\naoi,10:00,19:00\n", file_name="", month=TEN.date(), place=store)
    assert heard(ear) == told


def test_every_change_of_opening_times_tells_the_queue(
    committed: World, manager: Staff, ear: psycopg.Connection[Any]
) -> None:
    changes: list[Callable[[], None]] = [
        lambda: save_opening_hours(by=manager, store=committed.store, week={}),
        lambda: save_day_exception(by=manager, store=committed.store, on=TEN.date()),
        lambda: set_holiday_rule(by=manager, store=committed.store, is_closed=True),
    ]
    for change in changes:
        change()
        assert heard(ear) == {"queue"}


def test_what_is_refused_is_told_to_nobody(committed: World, manager: Staff, ear: psycopg.Connection[Any]) -> None:
    with pytest.raises(CapacityOutOfRange):
        set_capacity(by=manager, staff=committed.aoi, capacity=1_000)

    assert heard(ear, seconds=0.3) == set()


def test_seats_that_several_ask_for_at_once_are_made_once_and_locked_in_one_order(committed: World) -> None:
    first, *others = (committed.aoi.pk, committed.ren.pk, committed.mio.pk)
    seat = make.seat(committed.aoi)

    @transaction.atomic
    def lock(ids: list[int]) -> None:
        assert sorted(lock_seats(ids)) == sorted(ids)

    raised = race(seat, lambda: lock([first, *others]), lambda: lock([*reversed(others), first]))

    assert raised == [None, None]
    assert Seat.objects.count() == 3
