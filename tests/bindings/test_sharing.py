"""Codes of a team: the team's own rule says who of those on duty gets the next customer."""

import datetime as dt

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from madoguchi.bindings import holders
from madoguchi.bindings.actions.departures import begin_departure
from madoguchi.bindings.models import Code, Departure, Scan, StaffMember
from madoguchi.duty.schedule import Place
from madoguchi.organization.models import Posting, Staff
from madoguchi.organization.permissions import BuiltInRole
from madoguchi.routing.models import Team
from tests import make
from tests.bindings.using import current, scan
from tests.make import World

pytestmark = pytest.mark.django_db
Outcome = Scan.Outcome


@pytest.fixture
def code(world: World) -> Code:
    return make.code(world.account, store=world.store)


@pytest.fixture
def colleague(world: World) -> Staff:
    return make.staff("colleague", store=world.store)


def bound_to(world: World, code: Code, **more: object) -> Staff | None:
    customer = make.conversation(world.account)
    scan(customer, code, **more)  # type: ignore[arg-type] # as named by the test
    [binding] = current(customer.member)
    return binding.staff


def test_customers_go_to_whoever_has_the_fewest(world: World, code: Code, colleague: Staff) -> None:
    make.binding(world.member, world.aoi, store=world.store)

    assert [bound_to(world, code) for _ in range(3)] == [colleague, world.aoi, colleague]


def test_where_the_team_goes_by_turns_customers_do_too(world: World, code: Code, colleague: Staff) -> None:
    third = make.staff("third", store=world.store)
    make.team(world.store, Team.Method.ROUND_ROBIN)
    for _ in range(3):
        make.binding(make.conversation(world.account).member, colleague, store=world.store)

    given = [bound_to(world, code) for _ in range(6)]

    assert given == [world.aoi, colleague, third] * 2


def test_ones_own_code_does_not_cost_a_turn(world: World, code: Code, colleague: Staff) -> None:
    make.team(world.store, Team.Method.ROUND_ROBIN)
    own = make.code(world.account, world.aoi, store=world.store)
    bound_to(world, own)

    assert [bound_to(world, code) for _ in range(2)] == [world.aoi, colleague]


def test_a_turn_is_taken_among_those_on_duty(world: World, code: Code, colleague: Staff) -> None:
    now = timezone.now()
    hour = dt.timedelta(hours=1)
    make.team(world.store, Team.Method.ROUND_ROBIN)
    third = make.staff("third", store=world.store)
    make.shift(world.aoi, now + hour, now + 2 * hour, at=world.store)

    assert [bound_to(world, code, now=now) for _ in range(3)] == [colleague, third, colleague]


@pytest.mark.parametrize("method", [Team.Method.NOBODY, Team.Method.LEAST_LOADED])
def test_otherwise_whoever_has_the_fewest_customers_gets_the_next(
    world: World, code: Code, colleague: Staff, method: Team.Method
) -> None:
    make.team(world.store, method)
    make.binding(world.member, world.aoi, store=world.store)

    assert [bound_to(world, code) for _ in range(3)] == [colleague, world.aoi, colleague]


def test_a_departure_shares_out_by_the_same_rule(world: World, colleague: Staff) -> None:
    third = make.staff("third", store=world.store)
    make.team(world.store, Team.Method.ROUND_ROBIN)
    for _ in range(2):
        make.binding(make.conversation(world.account).member, colleague, store=world.store)
    for _ in range(4):
        make.binding(make.conversation(world.account).member, world.aoi, store=world.store)

    departure = begin_departure(
        by=make.staff(role=None, is_superuser=True),
        staff=world.aoi,
        kind=Departure.Kind.EXIT,
        leaves_on=timezone.localdate() + dt.timedelta(days=9),
    )

    assert [offer.to_staff for offer in departure.offers.order_by("pk")] == [colleague, third] * 2


def test_those_on_duty_come_first(world: World, code: Code, colleague: Staff) -> None:
    now = timezone.now()
    hour = dt.timedelta(hours=1)
    make.shift(world.aoi, now - hour, now + hour, at=world.store)
    make.shift(colleague, now + hour, now + 2 * hour, at=world.store)

    assert [bound_to(world, code, now=now) for _ in range(2)] == [world.aoi, world.aoi]


def test_while_nobody_is_on_duty_all_count(world: World, code: Code) -> None:
    now = timezone.now()
    make.shift(world.aoi, now + dt.timedelta(hours=1), now + dt.timedelta(hours=2), at=world.store)

    assert bound_to(world, code, now=now) == world.aoi


def test_a_team_without_anybody_is_a_pool(world: World, code: Code) -> None:
    Posting.objects.filter(staff=world.aoi).delete()
    make.staff("regional", role=BuiltInRole.MANAGER, market=world.market)
    make.staff("service", role=BuiltInRole.CUSTOMER_SERVICE, store=world.store)

    made = scan(world.conversation, code)

    assert made.outcome == Outcome.BOUND
    assert made.binding is not None
    assert (made.binding.staff, made.binding.store) == (None, world.store)
    assert scan(world.conversation, code).outcome == Outcome.ALREADY


def test_whoever_has_somebody_of_the_team_keeps_them(world: World, code: Code, colleague: Staff) -> None:
    make.policy(world.market, second_scan="newest")
    before = make.binding(world.member, world.aoi, store=world.store)

    made = scan(world.conversation, code)

    assert (made.outcome, made.binding) == (Outcome.ALREADY, before)


def test_a_team_without_anybody_takes_no_customer_from_a_person(world: World) -> None:
    make.policy(world.market, second_scan="newest")
    empty = make.store()
    before = make.binding(world.member, world.aoi, store=world.store)

    made = scan(world.conversation, make.code(world.account, store=empty))

    assert (made.outcome, made.binding) == (Outcome.KEPT, before)


def test_nobody_is_given_themselves_nor_somebody_who_leaves(world: World, code: Code, colleague: Staff) -> None:
    StaffMember.objects.create(staff=colleague, member=world.member)
    manager = make.staff(role=BuiltInRole.MANAGER, store=world.store)
    begin_departure(
        by=make.staff(role=None, is_superuser=True),
        staff=world.aoi,
        kind=Departure.Kind.EXIT,
        leaves_on=timezone.localdate() + dt.timedelta(days=9),
    )

    made = scan(world.conversation, code)

    assert made.binding is not None
    assert made.binding.staff == manager


def test_codes_of_some_brands_go_to_those_who_serve_them(world: World) -> None:
    only_mori = make.staff(store=world.store, brands=[world.brand])
    make.binding(world.member, world.aoi, store=world.store)
    lune = make.code(world.account, store=world.store, brands=[world.other_brand])
    every = make.code(world.account, store=world.store)

    assert bound_to(world, lune) == world.aoi
    assert bound_to(world, every) == only_mori


def test_a_department_has_a_team_too(world: World) -> None:
    specialist = make.staff(department=world.department)

    assert bound_to(world, make.code(world.account, department=world.department)) == specialist


def test_reading_a_team_costs_the_same_however_large_it_is(
    world: World, colleague: Staff, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(10):
        make.staff(store=world.store)

    with django_assert_max_num_queries(16):
        team = holders.Team.load_at(Place(world.store.pk), timezone.now())

    assert len(team.brands) == 12
