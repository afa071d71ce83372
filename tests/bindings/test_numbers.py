"""The counts of the ledger. Days are those of Taipei, where the world's market is."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from madoguchi.bindings.models import Binding, Code, Scan, Way
from madoguchi.bindings.numbers import Activity, Compared, Funnel, Scope, numbers
from madoguchi.channels.models import Contact
from madoguchi.conversations.models import Conversation, Exchange
from madoguchi.organization.models import Staff, Store
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.make import World

TAIPEI = ZoneInfo("Asia/Taipei")
TODAY = dt.date(2026, 11, 21)
NOON = dt.datetime(2026, 11, 21, 12, tzinfo=TAIPEI)
DAY = dt.timedelta(days=1)


def scope(world: World, **more: Any) -> Scope:
    return Scope(**{"reader": world.mio, "since": TODAY - 6 * DAY, "until": TODAY, **more})


def bind(world: World, staff: Staff | None, store: Store, *, at: dt.datetime = NOON, **more: Any) -> Binding:
    """A customer of their own, unless one is given."""
    more.setdefault("member", make.conversation(world.account, at=at).member if "member" not in more else None)
    more.setdefault("brand_ids", [0])
    return Binding.objects.create(
        **{"staff": staff, "store": store, "account": world.account, "way": Way.LIFF, "started_at": at, **more}
    )


def code(world: World, staff: Staff, store: Store) -> Code:
    return Code.objects.create(account=world.account, staff=staff, store=store, created_by=staff)


def visit(
    of: Code, outcome: Scan.Outcome, *, contact: Contact | None = None, at: dt.datetime = NOON, **more: Any
) -> Scan:
    return Scan.objects.create(code=of, way=Way.LIFF, outcome=outcome, contact=contact, at=at, **more)


def test_new_bindings_stand_beside_those_of_the_period_before(world: World) -> None:
    bind(world, world.aoi, world.store, at=NOON)
    bind(world, world.aoi, world.store, at=NOON - 6 * DAY, way=Way.TEXT)
    bind(world, world.ren, world.other_store, at=NOON - 7 * DAY)
    bind(world, world.ren, world.other_store, at=NOON - 14 * DAY)

    found = numbers(scope(world), now=NOON)

    assert found.new == Compared(2, 1)
    assert [day.bindings for day in found.days] == [1, 0, 0, 0, 0, 0, 1]
    assert [day.before for day in found.days] == [0, 0, 0, 0, 0, 0, 1]
    assert found.ways == {Way.LIFF: Compared(1, 1), Way.TEXT: Compared(1, 0)}
    assert [(place.store, place.new) for place in found.places] == [
        (world.store, Compared(2, 0)),
        (world.other_store, Compared(0, 1)),
    ]


def test_a_day_ends_at_midnight_on_the_clock_of_the_reader(world: World) -> None:
    late = dt.datetime(2026, 11, 20, 23, 59, tzinfo=TAIPEI)
    bind(world, world.aoi, world.store, at=late)
    bind(world, world.aoi, world.store, at=late + dt.timedelta(minutes=2))

    found = numbers(scope(world, since=TODAY - DAY), now=NOON)

    assert [(day.on, day.bindings) for day in found.days] == [(TODAY - DAY, 1), (TODAY, 1)]


def test_change_is_only_told_where_there_is_something_to_compare_with() -> None:
    assert Compared(3, 2).change == pytest.approx(0.5)
    assert Compared(3, 0).change is None


def test_active_are_those_who_wrote_or_tapped_lately(world: World) -> None:
    fresh, older, silent = (bind(world, world.aoi, world.store) for _ in range(3))
    for binding, days in ((fresh, 29), (older, 31), (silent, 91)):
        contacts = Contact.objects.filter(conversation__member=binding.member)
        contacts.update(last_inbound_at=NOON - days * DAY)
    ended = bind(world, world.aoi, world.store, at=NOON - DAY)
    Binding.objects.filter(pk=ended.pk).update(ended_at=NOON, end=Binding.End.DROPPED)

    found = numbers(scope(world), now=NOON)

    assert found.activity == Activity(customers=3, active_30=1, active_90=2)
    assert found.activity.share_90 == pytest.approx(2 / 3)
    assert [(row.staff, row.activity.customers) for row in found.people] == [(world.aoi, 3)]


def test_a_customer_of_two_people_counts_once_in_all(world: World) -> None:
    one = bind(world, world.aoi, world.store, brand_ids=[world.brand.pk])
    bind(world, world.ren, world.other_store, member=one.member, brand_ids=[world.other_brand.pk])

    Contact.objects.filter(conversation__member=one.member).update(last_inbound_at=NOON)

    found = numbers(scope(world), now=NOON)
    of_brand = numbers(scope(world, brand=world.other_brand), now=NOON)

    assert found.activity == Activity(customers=1, active_30=1, active_90=1)
    assert sorted(place.activity.customers for place in found.places) == [1, 1]
    assert [place.store for place in of_brand.places] == [world.other_store]


def test_two_scopes_with_one_person_are_one_customer_of_theirs(world: World) -> None:
    one = bind(world, world.aoi, world.store, brand_ids=[world.brand.pk])
    bind(world, world.aoi, world.store, member=one.member, brand_ids=[world.other_brand.pk])
    bind(world, world.aoi, world.store)

    found = numbers(scope(world), now=NOON)

    assert [(row.staff, row.activity) for row in found.people] == [(world.aoi, Activity(2, 2, 2))]
    assert found.places[0].activity == found.activity == Activity(2, 2, 2)


def test_a_customer_with_two_chats_was_in_touch_when_they_were_last(world: World) -> None:
    binding = bind(world, world.aoi, world.store)
    second = make.conversation(make.account(market=world.market), at=NOON)
    Contact.objects.filter(conversation__member=binding.member).update(last_inbound_at=NOON - 80 * DAY)
    Conversation.objects.filter(pk=second.pk).update(member=binding.member)

    assert numbers(scope(world), now=NOON).activity == Activity(customers=1, active_30=1, active_90=1)


def test_departments_are_counted_where_one_keeps_them(world: World) -> None:
    keeper = make.staff("keeper", role=BuiltInRole.MANAGER, department=world.department)
    specialist = make.staff(department=world.department)
    make.binding(make.conversation(world.account, at=NOON).member, specialist, department=world.department, at=NOON)
    card = Code.objects.create(
        account=world.account, staff=specialist, department=world.department, created_by=specialist
    )
    visit(card, Scan.Outcome.OPENED)

    found = numbers(scope(world, reader=keeper), now=NOON)

    assert (found.new.now, found.activity.customers, found.funnel.scanned) == (1, 1, 1)


def test_each_step_of_the_funnel_counts_only_those_of_the_step_before(world: World) -> None:
    card = code(world, world.aoi, world.store)
    stranger, friend, bound, writer, answered = (
        make.conversation(world.account, at=NOON - DAY).contact for _ in range(5)
    )
    Contact.objects.filter(pk=stranger.pk).update(friendship=Contact.Friendship.UNKNOWN)
    visit(card, Scan.Outcome.OPENED, visitor="left-at-once")
    visit(card, Scan.Outcome.BOUND, contact=stranger)
    visit(card, Scan.Outcome.KEPT, contact=friend)
    for contact in (bound, writer, answered):
        visit(card, Scan.Outcome.OPENED, visitor=f"opened-{contact.pk}")
        visit(card, Scan.Outcome.BOUND, contact=contact, visitor=f"opened-{contact.pk}")
    for contact in (writer, answered):
        at = NOON + dt.timedelta(minutes=5)
        thread = Conversation.objects.get(contact=contact)
        thread.exchanges.update(closed_at=NOON)
        Exchange.objects.create(conversation=thread, number=2, opened_at=at, first_inbound_at=at)
    Exchange.objects.filter(conversation__contact=answered, number=2).update(
        first_reply_at=NOON + dt.timedelta(minutes=6)
    )

    found = numbers(scope(world), now=NOON)

    assert found.funnel.steps == (6, 4, 3, 2, 1)
    assert [(row, steps) for row, steps in found.codes] == [(card, found.funnel)]


def test_a_scan_belongs_to_its_period_and_its_store(world: World) -> None:
    here, there = code(world, world.aoi, world.store), code(world, world.ren, world.other_store)
    visit(here, Scan.Outcome.OPENED)
    visit(here, Scan.Outcome.OPENED, at=NOON - 7 * DAY)
    visit(there, Scan.Outcome.OPENED)

    found = numbers(scope(world, store=world.store), now=NOON)

    assert found.funnel == Funnel(1)
    assert [row for row, _steps in found.codes] == [here]


def test_ended_bindings_are_counted_by_reason(world: World) -> None:
    for end, at in ((Binding.End.DROPPED, NOON), (Binding.End.DROPPED, NOON - 8 * DAY), (Binding.End.REPLACED, NOON)):
        row = bind(world, world.aoi, world.store, at=NOON - 20 * DAY)
        Binding.objects.filter(pk=row.pk).update(ended_at=at, end=end)

    found = numbers(scope(world), now=NOON)

    assert found.ends == {Binding.End.DROPPED: Compared(1, 1), Binding.End.REPLACED: Compared(1, 0)}
    assert found.ended == Compared(2, 1)


def test_nothing_beyond_ones_reach_is_counted(world: World) -> None:
    manager = make.staff("manager", role=BuiltInRole.MANAGER, store=world.store)
    bind(world, world.aoi, world.store)
    bind(world, world.ren, world.other_store)
    visit(code(world, world.aoi, world.store), Scan.Outcome.OPENED)
    visit(code(world, world.ren, world.other_store), Scan.Outcome.OPENED)

    found = numbers(scope(world, reader=manager), now=NOON)
    elsewhere = numbers(scope(world, reader=manager, store=world.other_store), now=NOON)

    assert (found.new.now, found.funnel.scanned, len(found.places)) == (1, 1, 1)
    assert (elsewhere.new.now, elsewhere.funnel.scanned, elsewhere.places) == (0, 0, [])


def test_the_number_of_statements_does_not_grow(world: World) -> None:
    def statements() -> int:
        reader = make.fresh(world.mio)
        with CaptureQueriesContext(connection) as captured:
            numbers(scope(world, reader=reader), now=NOON)
        return len(captured)

    bind(world, world.aoi, world.store)
    visit(code(world, world.aoi, world.store), Scan.Outcome.OPENED)
    few = statements()
    for _ in range(5):
        bind(world, world.ren, world.other_store)
        visit(code(world, world.ren, world.other_store), Scan.Outcome.OPENED)

    assert statements() == few <= 10
