"""What waiting customers are told."""

import pytest

from madoguchi.conversations.models import Conversation, Exchange, Message
from madoguchi.routing import notices
from madoguchi.routing.models import AwayReply, Team
from tests import make
from tests.make import World
from tests.routing.desk import at, routed

pytestmark = pytest.mark.django_db


def told(conversation: Conversation) -> list[str]:
    rows = Message.objects.filter(conversation=conversation, direction="outbound", author=None)
    return list(rows.order_by("pk").values_list("text", flat=True))


@pytest.fixture
def closed(world: World, new: Conversation) -> Conversation:
    """Of a store that opens tomorrow at ten."""
    make.rule(to=world.store)
    make.opening_hours(world.store, "10:00", "11:00")
    return new


def test_a_closed_desk_says_once_when_it_opens(world: World, closed: Conversation) -> None:
    AwayReply.objects.create(locale="zh-hant", text="我們將於 {opens} 回覆您。")

    routed(closed)
    routed(closed, 5)
    routed(closed, 200)

    assert told(closed) == ["我們將於 11月21日 10:00 回覆您。"]
    message = Message.objects.get(author=None, direction="outbound")
    assert message.outbound is not None
    assert message.details == {"automatic": "away"}


def test_and_again_when_it_has_closed_again(world: World, closed: Conversation) -> None:
    AwayReply.objects.create(locale="zh-hant", text="{opens}")

    routed(closed)
    routed(closed, 24 * 60)

    assert told(closed) == ["11月21日 10:00", "11月22日 10:00"]


def test_the_nearest_word_counts(world: World, closed: Conversation) -> None:
    AwayReply.objects.create(locale="zh-hant", text="大家")
    AwayReply.objects.create(locale="zh-hant", text="市場", market=world.market)
    AwayReply.objects.create(locale="zh-hant", text="別處", store=world.other_store)
    AwayReply.objects.create(locale="ja", text="店舗", store=world.store)

    routed(closed)

    assert told(closed) == ["市場"]


def test_the_store_s_word_beats_the_market_s_in_the_customer_s_language(world: World, closed: Conversation) -> None:
    closed.contact.language = "ja"
    closed.contact.save()
    AwayReply.objects.create(locale="zh-hant", text="本店", store=world.store)
    AwayReply.objects.create(locale="ja", text="店舗", store=world.store)
    AwayReply.objects.create(locale="ja", text="日本", market=world.market)

    routed(closed)

    assert told(closed) == ["店舗"]


def test_an_open_desk_says_nothing(world: World, new: Conversation) -> None:
    AwayReply.objects.create(locale="zh-hant", text="大家")

    routed(new)

    assert told(new) == []


# -- place in the queue --------------------------------------------------------------------------------------------


@pytest.fixture
def queued(world: World, new: Conversation) -> Conversation:
    """The second of two who wait at a store that has answered six customers within the hour."""
    make.rule(to=world.store)
    make.team(world.store, Team.Method.NOBODY, tells_position=True)
    for minute in range(6):
        done = make.conversation(world.account, store=world.store, holder=world.aoi, at=at(-minute - 1))
        Exchange.objects.filter(conversation=done).update(first_reply_at=at(-minute - 1))
        Conversation.objects.filter(pk=done.pk).update(waiting_since=None, attention_at=None)
    make.conversation(world.account, at=at(-3))
    return new


def test_who_waits_is_told_their_place_and_how_long_once(world: World, queued: Conversation) -> None:
    routed(queued)
    routed(queued, 1)
    routed(queued, 2)

    (only,) = told(queued)
    assert "2" in only
    assert "20" in only, "two places at six answers an hour"
    said = Message.objects.get(conversation=queued, direction="outbound").details
    assert said == {"automatic": "waiting", "position": 2, "minutes": 20}


def test_and_again_when_it_takes_much_longer(world: World, queued: Conversation) -> None:
    routed(queued)
    for _ in range(6):
        urgent = make.conversation(world.account, store=world.store, at=at(1))
        Conversation.objects.filter(pk=urgent.pk).update(is_urgent=True, attention_at=at(90))

    routed(queued, 5)
    routed(queued, 6)

    assert len(told(queued)) == 2
    assert "80" in told(queued)[1]


def test_without_an_answer_within_the_hour_no_time_is_promised(world: World, queued: Conversation) -> None:
    Exchange.objects.update(first_reply_at=None)

    routed(queued)

    said = Message.objects.get(conversation=queued, direction="outbound").details
    assert said == {"automatic": "waiting", "position": 2, "minutes": None}


def test_a_router_that_died_before_it_spoke_speaks_at_the_next_look(world: World, closed: Conversation) -> None:
    AwayReply.objects.create(locale="zh-hant", text="大家")
    routed(closed)
    before = Message.objects.filter(direction="outbound")
    assert before.count() == 1
    key = before.get().client_key
    before.delete()

    routed(closed, 6)

    assert Message.objects.get(direction="outbound").client_key == key
    assert notices.AWAY == "away"
