"""Taps on the buttons of an offer."""

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from madoguchi.bindings import offers
from madoguchi.bindings.actions.departures import begin_departure
from madoguchi.bindings.models import Binding, Departure, Offer
from madoguchi.intake.offers import answer_offers
from madoguchi.intake.routes import handle
from madoguchi.organization.models import Staff
from tests import make
from tests.bindings.using import current
from tests.conversations.arriving import NOON, Customer, at
from tests.make import World
from tests.reacting import announced, react_to_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(world: World) -> Customer:
    """Aoi's; she leaves, and the customer has just been told."""
    customer = Customer(world.account)
    handle([customer.follows(-60), customer.writes(-59)])
    make.binding(customer.conversation.member, world.aoi, store=world.store, at=at(-58))
    make.staff("colleague", store=world.store)
    begin_departure(
        by=make.staff(role=None, is_superuser=True),
        staff=world.aoi,
        kind=Departure.Kind.EXIT,
        leaves_on=NOON.date() + dt.timedelta(days=9),
        now=NOON,
    )
    offers.tell_due(NOON)
    react_to_all()
    return customer


def tap(customer: Customer, answer: str, *, minute: float = 5) -> None:
    handle([customer.taps(minute, f"offer/{Offer.objects.earliest('pk').public_id}/{answer}")])


def holder(customer: Customer) -> Staff | None:
    [binding] = current(customer.conversation.member)
    return binding.staff


def test_a_tap_accepts(customer: Customer) -> None:
    tap(customer, "accept")

    offer = Offer.objects.get()
    assert (offer.state, offer.answered_at) == (Offer.State.ACCEPTED, at(5))
    assert holder(customer) == offer.to_staff
    assert announced() == ["binding.ended", "binding.started", "offer.settled"]


def test_a_tap_refuses(customer: Customer) -> None:
    tap(customer, "refuse")

    assert Offer.objects.get(try_number=1).state == Offer.State.REFUSED
    assert holder(customer) is None


def test_the_tap_itself_stands_under_what_it_chose(customer: Customer) -> None:
    tap(customer, "accept")

    tapped = customer.conversation.messages.get(kind="postback")
    assert tapped.binding == Binding.objects.current().get()


def test_a_second_tap_changes_nothing_and_gets_an_answer(customer: Customer) -> None:
    tap(customer, "accept")
    tap(customer, "refuse", minute=6)

    assert holder(customer) == Offer.objects.get().to_staff
    assert announced()[-1] == "offer.missed"


def test_somebody_elses_buttons_change_nothing_and_get_an_answer(world: World, customer: Customer) -> None:
    stranger = Customer(world.account, "U" + "d" * 32)

    tap(stranger, "refuse")

    assert Offer.objects.get().state == Offer.State.OPEN
    assert holder(customer) == world.aoi
    assert announced() == ["offer.missed"]


@pytest.mark.parametrize("data", ["offer/unknown/accept", "offer/x' OR 1=1/refuse"])
def test_buttons_of_nothing_get_an_answer(customer: Customer, data: str) -> None:
    handle([customer.taps(5, data)])

    assert Offer.objects.get().state == Offer.State.OPEN
    assert announced() == ["offer.missed"]


def test_other_taps_are_none_of_ours(customer: Customer, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        answer_offers([customer.taps(5, data) for data in ("menu/talk", "offer/1/maybe", "action=hours", "")])
