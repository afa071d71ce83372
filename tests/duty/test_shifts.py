"""Shifts and leave, written one by one."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from madoguchi.duty.actions import add_leave, add_shift, remove_leave, remove_shift
from madoguchi.duty.errors import EndsBeforeStart, NotPostedThere, ShiftsOverlap, ShiftTooLong
from madoguchi.duty.models import Leave, Shift
from madoguchi.kit.errors import NotAllowed, NotFound
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.make import World

pytestmark = pytest.mark.django_db
TAIPEI = ZoneInfo("Asia/Taipei")
TEN = dt.datetime(2026, 11, 23, 10, tzinfo=TAIPEI)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def manager(world: World) -> Staff:
    """Of Aoi's store."""
    return make.staff("tsumugi", name="紬", role=BuiltInRole.MANAGER, store=world.store)


def test_a_shift_is_written_and_taken_away(world: World, manager: Staff) -> None:
    shift = add_shift(by=manager, staff=world.aoi, store=world.store, starts_at=TEN, ends_at=TEN + 8 * HOUR)
    assert Shift.objects.get() == shift

    remove_shift(by=manager, shift_id=shift.pk)
    assert not Shift.objects.exists()


def test_an_overlapping_shift_is_refused_and_the_other_one_named(world: World, manager: Staff) -> None:
    make.posting(world.aoi, store=world.other_store)
    make.shift(world.aoi, TEN + 7 * HOUR, TEN + 10 * HOUR, at=world.other_store)

    with translation.override("en"), pytest.raises(ShiftsOverlap) as refused:
        add_shift(by=manager, staff=world.aoi, store=world.store, starts_at=TEN, ends_at=TEN + 8 * HOUR)

    assert refused.value.message == "葵 already works at 高雄左營店 on 2026/11/23 from 17:00 to 20:00."
    assert Shift.objects.count() == 1


def test_somebody_works_at_two_stores_one_after_the_other(world: World, manager: Staff) -> None:
    make.posting(world.aoi, store=world.other_store)
    make.shift(world.aoi, TEN + 4 * HOUR, TEN + 8 * HOUR, at=world.other_store)

    add_shift(by=manager, staff=world.aoi, store=world.store, starts_at=TEN, ends_at=TEN + 4 * HOUR)

    assert Shift.objects.filter(staff=world.aoi).count() == 2


def test_a_shift_is_at_a_place_where_one_is_posted(world: World) -> None:
    admin = make.staff(role=BuiltInRole.ADMINISTRATOR)

    with pytest.raises(NotPostedThere):
        add_shift(by=admin, staff=world.ren, store=world.store, starts_at=TEN, ends_at=TEN + HOUR)
    add_shift(by=admin, staff=world.mio, department=world.department, starts_at=TEN, ends_at=TEN + HOUR)

    assert Shift.objects.get().staff == world.mio


def test_a_shift_has_a_length_that_can_be_worked(world: World, manager: Staff) -> None:
    with pytest.raises(EndsBeforeStart):
        add_shift(by=manager, staff=world.aoi, store=world.store, starts_at=TEN, ends_at=TEN)
    with pytest.raises(ShiftTooLong):
        add_shift(by=manager, staff=world.aoi, store=world.store, starts_at=TEN, ends_at=TEN + 25 * HOUR)

    assert not Shift.objects.exists()


def test_shifts_are_kept_by_who_keeps_the_place(world: World, manager: Staff) -> None:
    elsewhere = make.shift(world.ren, TEN, TEN + HOUR, at=world.other_store)
    here = make.shift(world.aoi, TEN, TEN + HOUR, at=world.store)

    with pytest.raises(NotFound):
        remove_shift(by=manager, shift_id=elsewhere.pk)
    with pytest.raises(NotAllowed):
        remove_shift(by=world.aoi, shift_id=here.pk)
    with pytest.raises(NotAllowed):
        add_shift(by=world.aoi, staff=world.aoi, store=world.store, starts_at=TEN + HOUR, ends_at=TEN + 2 * HOUR)
    with pytest.raises(NotFound):
        add_shift(by=manager, staff=world.ren, store=world.other_store, starts_at=TEN + HOUR, ends_at=TEN + 2 * HOUR)

    assert set(Shift.objects.all()) == {elsewhere, here}


def test_leave_is_kept_by_who_keeps_a_place_of_the_person(world: World, manager: Staff) -> None:
    leave = add_leave(by=manager, staff=world.aoi, starts_at=TEN, ends_at=TEN + 72 * HOUR, reason="特休")

    with pytest.raises(NotAllowed):
        remove_leave(by=world.aoi, leave_id=leave.pk)
    with pytest.raises(NotAllowed):
        add_leave(by=world.aoi, staff=world.aoi, starts_at=TEN, ends_at=TEN + HOUR)
    with pytest.raises(NotFound):
        add_leave(by=manager, staff=world.ren, starts_at=TEN, ends_at=TEN + HOUR)
    with pytest.raises(NotFound):
        remove_leave(by=make.staff(role=BuiltInRole.MANAGER, store=world.other_store), leave_id=leave.pk)
    with pytest.raises(EndsBeforeStart):
        add_leave(by=manager, staff=world.aoi, starts_at=TEN, ends_at=TEN)
    assert Leave.objects.get().reason == "特休"

    remove_leave(by=manager, leave_id=leave.pk)
    assert not Leave.objects.exists()
