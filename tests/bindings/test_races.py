"""Two ways in at once, two workers, two people: on committed data, and never two rows for one scope."""

import datetime as dt
import threading
from functools import partial
from uuid import uuid4

import pytest
from django.db import connections, transaction
from django.utils import timezone

from madoguchi.bindings import first_messages, offers
from madoguchi.bindings.actions.customer import answer_offer, drop_binding
from madoguchi.bindings.actions.departures import begin_departure
from madoguchi.bindings.actions.policies import save_first_message_limit
from madoguchi.bindings.errors import AlreadyEnded, AlreadyLeaving, FirstMessageLimitReached, OfferAnswered
from madoguchi.bindings.models import ALL_BRANDS, Binding, Departure, FirstMessage, Offer, Policy, Scan, Way
from madoguchi.organization.models import Staff
from tests import make
from tests.bindings.using import current, scan
from tests.make import World
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = range(3)
DAY = dt.timedelta(days=1)


@pytest.fixture
def committed() -> World:
    return make.world()


@pytest.mark.parametrize("_round", ROUNDS)
def test_scanning_twice_in_a_second_binds_once(committed: World, _round: int) -> None:
    code = make.code(committed.account, committed.aoi, store=committed.store)

    raised = race(committed.member, *[partial(scan, committed.conversation, code)] * 3)

    assert raised == [None] * 3
    assert Binding.objects.count() == 1
    assert sorted(Scan.objects.values_list("outcome", flat=True)) == ["already", "already", "bound"]


@pytest.mark.parametrize(
    ("rule", "outcomes"), [("newest", ["bound", "bound"]), ("first", ["bound", "kept"]), ("ask", ["asked", "bound"])]
)
def test_of_two_codes_at_once_the_rule_decides(committed: World, rule: str, outcomes: list[str]) -> None:
    make.policy(committed.market, second_scan=rule)
    codes = [
        make.code(committed.account, committed.aoi, store=committed.store),
        make.code(committed.account, committed.ren, store=committed.other_store),
    ]

    raised = race(committed.member, *(partial(scan, committed.conversation, code) for code in codes))

    assert raised == [None, None]
    assert len(current(committed.member)) == 1
    assert sorted(Scan.objects.values_list("outcome", flat=True)) == outcomes


def test_a_row_that_came_without_the_lock_is_met_and_settled(committed: World) -> None:
    """As an import might write it: the exclusion constraint speaks up, and the scan begins again and sees it."""
    make.policy(committed.market, second_scan="first")
    code = make.code(committed.account, committed.aoi, store=committed.store)
    outcomes: list[str] = []

    def use() -> None:
        outcomes.append(scan(committed.conversation, code).outcome)
        connections.close_all()

    thread = threading.Thread(target=use)
    with transaction.atomic():
        Binding.objects.create(
            member=committed.member,
            staff=committed.ren,
            store=committed.other_store,
            account=committed.account,
            brand_ids=[ALL_BRANDS],
            way=Way.IMPORT,
            started_at=timezone.now() - DAY,
        )
        thread.start()
        thread.join(0.7)
        assert thread.is_alive(), "it waits for the row that is not there for it yet"
    thread.join(20)

    assert outcomes == [Scan.Outcome.KEPT]
    assert [row.staff for row in current(committed.member)] == [committed.ren]


@pytest.mark.parametrize("_round", ROUNDS)
def test_yes_meets_no_and_one_of_them_counts(committed: World, _round: int) -> None:
    make.binding(committed.member, committed.aoi, store=committed.store)
    scan(committed.conversation, make.code(committed.account, committed.ren, store=committed.other_store))
    offer = Offer.objects.get()

    raised = race(
        committed.member,
        *(partial(answer_offer, offer=offer, member=committed.member, accept=accept) for accept in (True, False)),
    )

    (loser,) = (error for error in raised if error is not None)
    assert isinstance(loser, OfferAnswered)
    [binding] = current(committed.member)
    assert binding.staff == (committed.ren if raised[0] is None else committed.aoi)


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_workers_tell_and_settle_an_offer_once(committed: World, _round: int) -> None:
    offer = _leaving(committed)
    now = timezone.now()

    assert race(committed.member, *[partial(offers.tell_due, now)] * 2) == [None, None]
    offer.refresh_from_db()
    assert (offer.state, offer.told_at) == (Offer.State.OPEN, now)

    assert race(committed.member, *[partial(offers.settle_silent, now + DAY)] * 2) == [None, None]
    assert Binding.objects.count() == 2
    assert [row.staff for row in current(committed.member)] == [offer.to_staff]


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_refusal_meets_the_end_of_the_day(committed: World, _round: int) -> None:
    offer = _leaving(committed)
    now = timezone.now()
    offers.tell_due(now)

    refusing, settling = race(
        committed.member,
        partial(answer_offer, offer=offer, member=committed.member, accept=False),
        partial(offers.settle_silent, now + DAY),
    )

    [binding] = current(committed.member)
    assert settling is None
    if refusing is None:
        assert binding.staff is None
    else:
        assert isinstance(refusing, OfferAnswered)
        assert binding.staff == offer.to_staff


@pytest.mark.parametrize("_round", ROUNDS)
def test_dropping_meets_scanning(committed: World, _round: int) -> None:
    make.policy(committed.market, second_scan="newest")
    before = make.binding(committed.member, committed.aoi, store=committed.store)
    code = make.code(committed.account, committed.ren, store=committed.other_store)

    dropping, scanning = race(
        committed.member,
        partial(drop_binding, member=committed.member, binding=before),
        partial(scan, committed.conversation, code),
    )

    assert scanning is None
    assert dropping is None or isinstance(dropping, AlreadyEnded)
    assert [row.staff for row in current(committed.member)] == [committed.ren]


def test_of_two_who_plan_somebodys_leaving_one_is_told(committed: World) -> None:
    make.binding(committed.member, committed.aoi, store=committed.store)
    by = make.staff(role=None, is_superuser=True)
    plan = partial(
        begin_departure, by=by, staff=committed.aoi, kind=Departure.Kind.EXIT, leaves_on=timezone.localdate()
    )

    raised = race(committed.member, plan, plan)

    (loser,) = (error for error in raised if error is not None)
    assert isinstance(loser, AlreadyLeaving)
    assert Departure.objects.count() == Offer.objects.count() == 1


@pytest.mark.parametrize("_round", ROUNDS)
def test_first_messages_at_once_do_not_exceed_the_limit(committed: World, _round: int) -> None:
    by = make.staff(role=None, is_superuser=True)
    save_first_message_limit(by=by, store=committed.store, per_month=2)
    make.binding(committed.member, committed.aoi, store=committed.store)
    claim = partial(
        first_messages.claim, staff=committed.aoi, member_id=committed.member.pk, brand_id=None, now=timezone.now()
    )

    raised = race(Staff.objects.get(pk=committed.aoi.pk), *(partial(claim, key=uuid4()) for _ in range(4)))

    assert raised.count(None) == FirstMessage.objects.count() == 2
    assert all(isinstance(error, FirstMessageLimitReached) for error in raised if error is not None)


def _leaving(world: World) -> Offer:
    """To be told now, be it night or not: Aoi leaves, a colleague takes over."""
    Policy.objects.create(market=world.market, quiet_from=None, quiet_until=None)
    make.staff("colleague", store=world.store)
    make.binding(world.member, world.aoi, store=world.store)
    begin_departure(
        by=make.staff(role=None, is_superuser=True),
        staff=world.aoi,
        kind=Departure.Kind.EXIT,
        leaves_on=timezone.localdate() + DAY,
    )
    return Offer.objects.get()
