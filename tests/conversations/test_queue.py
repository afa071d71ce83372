import datetime as dt
import uuid

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from madoguchi.conversations.actions.add_note import add_note
from madoguchi.conversations.actions.close import close
from madoguchi.conversations.actions.open_thread import open_thread
from madoguchi.conversations.actions.snooze import snooze
from madoguchi.conversations.actions.take_over import take_over
from madoguchi.conversations.models import Conversation, Exchange
from madoguchi.conversations.queries import Place, View, places, queue, queue_counts
from madoguchi.conversations.queries.queue import Position
from madoguchi.kit.errors import Invalid
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission
from tests import make
from tests.make import World


def names(staff: Staff, view: View, place: Place | None = None) -> list[str]:
    return [row.member.display_name for row in queue(make.fresh(staff), view, place=place).rows]


@pytest.fixture
def shop(world: World) -> World:
    """One conversation in each situation at Aoi's store; the world's own is older and at nobody's hand."""
    ago = timezone.now() - dt.timedelta(hours=1)
    mine = make.conversation(world.account, name="我的", store=world.store, at=ago)
    take_over(conversation_id=mine.pk, staff=world.aoi, expected_holder_id=None)
    answered = make.conversation(world.account, name="不等", store=world.store, at=ago - dt.timedelta(hours=1))
    Conversation.objects.filter(pk=answered.pk).update(waiting_since=None)
    aside = make.conversation(world.account, name="稍後", store=world.store, at=ago)
    snooze(conversation_id=aside.pk, staff=world.aoi, until=timezone.now() + dt.timedelta(days=1))
    done = make.conversation(world.account, name="結束", store=world.store, at=ago)
    close(conversation_id=done.pk, staff=world.aoi, outcome=Exchange.Outcome.SOLVED)
    make.conversation(world.account, name="客服的", department=world.department, at=ago)
    return world


def test_each_view_shows_what_it_says(shop: World) -> None:
    assert names(shop.aoi, View.MINE) == ["我的"]
    assert names(shop.aoi, View.PLACE) == ["陳美玲", "我的", "不等"]
    assert names(shop.aoi, View.UNASSIGNED) == ["陳美玲", "不等"]
    assert names(shop.aoi, View.WAITING) == ["我的", "陳美玲"]
    assert names(shop.aoi, View.ALL) == ["陳美玲", "我的", "不等"]
    assert names(shop.aoi, View.SNOOZED) == ["稍後"]
    assert names(shop.aoi, View.CLOSED) == ["結束"]
    assert names(shop.ren, View.ALL) == []
    assert set(names(shop.mio, View.ALL)) == {"陳美玲", "我的", "不等", "客服的"}


def test_the_counts_say_what_the_views_show(shop: World) -> None:
    for staff in (shop.aoi, shop.ren, shop.mio):
        counts = queue_counts(make.fresh(staff))
        for view in View:
            if view is not View.CLOSED:
                assert getattr(counts, view.value) == len(names(staff, view)), (staff, view)
    assert queue_counts(make.fresh(shop.aoi)).mine_unread == 1


def test_a_mention_stands_in_its_own_queue_until_it_is_seen(shop: World) -> None:
    done = Conversation.objects.get(member__display_name="結束")
    add_note(conversation_id=done.pk, staff=shop.aoi, client_key=uuid.uuid4(), text="@蓮", mentioned=[shop.ren])

    assert names(shop.ren, View.MENTIONED) == ["結束"]
    assert queue_counts(make.fresh(shop.ren)).mentioned == 1

    open_thread(conversation_id=done.pk, staff=shop.ren)

    assert names(shop.ren, View.MENTIONED) == []
    assert queue_counts(make.fresh(shop.ren)).mentioned == 0


def test_one_place_of_several(shop: World) -> None:
    make.posting(shop.ren, store=shop.store)
    make.conversation(shop.account, name="高雄", store=shop.other_store)

    assert {place.name for place in places(make.fresh(shop.ren))} == {"高雄左營店", "台北信義店"}
    assert names(shop.ren, View.PLACE, Place(store_id=shop.other_store.pk)) == ["高雄"]
    assert names(shop.aoi, View.PLACE, Place(store_id=shop.other_store.pk)) == []
    assert places(make.fresh(shop.mio)) == []


@pytest.mark.parametrize("view", [View.ALL, View.WAITING])
def test_pages_follow_each_other_without_a_gap_even_at_equal_times(world: World, view: View) -> None:
    at = timezone.now()
    for number in range(11):
        make.conversation(world.account, name=str(number), store=world.store, at=at - dt.timedelta(hours=number // 4))
    everything = [row.pk for row in queue(world.aoi, view).rows]

    pages, after = [], ""
    while True:
        page = queue(world.aoi, view, after=after, limit=4)
        pages.append([row.pk for row in page.rows])
        after = page.next
        if not after:
            break

    assert [len(page) for page in pages] == [4, 4, 4]
    assert [pk for page in pages for pk in page] == everything


@pytest.mark.parametrize("token", ["", "x", "1", "1.", ".1", "-1.2", "1.2.3", "9" * 18 + ".1", "１.２"])
def test_a_position_that_nobody_was_given_is_refused(token: str) -> None:
    with pytest.raises(Invalid):
        Position.read(token)


@pytest.mark.parametrize("token", ["", "store", "store-", "store-x", "shop-1", "store-" + "1" * 19, "store-１"])
def test_a_place_that_cannot_be_is_refused(token: str) -> None:
    with pytest.raises(Invalid):
        Place.read(token)


def test_places_and_positions_survive_an_address() -> None:
    at = dt.datetime(2026, 11, 21, 8, 30, 15, 123456, tzinfo=dt.UTC)

    assert Position.read(Position(at, 42).token) == Position(at, 42)
    for place in (Place(store_id=7), Place(department_id=3)):
        assert Place.read(place.token) == place


def test_a_queue_is_one_statement_with_everything_a_row_shows(
    shop: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for staff in (shop.aoi, shop.mio):
        staff.may(Permission.CONVERSATION_READ)  # postings are read once for each request
        with django_assert_num_queries(1):
            for row in queue(staff, View.ALL).rows:
                assert row.member.display_name
                assert row.contact.account.default_brand.name
                assert (row.store or row.department) is not None
                assert row.holder is None or row.holder.display_name
                assert row.brand is None or row.brand.color
        with django_assert_num_queries(1):
            queue_counts(staff)
