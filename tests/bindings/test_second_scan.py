"""A customer who has somebody scans somebody else's code: the market's rule decides."""

import datetime as dt

import pytest
from django.utils import timezone

from madoguchi.bindings import offers
from madoguchi.bindings.actions.customer import answer_offer
from madoguchi.bindings.errors import OfferAnswered
from madoguchi.bindings.models import Binding, Code, Offer, Scan, Way
from madoguchi.kit.errors import NotFound
from tests import make
from tests.bindings.using import current, scan
from tests.make import World
from tests.reacting import announced

pytestmark = pytest.mark.django_db
Outcome, State = Scan.Outcome, Offer.State


@pytest.fixture
def before(world: World) -> Binding:
    return make.binding(world.member, world.aoi, store=world.store)


@pytest.fixture
def rens(world: World) -> Code:
    return make.code(world.account, world.ren, store=world.other_store)


def test_the_newest_wins_where_the_market_says_so(world: World, before: Binding, rens: Code) -> None:
    make.policy(world.market, second_scan="newest")

    made = scan(world.conversation, rens)

    before.refresh_from_db()
    assert (made.outcome, current(world.member)) == (Outcome.BOUND, [made.binding])
    assert (before.end, before.ended_by) == (Binding.End.REPLACED, None)
    assert made.binding is not None
    assert made.binding.started_at == before.ended_at


def test_the_first_wins_where_the_market_says_so(world: World, before: Binding, rens: Code) -> None:
    make.policy(world.market, second_scan="first")

    made = scan(world.conversation, rens)

    assert (made.outcome, made.binding) == (Outcome.KEPT, before)
    assert current(world.member) == [before]
    assert not Offer.objects.exists()


def test_the_customer_is_asked_where_nothing_else_is_written_down(world: World, before: Binding, rens: Code) -> None:
    now = timezone.now()

    made = scan(world.conversation, rens, now=now)

    offer = Offer.objects.get()
    assert (made.outcome, made.binding) == (Outcome.ASKED, before)
    assert current(world.member) == [before]
    assert (offer.state, offer.cause, offer.to_staff, offer.to_store) == (
        State.OPEN,
        Offer.Cause.SECOND_SCAN,
        world.ren,
        world.other_store,
    )
    assert offer.answer_by == now + dt.timedelta(hours=24)
    assert announced() == ["binding.started", "offer.told"]


def test_scanning_it_again_asks_once_and_a_third_code_takes_its_place(
    world: World, before: Binding, rens: Code
) -> None:
    third = make.code(world.account, make.staff(store=world.store), store=world.store)
    scan(world.conversation, rens)
    scan(world.conversation, rens)
    assert Offer.objects.count() == 1

    scan(world.conversation, third)

    assert list(Offer.objects.order_by("pk").values_list("state", "to_staff")) == [
        (State.WITHDRAWN, world.ren.pk),
        (State.OPEN, third.staff_id),
    ]


def test_yes_changes(world: World, before: Binding, rens: Code) -> None:
    scan(world.conversation, rens)

    offer = answer_offer(offer=Offer.objects.get(), member=world.member, accept=True)

    before.refresh_from_db()
    [binding] = current(world.member)
    assert (offer.state, offer.result) == (State.ACCEPTED, binding)
    assert (binding.staff, binding.way, binding.code) == (world.ren, Way.OFFER, rens)
    assert before.end == Binding.End.REPLACED


def test_no_and_silence_leave_all_as_it_was(world: World, before: Binding, rens: Code) -> None:
    now = timezone.now()
    scan(world.conversation, rens, now=now)
    answer_offer(offer=Offer.objects.get(), member=world.member, accept=False, now=now)
    scan(world.conversation, rens, now=now)

    offers.settle_silent(now + dt.timedelta(hours=24))

    assert [(row.state, row.result) for row in Offer.objects.order_by("pk")] == [
        (State.REFUSED, None),
        (State.SILENT, None),
    ]
    assert current(world.member) == [before]


def test_an_answer_counts_once_and_only_from_the_customer_themself(world: World, before: Binding, rens: Code) -> None:
    stranger = make.conversation(world.account).member
    scan(world.conversation, rens)
    offer = Offer.objects.get()

    with pytest.raises(NotFound):
        answer_offer(offer=offer, member=stranger, accept=True)
    assert current(world.member) == [before]

    answer_offer(offer=offer, member=world.member, accept=False)
    with pytest.raises(OfferAnswered):
        answer_offer(offer=offer, member=world.member, accept=True)
    assert current(world.member) == [before]


def test_whoever_was_offered_and_has_left_meanwhile_gets_nobody(world: World, before: Binding, rens: Code) -> None:
    scan(world.conversation, rens)
    world.ren.is_active = False
    world.ren.save()

    offer = answer_offer(offer=Offer.objects.get(), member=world.member, accept=True)

    assert offer.result is None
    assert current(world.member) == [before]


def test_the_pool_stands_in_nobodys_way(world: World, rens: Code) -> None:
    make.policy(world.market, second_scan="first")
    make.binding(world.member, None, store=world.store)

    assert scan(world.conversation, rens).outcome == Outcome.BOUND


def test_the_same_person_at_another_store_is_no_second_scan(world: World, before: Binding) -> None:
    make.posting(world.aoi, store=world.other_store)

    made = scan(world.conversation, make.code(world.account, world.aoi, store=world.other_store))

    assert (made.outcome, made.binding) == (Outcome.ALREADY, before)
