"""What happens to bindings by itself: silence, closed stores, and the jobs that look after it."""

import datetime as dt

import pytest
import time_machine

from madoguchi.bindings import closures, tasks
from madoguchi.bindings.models import Binding, Departure, Offer, Way
from madoguchi.channels.models import Contact
from madoguchi.conversations.actions.let_go import let_go_of_silent
from madoguchi.conversations.actions.receive import receive
from madoguchi.conversations.tasks import let_go_of_silent as let_go_of_silent_job
from tests import make
from tests.bindings.using import current
from tests.conversations.arriving import NOON, Customer
from tests.make import World
from tests.reacting import announced

pytestmark = pytest.mark.django_db
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
NOW = NOON + 40 * DAY


@pytest.fixture
def customer(world: World) -> Customer:
    """Wrote at NOON, and is bound to Aoi since; after 30 days of silence the store's team takes over."""
    make.policy(world.market, inactive_days=30)
    customer = Customer(world.account)
    receive([customer.writes(0)])
    make.binding(customer.conversation.member, world.aoi, store=world.store, at=NOON)
    return customer


def test_after_long_silence_the_stores_team_takes_over(world: World, customer: Customer) -> None:
    assert let_go_of_silent(NOON + 30 * DAY) == 0

    assert let_go_of_silent(NOON + 30 * DAY + HOUR) == 1
    assert let_go_of_silent(NOON + 30 * DAY + HOUR) == 0

    [pool] = current(customer.conversation.member)
    former = Binding.objects.get(staff=world.aoi)
    assert (pool.staff, pool.store, pool.way, pool.predecessor) == (None, world.store, Way.RULE, former)
    assert former.end == Binding.End.INACTIVE
    assert "offer.told" not in announced()


def test_a_word_is_contact(world: World, customer: Customer) -> None:
    Contact.objects.update(last_inbound_at=NOON + 20 * DAY)

    assert let_go_of_silent(NOW) == 0
    assert let_go_of_silent(NOON + 51 * DAY) == 1


def test_a_tap_is_contact(world: World, customer: Customer) -> None:
    receive([customer.taps(20 * 24 * 60)])

    assert let_go_of_silent(NOW) == 0
    assert let_go_of_silent(NOON + 51 * DAY) == 1


def test_a_word_to_another_account_of_ours_is_contact(world: World, customer: Customer) -> None:
    elsewhere = Customer(make.account("分店"), customer.external_id)
    receive([elsewhere.writes(20 * 24 * 60)])
    assert elsewhere.conversation.member == customer.conversation.member

    assert let_go_of_silent(NOW) == 0


def test_a_new_binding_is_contact(world: World, customer: Customer) -> None:
    make.binding(customer.conversation.member, world.ren, store=world.other_store, at=NOON + 20 * DAY)

    assert let_go_of_silent(NOW) == 0


def test_where_the_market_never_lets_go_nobody_is(world: World, customer: Customer) -> None:
    make.policy(world.market, inactive_days=None)

    assert let_go_of_silent(NOON + 4000 * DAY) == 0


def test_a_department_without_a_market_goes_by_the_accounts(world: World, customer: Customer) -> None:
    nowhere = make.department()
    specialist = make.staff(department=nowhere)
    make.binding(customer.conversation.member, specialist, department=nowhere, at=NOON)

    assert let_go_of_silent(NOW) == 1

    [pool] = current(customer.conversation.member)
    assert (pool.staff, pool.department) == (None, nowhere)


def test_what_nobody_has_passed_on_ends_with_its_store(world: World) -> None:
    theirs = make.binding(world.member, world.aoi, store=world.store, at=NOON)
    others = make.binding(make.conversation(world.account).member, world.ren, store=world.other_store, at=NOON)
    world.store.closed_on = dt.date(2026, 12, 1)
    world.store.save()
    midnight = dt.datetime(2026, 11, 30, 16, tzinfo=dt.UTC)  # in Taipei

    assert closures.end_at_closed_stores(midnight - HOUR) == 0
    assert closures.end_at_closed_stores(midnight) == 1
    assert closures.end_at_closed_stores(midnight) == 0

    theirs.refresh_from_db()
    assert (theirs.end, theirs.ended_at) == (Binding.End.STORE_CLOSED, midnight)
    assert list(Binding.objects.current()) == [others]


def test_the_jobs_do_it(world: World, customer: Customer) -> None:
    closing = make.store(closed_on=NOW.date() - DAY)
    of_closed = make.binding(world.member, make.staff(store=closing), store=closing, at=NOON)
    departure = Departure.objects.create(
        staff=world.ren,
        kind=Departure.Kind.EXIT,
        rule="pool",
        leaves_on=NOW.date(),
        by=world.ren,
    )
    leaving = make.binding(make.conversation(world.account).member, world.ren, store=world.other_store, at=NOON)

    with time_machine.travel(NOW, tick=False):
        tasks.look_after_offers(0)
        tasks.look_after_closed_stores(0)
        let_go_of_silent_job(0)
    assert Offer.objects.get().state == Offer.State.OPEN
    with time_machine.travel(NOW + DAY, tick=False):
        tasks.look_after_offers(0)
        tasks.look_after_offers(0)

    for row in (of_closed, leaving, departure):
        row.refresh_from_db()
    assert (of_closed.end, leaving.end) == (Binding.End.STORE_CLOSED, Binding.End.STAFF_LEFT)
    assert departure.state == Departure.State.DONE
    assert Binding.objects.get(staff=world.aoi).end == Binding.End.INACTIVE
