"""An announced change, and the customer's say: told, answered or not, tried again, and then peace."""

import datetime as dt

import pytest

from madoguchi.bindings import offers, plans
from madoguchi.bindings.actions.customer import answer_offer, choose_person
from madoguchi.bindings.actions.departures import begin_departure
from madoguchi.bindings.models import Binding, Departure, Offer, Rest, StaffMember
from madoguchi.channels.models import Contact
from madoguchi.organization.models import Staff
from tests import make
from tests.bindings.using import current, scan
from tests.make import World
from tests.reacting import announced, react_to_all

pytestmark = pytest.mark.django_db
State = Offer.State
NOW = dt.datetime(2026, 11, 23, 4, tzinfo=dt.UTC)
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)


@pytest.fixture
def team(world: World) -> list[Staff]:
    """Three colleagues of Aoi's."""
    return [make.staff(f"colleague-{number}", store=world.store) for number in range(3)]


@pytest.fixture
def offer(world: World, team: list[Staff]) -> Offer:
    """Aoi is about to leave, and her one customer to be told."""
    make.binding(world.member, world.aoi, store=world.store, at=NOW - DAY)
    begin_departure(
        by=make.staff(role=None, is_superuser=True),
        staff=world.aoi,
        kind=Departure.Kind.EXIT,
        leaves_on=NOW.date() + 20 * DAY,
        now=NOW,
    )
    react_to_all()
    return Offer.objects.get()


def run(now: dt.datetime) -> None:
    """What the worker does each minute."""
    plans.look_after(now)
    offers.tell_due(now)
    offers.settle_silent(now)


def refuse(world: World, now: dt.datetime) -> None:
    answer_offer(offer=Offer.objects.get(state=State.OPEN), member=world.member, accept=False, now=now)


def test_the_customer_is_told_and_has_a_day(world: World, offer: Offer) -> None:
    run(NOW)
    run(NOW + MINUTE)

    offer.refresh_from_db()
    assert (offer.state, offer.told_at, offer.answer_by) == (State.OPEN, NOW, NOW + DAY)
    assert announced() == ["offer.told"]


def test_nothing_changes_before_the_day_is_over(world: World, offer: Offer) -> None:
    run(NOW)
    run(NOW + DAY - MINUTE)

    assert [row.staff for row in current(world.member)] == [world.aoi]


def test_silence_accepts(world: World, offer: Offer) -> None:
    run(NOW)
    run(NOW + DAY)
    run(NOW + DAY + MINUTE)

    offer.refresh_from_db()
    assert (offer.state, [offer.result]) == (State.SILENT, current(world.member))
    assert offer.result is not None
    assert offer.result.staff == offer.to_staff


def test_yes_accepts_at_once(world: World, offer: Offer) -> None:
    run(NOW)

    answer_offer(offer=offer, member=world.member, accept=True, now=NOW + MINUTE)

    [binding] = current(world.member)
    assert (binding.staff, binding.started_at) == (offer.to_staff, NOW + MINUTE)


def test_no_goes_to_the_pool_at_once_and_to_somebody_else_after_a_week(world: World, offer: Offer) -> None:
    run(NOW)
    refuse(world, NOW + MINUTE)

    [pool] = current(world.member)
    again = Offer.objects.get(try_number=2)
    assert (pool.staff, pool.store) == (None, world.store)
    assert Binding.objects.get(staff=world.aoi).end == Binding.End.REFUSED
    assert (again.state, again.due_at, again.binding) == (State.PLANNED, NOW + MINUTE + 7 * DAY, pool)
    assert again.to_staff not in (offer.to_staff, world.aoi, None)

    run(NOW + 7 * DAY)
    again.refresh_from_db()
    assert again.state == State.PLANNED
    run(NOW + 7 * DAY + MINUTE)
    again.refresh_from_db()
    assert again.state == State.OPEN


def test_after_three_refusals_by_different_people_nobody_is_offered_for_ninety_days(
    world: World, offer: Offer, team: list[Staff]
) -> None:
    now = NOW
    for _ in range(3):
        run(now)
        refuse(world, now + MINUTE)
        now += 8 * DAY

    rows = Offer.objects.order_by("try_number")
    assert {row.to_staff for row in rows} == set(team)
    assert [(row.try_number, row.state) for row in rows] == [(1, "refused"), (2, "refused"), (3, "refused")]
    assert Rest.objects.get().until == NOW + 16 * DAY + MINUTE + 90 * DAY
    assert [row.staff for row in current(world.member)] == [None]


