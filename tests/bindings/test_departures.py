"""Somebody leaves or moves: what is planned for each customer, and what becomes of the plan."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db.models import QuerySet
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoAssertNumQueries

from madoguchi.bindings import offers, plans, tasks
from madoguchi.bindings.actions.departures import begin_departure, cancel_departure, may_begin
from madoguchi.bindings.errors import (
    AlreadyLeaving,
    CannotHold,
    NotRunning,
    StoreClosed,
    StoreMissing,
    SuccessorMissing,
)
from madoguchi.bindings.models import Binding, Departure, Offer, Way
from madoguchi.kit.errors import NotAllowed, NotFound
from madoguchi.members.models import Member
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.bindings.using import current, scan
from tests.make import World

pytestmark = pytest.mark.django_db
State = Offer.State
NOW = dt.datetime(2026, 11, 23, 4, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
LEAVES_ON = dt.date(2026, 11, 30)


@pytest.fixture
def manager(world: World) -> Staff:
    return make.staff("manager", role=BuiltInRole.MANAGER, market=world.market)


@pytest.fixture
def colleague(world: World) -> Staff:
    return make.staff("colleague", store=world.store)


def customers(world: World, number: int, *, at: dt.datetime = NOW - DAY) -> list[Member]:
    """Of Aoi's."""
    members = [make.conversation(world.account).member for _ in range(number)]
    for member in members:
        make.binding(member, world.aoi, store=world.store, at=at)
    return members


def leave(world: World, by: Staff, **more: Any) -> Departure:
    fields = {"staff": world.aoi, "kind": Departure.Kind.EXIT, "leaves_on": LEAVES_ON, "now": NOW, **more}
    return begin_departure(by=by, **fields)


def telling() -> QuerySet[ProcrastinateJob]:
    """The job that is to tell customers; it commits with the departure."""
    return ProcrastinateJob.objects.filter(task_name=tasks.tell_offers.name, status="todo")


def planned(departure: Departure) -> list[tuple[int | None, int | None]]:
    return list(departure.offers.order_by("pk").values_list("to_staff", "to_store"))


def test_the_store_shares_the_customers_out(world: World, manager: Staff, colleague: Staff) -> None:
    third = make.staff("third", store=world.store)
    customers(world, 4)

    departure = leave(world, manager)

    shared = [staff for staff, store in planned(departure) if store == world.store.pk]
    assert sorted(shared, key=str) == sorted([colleague.pk, third.pk] * 2, key=str)
    assert set(departure.offers.values_list("state", "silence_accepts", "cause")) == {(State.PLANNED, True, "exit")}
    assert (departure.rule, departure.state) == ("store", "running")


def test_a_successor_gets_all_at_the_customers_store_or_their_own(world: World, manager: Staff) -> None:
    make.policy(world.market, leaving="successor")
    customers(world, 2)

    departure = leave(world, manager, successor=world.ren)

    assert planned(departure) == [(world.ren.pk, world.other_store.pk)] * 2


def test_customers_are_told_at_once_unless_another_hour_was_chosen(world: World, manager: Staff) -> None:
    customers(world, 2)
    with pytest.raises(StoreMissing):
        leave(world, manager, kind=Departure.Kind.TRANSFER)
    leave(world, manager, tell_at=NOW + HOUR)
    assert not telling().exists()
    cancel_departure(by=manager, departure=Departure.objects.get(), now=NOW)

    leave(world, manager)

    assert telling().count() == 1
    with time_machine.travel(NOW, tick=False):
        tasks.tell_offers()
    assert Offer.objects.filter(state=State.OPEN, told_at=NOW).count() == 2


@pytest.mark.parametrize("rule", ["pool", "ask"])
def test_the_team_is_offered_where_the_rule_says_so(world: World, manager: Staff, rule: str) -> None:
    make.policy(world.market, leaving=rule)
    customers(world, 1)

    assert planned(leave(world, manager)) == [(None, world.store.pk)]


def test_a_team_of_one_leaves_a_pool(world: World, manager: Staff) -> None:
    customers(world, 1)

    assert planned(leave(world, manager)) == [(None, world.store.pk)]


@pytest.mark.parametrize(("rule", "silence_accepts"), [("keep", True), ("ask", False)])
def test_whoever_moves_takes_customers_along(world: World, manager: Staff, rule: str, silence_accepts: bool) -> None:
    make.policy(world.market, transfer=rule)
    customers(world, 1)

    departure = leave(world, manager, kind=Departure.Kind.TRANSFER, to_store=world.other_store)

    assert planned(departure) == [(world.aoi.pk, world.other_store.pk)]
    assert departure.offers.get().silence_accepts == silence_accepts


def test_or_leaves_them_with_the_store(world: World, manager: Staff, colleague: Staff) -> None:
    make.policy(world.market, transfer="store")
    [member] = customers(world, 1)

    departure = leave(world, manager, kind=Departure.Kind.TRANSFER, to_store=world.other_store)
    offers.tell_due(NOW)
    offers.settle_silent(NOW + DAY)

    [binding] = current(member)
    assert planned(departure) == [(colleague.pk, world.store.pk)]
    assert binding.staff == colleague
    assert Binding.objects.get(member=member, staff=world.aoi).end == Binding.End.TRANSFERRED


def test_only_customers_of_the_store_that_is_left_are_concerned(world: World, manager: Staff, colleague: Staff) -> None:
    make.posting(world.aoi, store=world.other_store)
    make.binding(world.member, world.aoi, store=world.other_store, at=NOW - DAY)
    customers(world, 1)

    departure = leave(world, manager, from_store=world.store)

    assert planned(departure) == [(colleague.pk, world.store.pk)]


