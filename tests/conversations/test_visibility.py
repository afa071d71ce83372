"""Role by place by way of asking: list, count, search, thread and header always give the same answer."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from madoguchi.bindings import ledger
from madoguchi.bindings.models import Binding
from madoguchi.conversations.access import find
from madoguchi.conversations.actions.add_note import add_note
from madoguchi.conversations.actions.open_thread import open_thread
from madoguchi.conversations.models import Conversation
from madoguchi.conversations.queries import View, queue, queue_counts, search
from madoguchi.kit.errors import NotFound
from madoguchi.members.models import Member
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import BuiltInRole, Permission
from tests import make
from tests.make import World

Where = Callable[[World], dict[str, Any]]
DAY = dt.timedelta(days=1)

PLACES: dict[str, tuple[Where, bool]] = {
    "its store": (lambda w: {"store": w.store}, True),
    "its store, its brand": (lambda w: {"store": w.store, "brands": [w.brand]}, True),
    "its store, another brand": (lambda w: {"store": w.store, "brands": [w.other_brand]}, False),
    "its store, until yesterday": (lambda w: {"store": w.store, "until": timezone.localdate() - DAY}, False),
    "its store, from tomorrow": (lambda w: {"store": w.store, "since": timezone.localdate() + DAY}, False),
    "another store": (lambda w: {"store": w.other_store}, False),
    "a department": (lambda w: {"department": w.department}, False),
    "its market": (lambda w: {"market": w.market}, True),
    "its market, another brand": (lambda w: {"market": w.market, "brands": [w.other_brand]}, False),
    "another market": (lambda _: {"market": make.market("jp")}, False),
    "the company": (lambda _: {}, True),
    "the company, its brand": (lambda w: {"brands": [w.brand]}, True),
    "the company, another brand": (lambda w: {"brands": [w.other_brand]}, False),
}


def seen_by(staff: Staff, world: World) -> dict[str, bool]:
    """Every way in which the world's conversation could come before somebody's eyes."""
    found = search(staff, "濾網")
    return {
        "list": [row.pk for row in queue(staff, View.ALL).rows] == [world.conversation.pk],
        "waiting": [row.pk for row in queue(staff, View.WAITING).rows] == [world.conversation.pk],
        "count": queue_counts(staff).all == 1,
        "count of unassigned": queue_counts(staff).unassigned == 1,
        "search": [hit.message.conversation_id for hit in found.messages] == [world.conversation.pk],
        "search by name": [row.pk for row in search(staff, "陳美玲").people] == [world.conversation.pk],
        "thread": _opens(lambda: find(world.conversation.public_id, staff)),
        "opening": _opens(lambda: open_thread(conversation_id=world.conversation.pk, staff=staff)),
        "member": Member.objects.visible_to(staff).filter(pk=world.member.pk).exists(),
    }


def _opens(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except NotFound:
        return False
    return True


@pytest.mark.parametrize("role", BuiltInRole)
def test_what_a_role_sees_follows_from_its_place(world: World, role: BuiltInRole) -> None:
    for place, (where, is_visible) in PLACES.items():
        staff = make.staff(role=role, **where(world))

        assert set(seen_by(staff, world).values()) == {is_visible}, (place, seen_by(staff, world))


def test_several_postings_add_up(world: World) -> None:
    staff = make.staff(store=world.other_store)
    make.posting(staff, store=world.store, brands=[world.other_brand])
    assert set(seen_by(staff, world).values()) == {False}

    make.posting(staff, store=world.store, brands=[world.brand])
    assert set(seen_by(staff, world).values()) == {True}


def test_nobody_without_a_posting_or_the_permission_sees_anything(world: World) -> None:
    blind = make.role(Permission.CONVERSATION_REPLY, Permission.CONVERSATION_TAKE_OVER, Permission.STAFF_EDIT)

    for staff in (make.staff(role=None), make.staff(role=blind), make.staff(role=blind, store=world.store)):
        assert set(seen_by(staff, world).values()) == {False}


def test_a_conversation_about_no_brand_yet_is_seen_whatever_brands_one_serves(world: World) -> None:
    world.conversation.brand = None
    world.conversation.save()

    assert set(seen_by(make.staff(store=world.store, brands=[world.other_brand]), world).values()) == {True}


def test_a_mention_opens_this_one_thread(world: World) -> None:
    another = make.conversation(world.account, store=world.store, text="請問濾網")
    add_note(
        conversation_id=world.conversation.pk,
        staff=world.aoi,
        client_key=uuid.uuid4(),
        text="@蓮",
        mentioned=[world.ren],
    )

    assert set(seen_by(make.fresh(world.ren), world).values()) == {True}
    assert not _opens(lambda: find(another.public_id, world.ren))


def test_whoever_looks_after_the_customer_sees_the_thread_wherever_it_is_answered(world: World) -> None:
    another = make.conversation(world.account, store=world.store, text="請問濾網")
    binding = make.binding(world.member, world.ren, store=world.other_store)

    assert set(seen_by(make.fresh(world.ren), world).values()) == {True}
    assert not _opens(lambda: find(another.public_id, world.ren))

    ledger.end(binding, Binding.End.DROPPED, timezone.now())
    assert set(seen_by(make.fresh(world.ren), world).values()) == {False}


def test_of_a_customer_of_some_brands_the_thread_is_seen_while_it_is_about_them(world: World) -> None:
    make.binding(world.member, world.ren, store=world.other_store, brands=[world.other_brand])
    about = {}

    for brand in (world.brand, world.other_brand, None):
        world.conversation.brand = brand
        world.conversation.save()
        about[brand] = Conversation.objects.visible_to(world.ren).exists()

    assert about == {world.brand: False, world.other_brand: True, None: True}


def test_a_customer_of_the_pool_opens_no_thread_to_single_people(world: World) -> None:
    make.binding(world.member, None, store=world.other_store)

    assert set(seen_by(world.ren, world).values()) == {False}


def test_who_may_read_no_conversations_reads_none_of_their_customers_either(world: World) -> None:
    holder = make.staff(role=make.role(Permission.BINDING_HOLD, Permission.CONVERSATION_REPLY), store=world.other_store)
    make.binding(world.member, holder, store=world.other_store)

    assert set(seen_by(holder, world).values()) == {False}
