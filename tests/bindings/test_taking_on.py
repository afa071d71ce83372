"""A salesperson takes on a customer at the counter, whose phone cannot scan: as the person's own code would do."""

import datetime as dt

import pytest
from django.utils import timezone

from madoguchi.bindings.actions.customer import answer_offer
from madoguchi.bindings.actions.staff import take_on
from madoguchi.bindings.errors import AlreadyBound, CannotHold, KeptByRule, OwnCustomer, StoreClosed
from madoguchi.bindings.models import Binding, Offer, Scan, StaffMember, Way
from madoguchi.channels.models import Contact
from madoguchi.conversations.models import Message
from madoguchi.kit.errors import NotAllowed, NotFound
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import BuiltInRole, Permission
from tests import make
from tests.bindings.using import current
from tests.make import World
from tests.reacting import react_to_all

pytestmark = pytest.mark.django_db
Outcome = Scan.Outcome


@pytest.fixture
def colleague(world: World) -> Staff:
    """At Aoi's store, and looks after the customer."""
    colleague = make.staff("hana", name="花", store=world.store)
    make.binding(world.member, colleague, store=world.store)
    react_to_all()
    return colleague


def said(world: World) -> list[str]:
    rows = Message.objects.filter(conversation=world.conversation, direction=Message.Direction.OUTBOUND)
    return list(rows.order_by("pk").values_list("text", flat=True))


def test_from_then_on_the_salesperson_looks_after_them(world: World) -> None:
    arrival = take_on(by=world.aoi, member=world.member, place=world.store)

    [binding] = current(world.member)
    assert (arrival.outcome, arrival.binding) == (Outcome.BOUND, binding)
    assert (binding.staff, binding.store, binding.by, binding.way) == (world.aoi, world.store, world.aoi, Way.STAFF)
    with pytest.raises(AlreadyBound, match="葵"):
        take_on(by=world.aoi, member=world.member, place=world.store)


def test_the_customer_reads_it_at_once(world: World) -> None:
    Contact.objects.update(language="en")

    take_on(by=world.aoi, member=world.member, place=world.store)
    react_to_all()

    assert said(world) == [
        "葵 at 台北信義店 looks after you from now on. You can change that under “Who looks after me”."
    ]


def test_what_ended_before_it_was_told_is_not_told(world: World) -> None:
    take_on(by=world.aoi, member=world.member, place=world.store)
    Binding.objects.update(ended_at=timezone.now(), end=Binding.End.DROPPED)

    react_to_all()

    assert said(world) == []


def test_the_pool_lets_go_at_once(world: World) -> None:
    make.policy(world.market, second_scan="first")
    make.binding(world.member, None, store=world.store)

    assert take_on(by=world.aoi, member=world.member, place=world.store).outcome == Outcome.BOUND


def test_somebody_elses_customer_is_asked(world: World, colleague: Staff) -> None:
    Contact.objects.update(language="en")

    arrival = take_on(by=world.aoi, member=world.member, place=world.store)
    again = take_on(by=world.aoi, member=world.member, place=world.store)
    react_to_all()

    offer = Offer.objects.get()
    assert (arrival.outcome, again.outcome) == (Outcome.ASKED, Outcome.ASKED)
    assert (offer.cause, offer.state, offer.to_staff) == (Offer.Cause.BY_HAND, Offer.State.OPEN, world.aoi)
    assert [row.staff for row in current(world.member)] == [colleague]
    assert said(world) == [
        "葵 at 台北信義店 would be glad to look after you. So far 花 does. Would you like to change?"
    ]

    answer_offer(offer=offer, member=world.member, accept=True)

    [binding] = current(world.member)
    assert (binding.staff, binding.way) == (world.aoi, Way.OFFER)


def test_what_the_customer_says_yes_to_is_what_the_person_serves(world: World) -> None:
    both, one = [world.brand, world.other_brand], [world.brand]
    former = make.staff(store=world.store, brands=both)
    new = make.staff(store=world.store, brands=one)
    make.binding(world.member, former, store=world.store, brands=both)
    take_on(by=new, member=world.member, place=world.store)

    answer_offer(offer=Offer.objects.get(), member=world.member, accept=True)

    assert {(row.staff, tuple(row.brand_ids)) for row in current(world.member)} == {
        (new, (world.brand.pk,)),
        (former, (world.other_brand.pk,)),
    }


def test_the_newest_or_the_first_wins_where_the_market_says_so(world: World, colleague: Staff) -> None:
    make.policy(world.market, second_scan="first")
    with pytest.raises(KeptByRule, match="花"):
        take_on(by=world.aoi, member=world.member, place=world.store)
    assert [row.staff for row in current(world.member)] == [colleague]

    make.policy(world.market, second_scan="newest")
    take_on(by=world.aoi, member=world.member, place=world.store)
    assert [row.staff for row in current(world.member)] == [world.aoi]


def test_only_whom_they_see_and_only_where_they_may(world: World) -> None:
    elsewhere = make.conversation(world.account, store=world.other_store).member
    may_not = make.staff(
        role=make.role(Permission.CONVERSATION_READ, Permission.MEMBER_READ, Permission.BINDING_HOLD), store=world.store
    )
    holds_nobody = make.staff(
        role=make.role(Permission.CONVERSATION_READ, Permission.MEMBER_READ, Permission.BINDING_OWN), store=world.store
    )
    seen = world.member

    for by, member, place, error in (
        (world.aoi, elsewhere, world.store, NotFound),
        (world.aoi, seen, world.other_store, NotAllowed),
        (may_not, seen, world.store, NotAllowed),
        (make.staff(role=BuiltInRole.CUSTOMER_SERVICE), seen, world.store, NotAllowed),
        (holds_nobody, seen, world.store, CannotHold),
    ):
        with pytest.raises(error):
            take_on(by=by, member=member, place=place)
    assert not Binding.objects.exists()


def test_nobody_takes_on_themselves_nor_anybody_at_a_closed_store(world: World) -> None:
    StaffMember.objects.create(staff=world.aoi, member=world.member)
    with pytest.raises(OwnCustomer):
        take_on(by=world.aoi, member=world.member, place=world.store)

    world.store.closed_on = timezone.localdate() - dt.timedelta(days=1)
    world.store.save()
    with pytest.raises(StoreClosed):
        take_on(by=world.aoi, member=world.member, place=world.store)
    assert not Binding.objects.exists()


def test_in_a_department_too(world: World) -> None:
    specialist = make.staff(department=world.department)
    customer = make.conversation(world.account)

    binding = take_on(by=specialist, member=customer.member, place=world.department).binding

    assert (binding.staff, binding.department, binding.store) == (specialist, world.department, None)