def test_nobody_leaves_twice_at_once(world: World, manager: Staff) -> None:
    leave(world, manager)

    with pytest.raises(AlreadyLeaving, match="葵"):
        leave(world, manager)

    assert Departure.objects.count() == 1


def test_it_takes_the_right_to_edit_bindings_wherever_the_person_serves(world: World, manager: Staff) -> None:
    make.binding(world.member, world.aoi, store=world.store)
    here = make.staff(role=BuiltInRole.MANAGER, store=world.store)
    assert may_begin(here, world.aoi)
    make.posting(world.aoi, store=world.other_store)

    assert not may_begin(here, world.aoi)
    with pytest.raises(NotAllowed):
        leave(world, here)
    with pytest.raises(NotFound):
        leave(world, world.ren)
    with pytest.raises(NotAllowed):
        leave(world, make.fresh(world.aoi))
    assert not Departure.objects.exists()
    assert not Offer.objects.exists()

    assert leave(world, here, from_store=world.store).state == Departure.State.RUNNING


def test_what_a_plan_needs_is_asked_for(world: World, manager: Staff) -> None:
    make.policy(world.market, leaving="successor")
    closed = make.store(closed_on=dt.date(2026, 1, 1))
    transfer: dict[str, Any] = {"kind": Departure.Kind.TRANSFER, "from_store": world.store}

    for error, fields in (
        (SuccessorMissing, {}),
        (SuccessorMissing, {"successor": world.aoi}),
        (CannotHold, {"successor": world.mio}),
        (StoreMissing, transfer),
        (StoreMissing, {**transfer, "to_store": world.store}),
        (StoreClosed, {**transfer, "to_store": closed}),
    ):
        with pytest.raises(error):
            leave(world, manager, **fields)
    assert not Departure.objects.exists()


def test_whoever_comes_until_the_person_has_left_is_taken_in(world: World, manager: Staff, colleague: Staff) -> None:
    code = make.code(world.account, world.aoi, store=world.store)
    departure = leave(world, manager)
    scan(world.conversation, code, now=NOW + HOUR)

    plans.look_after(NOW + HOUR)
    plans.look_after(NOW + HOUR)

    assert planned(departure) == [(colleague.pk, world.store.pk)]


def test_who_comes_before_the_others_are_told_is_told_with_them(world: World, manager: Staff, colleague: Staff) -> None:
    customers(world, 1)
    departure = leave(world, manager, tell_at=NOW + 3 * DAY)
    scan(world.conversation, make.code(world.account, world.aoi, store=world.store), now=NOW + HOUR)

    plans.look_after(NOW + HOUR)

    assert list(departure.offers.values_list("due_at", flat=True)) == [NOW + 3 * DAY] * 2


def test_a_customer_who_is_being_asked_something_else_is_asked_one_thing_at_a_time(
    world: World, manager: Staff, colleague: Staff
) -> None:
    make.binding(world.member, world.aoi, store=world.store, at=NOW - DAY)
    scan(world.conversation, make.code(world.account, world.ren, store=world.other_store), now=NOW - HOUR)

    departure = leave(world, manager)
    assert planned(departure) == []

    offers.settle_silent(NOW + DAY)
    plans.look_after(NOW + DAY)
    assert planned(departure) == [(colleague.pk, world.store.pk)]


def test_a_plan_is_done_when_the_day_has_come_and_nobody_is_left(
    world: World, manager: Staff, colleague: Staff
) -> None:
    customers(world, 2)
    departure = leave(world, manager)
    offers.tell_due(NOW)
    offers.settle_silent(NOW + DAY)

    plans.look_after(NOW + 2 * DAY)
    departure.refresh_from_db()
    assert departure.state == Departure.State.RUNNING

    plans.look_after(NOW + 7 * DAY)
    departure.refresh_from_db()
    assert (departure.state, departure.ended_at) == (Departure.State.DONE, NOW + 7 * DAY)


def test_calling_off_withdraws_what_is_open_and_leaves_what_is_settled(
    world: World, manager: Staff, colleague: Staff
) -> None:
    first, second, third = customers(world, 3)
    departure = leave(world, manager)
    offers.tell_due(NOW, limit=2)
    settled = Offer.objects.get(binding__member=first)
    with time_machine.travel(NOW + HOUR, tick=False):
        offers.settle(offers.lock(settled.pk), State.ACCEPTED, timezone.now())

    with pytest.raises(NotFound):
        cancel_departure(by=world.ren, departure=departure)
    cancel_departure(by=manager, departure=departure, now=NOW + 2 * HOUR)

    states = dict(Offer.objects.values_list("binding__member", "state"))
    assert states == {first.pk: State.ACCEPTED, second.pk: State.WITHDRAWN, third.pk: State.WITHDRAWN}
    assert [row.staff for row in (*current(first), *current(second), *current(third))] == [
        colleague,
        world.aoi,
        world.aoi,
    ]
    with pytest.raises(NotRunning):
        cancel_departure(by=manager, departure=departure)


def test_planning_costs_the_same_however_many_customers_there_are(
    world: World, manager: Staff, colleague: Staff, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    customers(world, 30)

    with django_assert_max_num_queries(32):
        departure = leave(world, manager)

    assert departure.offers.count() == 30


def test_what_comes_of_it_says_so(world: World, manager: Staff, colleague: Staff) -> None:
    [member] = customers(world, 1)
    leave(world, manager)
    offers.tell_due(NOW)
    offers.settle_silent(NOW + DAY)

    [binding] = current(member)
    former = Binding.objects.get(member=member, staff=world.aoi)
    assert (binding.staff, binding.way, binding.predecessor) == (colleague, Way.OFFER, former)
    assert (former.end, former.ended_at) == (Binding.End.STAFF_LEFT, NOW + DAY)