def test_a_colleague_less_is_a_try_less(world: World, offer: Offer, team: list[Staff]) -> None:
    Staff.objects.filter(pk__in=[staff.pk for staff in team]).exclude(display_name=str(offer.to_staff)).update(
        is_active=False
    )
    run(NOW)

    refuse(world, NOW + MINUTE)

    assert Offer.objects.count() == 1
    assert not Rest.objects.exists()


def test_who_rests_is_asked_nothing_and_goes_to_the_pool(world: World, offer: Offer) -> None:
    Rest.objects.create(member=world.member, until=NOW + DAY)

    run(NOW)

    offer.refresh_from_db()
    assert (offer.state, offer.told_at) == (State.WITHDRAWN, None)
    assert [row.staff for row in current(world.member)] == [None]
    assert "offer.told" not in announced()


def test_who_has_rested_long_enough_is_told_again(world: World, offer: Offer) -> None:
    Rest.objects.create(member=world.member, until=NOW)

    run(NOW)

    offer.refresh_from_db()
    assert offer.state == State.OPEN


@pytest.mark.parametrize(
    "reached",
    [
        {"friendship": Contact.Friendship.BLOCKED, "friendship_at": NOW, "last_inbound_at": None},
        {"friendship": Contact.Friendship.UNKNOWN, "last_inbound_at": None},
    ],
)
def test_who_cannot_be_told_goes_by_the_rule_of_silence(world: World, offer: Offer, reached: dict[str, object]) -> None:
    Contact.objects.filter(pk=world.contact.pk).update(**reached)

    run(NOW)

    offer.refresh_from_db()
    assert (offer.state, offer.told_at) == (State.SILENT, None)
    assert [row.staff for row in current(world.member)] == [offer.to_staff]
    assert "offer.told" not in announced()


def test_whoever_was_to_take_over_and_leaves_too_is_not_offered(world: World, offer: Offer) -> None:
    assert offer.to_staff is not None
    offer.to_staff.is_active = False
    offer.to_staff.save()

    run(NOW)

    offer.refresh_from_db()
    assert offer.state == State.WITHDRAWN
    assert [row.staff for row in current(world.member)] == [None]


def test_nobody_is_passed_on_to_themselves(world: World, offer: Offer) -> None:
    assert offer.to_staff is not None
    StaffMember.objects.create(staff=offer.to_staff, member=world.member)

    run(NOW)

    assert [row.staff for row in current(world.member)] == [None]


def test_who_has_chosen_meanwhile_is_not_asked_any_more(world: World, offer: Offer, team: list[Staff]) -> None:
    run(NOW)
    [binding] = current(world.member)

    choose_person(member=world.member, binding=binding, to_staff=team[2], now=NOW + MINUTE)
    run(NOW + DAY)

    offer.refresh_from_db()
    assert offer.state == State.WITHDRAWN
    assert [row.staff for row in current(world.member)] == [team[2]]


def test_scanning_somebody_else_while_ones_person_leaves_is_a_choice(world: World, offer: Offer) -> None:
    run(NOW)

    scan(world.conversation, make.code(world.account, world.ren, store=world.other_store), now=NOW + MINUTE)

    offer.refresh_from_db()
    assert offer.state == State.WITHDRAWN
    assert [row.staff for row in current(world.member)] == [world.ren]


def test_the_customers_no_about_first_messages_goes_along(world: World, offer: Offer) -> None:
    Binding.objects.update(may_write_first=False)
    run(NOW)
    run(NOW + DAY)

    [binding] = current(world.member)
    assert binding.staff == offer.to_staff
    assert not binding.may_write_first


@pytest.mark.parametrize(
    ("accept", "staff", "store"), [(True, "aoi", "khh-01"), (False, None, "tpe-01"), (None, None, "tpe-01")]
)
def test_where_the_customer_is_asked_silence_stays_with_the_store(
    world: World, team: list[Staff], accept: bool | None, staff: str | None, store: str
) -> None:
    make.binding(world.member, world.aoi, store=world.store, at=NOW - DAY)
    begin_departure(
        by=make.staff(role=None, is_superuser=True),
        staff=world.aoi,
        kind=Departure.Kind.TRANSFER,
        leaves_on=NOW.date(),
        to_store=world.other_store,
        now=NOW,
    )
    run(NOW)
    if accept is not None:
        answer_offer(offer=Offer.objects.get(), member=world.member, accept=accept, now=NOW + MINUTE)
    run(NOW + DAY)
    run(NOW + 9 * DAY)

    [binding] = current(world.member)
    assert binding.store is not None
    assert (binding.staff and binding.staff.username, binding.store.code) == (staff, store)
    assert Offer.objects.count() == 1
    assert Departure.objects.get().state == Departure.State.DONE
