"""What a customer's events do to threads and queues."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.channels.models import Contact, Media, ReplyToken
from madoguchi.channels.tasks import fetch_media
from madoguchi.conversations.actions.close import close
from madoguchi.conversations.actions.notify import Notice, notify
from madoguchi.conversations.actions.receive import receive
from madoguchi.conversations.actions.send import send
from madoguchi.conversations.actions.snooze import snooze
from madoguchi.conversations.actions.take_over import take_over
from madoguchi.conversations.models import Conversation, Exchange, Message
from madoguchi.conversations.tasks import fetch_profiles
from madoguchi.members.models import Identity, Member
from tests import make
from tests.conversations.arriving import Customer, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> make.World:
    return make.world()


@pytest.fixture
def customer(world: make.World) -> Customer:
    return Customer(world.account)


# -- the first word --------------------------------------------------------------------------------------------------


def test_first_message_makes_member_contact_conversation_and_exchange(world: make.World, customer: Customer) -> None:
    receive([customer.writes(3, "請問濾網")])

    contact, conversation = customer.contact, customer.conversation
    identity = Identity.objects.get(provider=world.account.provider, value=customer.external_id)
    assert conversation.member == identity.member
    assert identity.member.market == world.account.market
    assert contact.last_inbound_at == at(3)
    assert conversation.state == "open"
    assert (conversation.department, conversation.store, conversation.brand) == (world.department, None, None)
    assert (conversation.waiting_since, conversation.unread) == (at(3), 1)
    assert (conversation.last_direction, conversation.last_kind, conversation.last_text) == (
        "inbound",
        "text",
        "請問濾網",
    )
    assert (conversation.opened_at, conversation.last_message_at) == (at(3), at(3))
    exchange = conversation.exchanges.get()
    assert (exchange.number, exchange.opened_at, exchange.first_inbound_at) == (1, at(3), at(3))
    assert set(conversation.messages.get().search or ()) > {"請問", "問濾", "濾網"}


def test_one_person_at_two_accounts_of_a_provider_is_one_member(world: make.World) -> None:
    second = make.account("第二", default_department=world.department, default_brand=world.brand)
    elsewhere = make.account("別家", provider="Other Ltd.", default_department=world.department)
    here, there, other = Customer(world.account), Customer(second), Customer(elsewhere)
    before = Member.objects.count()

    receive([here.writes(1), there.writes(2), other.writes(3)])

    assert here.conversation.member == there.conversation.member
    assert other.conversation.member != here.conversation.member
    assert Member.objects.count() == before + 2


def test_profile_is_fetched_for_new_contacts_and_those_who_return(world: make.World, customer: Customer) -> None:
    receive([customer.writes(1)])
    receive([customer.writes(2)])
    receive([customer.follows(3)])

    jobs = ProcrastinateJob.objects.filter(task_name=fetch_profiles.name)
    wanted = {"account_id": world.account.pk, "contact_ids": [customer.contact.pk]}
    assert [job.args for job in jobs] == [wanted, wanted]


def test_a_friend_who_has_written_nothing_is_no_work_for_anybody(customer: Customer) -> None:
    receive([customer.follows(1)])

    conversation = customer.conversation
    assert (conversation.state, conversation.waiting_since, conversation.unread) == ("closed", None, 0)
    assert customer.thread() == [("system", "event", "followed")]
    assert customer.contact.friendship == Contact.Friendship.FRIEND

    receive([customer.writes(2)])

    conversation = customer.conversation
    assert (conversation.state, conversation.exchange_number, conversation.waiting_since) == ("open", 1, at(2))
    assert customer.thread() == [("system", "event", "followed"), ("inbound", "text", "您好")]


def test_first_answer_to_a_mere_friend_opens_the_first_exchange(world: make.World, customer: Customer) -> None:
    receive([customer.follows(1)])

    _answer(world, customer.conversation)

    assert (customer.conversation.state, customer.conversation.exchange_number) == ("open", 1)
    assert Exchange.objects.get(conversation=customer.conversation).closed_at is None


# -- waiting ---------------------------------------------------------------------------------------------------------


def test_waiting_begins_with_the_earliest_message_that_nobody_answered(customer: Customer) -> None:
    receive([customer.writes(5), customer.writes(7)])
    receive([customer.writes(4), customer.writes(9)])

    assert customer.conversation.waiting_since == at(4)
    assert customer.conversation.unread == 4
    assert customer.conversation.exchanges.get().first_inbound_at == at(4)


def test_what_arrives_after_our_answer_waits_even_if_it_was_written_before(
    world: make.World, customer: Customer
) -> None:
    """Nobody could read it: the customer wrote on while our answer was under way."""
    receive([customer.writes(1, "first", "first")])
    answered_at = _answer(world, customer.conversation)
    minute = (answered_at - at(0)).total_seconds() / 60

    receive([customer.writes(minute - 2, "late", "late")])
    assert customer.conversation.waiting_since == at(minute - 2)
    assert customer.conversation.unread == 1

    receive([customer.writes(minute + 2, "next", "next"), customer.writes(1, "first", "first")])
    assert customer.conversation.waiting_since == at(minute - 2)

    receive([customer.takes_back(minute + 3, "late")])
    assert customer.conversation.waiting_since == at(minute + 2)


def test_queue_shows_the_newest_message_by_the_providers_time(customer: Customer) -> None:
    receive([customer.writes(5, "second")])
    receive([customer.writes(4, "first"), customer.taps(6), customer.blocks(7)])

    conversation = customer.conversation
    assert (conversation.last_text, conversation.last_message_at) == ("second", at(5))
    assert [text for _, _, text in customer.thread()] == ["first", "second", "", "unfollowed"]


def test_long_text_is_cut_for_the_queue_only(customer: Customer) -> None:
    receive([customer.writes(1, "長" * 5000)])

    assert customer.conversation.last_text == "長" * Conversation.PREVIEW_LENGTH
    assert customer.conversation.messages.get().text == "長" * 5000


# -- once, late, taken back ------------------------------------------------------------------------------------------


def test_a_message_that_comes_in_two_events_is_shown_once(customer: Customer) -> None:
    receive([customer.writes(1, message_id="m"), customer.writes(1, message_id="m")])
    receive([customer.writes(1, message_id="m")])

    assert customer.conversation.unread == 1
    assert len(customer.thread()) == 1


def test_a_message_taken_back_is_hidden_and_waits_no_more(customer: Customer) -> None:
    receive([customer.writes(1, "秘密", "a"), customer.writes(2, "公開", "b")])

    receive([customer.takes_back(3, "a")])
    assert customer.conversation.waiting_since == at(2)
    hidden = customer.conversation.messages.get(provider_message_id="a")
    assert (hidden.text, hidden.details, hidden.search, hidden.unsent_at) == ("", {}, None, at(3))

    receive([customer.takes_back(4, "b")])
    assert customer.conversation.waiting_since is None
    assert customer.conversation.last_text == ""
    assert customer.conversation.state == "open"


def test_what_the_system_said_by_itself_is_no_answer_to_what_still_waits(customer: Customer) -> None:
    receive([customer.writes(0, message_id="1"), customer.writes(1, message_id="2")])
    notify([Notice(conversation_id=customer.conversation.pk, text="目前休息中", cause="away")], now=at(2))

    receive([customer.takes_back(3, "1")])

    assert customer.conversation.waiting_since == at(1)


def test_a_message_that_comes_after_it_was_taken_back_is_hidden_at_once(customer: Customer) -> None:
    receive([customer.takes_back(5, "a")])
    receive([customer.sends(4, "image", "a")])

    message = customer.conversation.messages.get()
    assert (message.kind, message.occurred_at, message.unsent_at, message.details) == ("image", at(4), at(5), {})
    assert message.media is not None
    assert message.media.state == Media.State.HIDDEN
    assert customer.conversation.waiting_since is None
    assert not ProcrastinateJob.objects.filter(task_name=fetch_media.name).exists()


def test_media_of_a_message_taken_back_is_hidden(customer: Customer) -> None:
    receive([customer.sends(1, "image", "a"), customer.sends(1, "image", "b")])

    receive([customer.takes_back(2, "a")])

    states = dict(Media.objects.values_list("provider_message_id", "state"))
    assert states == {"a": "hidden", "b": "pending"}


def test_of_several_edits_the_latest_counts_whatever_comes_first(customer: Customer) -> None:
    receive([customer.edits(3, "a", "third")])
    receive([customer.writes(1, "first", "a")])
    receive([customer.edits(2, "a", "second")])

    message = customer.conversation.messages.get()
    assert (message.text, message.edited_at, message.occurred_at) == ("third", at(3), at(1))
    assert customer.conversation.last_text == "third"
    assert customer.conversation.unread == 1


# -- friendship ------------------------------------------------------------------------------------------------------


def test_a_block_and_an_unblock_count_in_the_providers_order(customer: Customer) -> None:
    receive([customer.follows(9, was_unblocked=True)])
    receive([customer.blocks(5), customer.follows(1)])

    assert customer.contact.friendship == Contact.Friendship.FRIEND
    assert customer.contact.friendship_at == at(9)
    assert [text for _, _, text in customer.thread()] == ["followed", "unfollowed", "unblocked"]

    receive([customer.blocks(10)])
    assert customer.contact.friendship == Contact.Friendship.BLOCKED


# -- closed and snoozed ----------------------------------------------------------------------------------------------


def test_a_message_to_a_closed_conversation_opens_a_new_exchange(world: make.World, customer: Customer) -> None:
    receive([customer.writes(1)])
    conversation = customer.conversation
    Conversation.objects.filter(pk=conversation.pk).update(store=world.store, department=None, brand=world.brand)
    take_over(conversation_id=conversation.pk, staff=world.mio, expected_holder_id=None)
    close(conversation_id=conversation.pk, staff=world.mio, outcome=Exchange.Outcome.SOLVED)
    closed_at = customer.conversation.exchanges.get().closed_at
    assert closed_at
    minute = (closed_at - at(0)).total_seconds() / 60 + 1

    receive([customer.writes(minute, "還有一個問題", "again")])

    conversation = customer.conversation
    assert (conversation.state, conversation.exchange_number, conversation.holder) == ("open", 2, None)
    assert (conversation.store, conversation.brand) == (world.store, world.brand)
    assert (conversation.waiting_since, conversation.unread) == (at(minute), 1)
    assert conversation.opened_at == at(minute)
    second = conversation.exchanges.get(number=2)
    assert (second.opened_at, second.first_inbound_at, second.closed_at) == (at(minute), at(minute), None)
    assert customer.thread()[-2:] == [("system", "event", "opened"), ("inbound", "text", "還有一個問題")]
    assert list(second.messages.order_by("pk").values_list("kind", flat=True)) == ["event", "text"]


def test_a_message_written_before_the_closing_opens_after_it(world: make.World, customer: Customer) -> None:
    receive([customer.writes(1)])
    close(conversation_id=customer.conversation.pk, staff=world.mio, outcome=Exchange.Outcome.SOLVED)
    closed_at = customer.conversation.exchanges.get().closed_at

    receive([customer.writes(2, "late", "late")])

    assert [text for _, _, text in customer.thread()] == ["您好", "late", "closed", "opened"]
    assert customer.conversation.opened_at == closed_at
    assert customer.conversation.waiting_since == at(2)


def test_the_line_of_a_new_exchange_moves_before_a_message_that_comes_later(
    world: make.World, customer: Customer
) -> None:
    receive([customer.writes(1)])
    close(conversation_id=customer.conversation.pk, staff=world.mio, outcome=Exchange.Outcome.SOLVED)
    closed_at = customer.conversation.exchanges.get().closed_at
    assert closed_at
    minute = (closed_at - at(0)).total_seconds() / 60

    receive([customer.writes(minute + 9, "ninth", "9")])
    receive([customer.writes(minute + 8, "eighth", "8")])

    assert [text for _, _, text in customer.thread()] == ["您好", "closed", "opened", "eighth", "ninth"]
    assert customer.conversation.opened_at == at(minute + 8)


def test_what_is_no_message_opens_nothing(world: make.World, customer: Customer) -> None:
    receive([customer.writes(1)])
    close(conversation_id=customer.conversation.pk, staff=world.mio, outcome=Exchange.Outcome.SOLVED)

    receive([customer.blocks(2), customer.follows(3), customer.taps(4), customer.is_noticed(5)])

    conversation = customer.conversation
    assert (conversation.state, conversation.exchange_number, conversation.waiting_since) == ("closed", 1, None)
    assert len(customer.thread()) == 6


def test_a_message_brings_a_snoozed_conversation_back(world: make.World, customer: Customer) -> None:
    receive([customer.writes(1)])
    _answer(world, customer.conversation)
    until = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    snooze(conversation_id=customer.conversation.pk, staff=world.mio, until=until)

    receive([customer.blocks(2)])
    assert (customer.conversation.state, customer.conversation.snoozed_until) == ("snoozed", until)

    soon = (dt.datetime.now(dt.UTC) - at(0)).total_seconds() / 60 + 1
    receive([customer.writes(soon)])
    assert (customer.conversation.state, customer.conversation.snoozed_until) == ("open", None)
    assert customer.conversation.holder == world.mio
    assert customer.conversation.waiting_since == at(soon)


# -- quiet lines, media, reply tokens --------------------------------------------------------------------------------


def test_postbacks_and_notices_are_quiet_lines(customer: Customer) -> None:
    receive([customer.taps(1, "action=hours"), customer.is_noticed(2, "beacon_entered")])

    tapped, noticed = customer.conversation.messages.order_by("occurred_at")
    assert (tapped.direction, tapped.kind, tapped.details) == ("inbound", "postback", {"data": "action=hours"})
    assert (noticed.direction, noticed.details["what"]) == ("system", "Came near a beacon")
    assert customer.conversation.waiting_since is None


def test_media_is_announced_and_left_to_its_job(world: make.World, customer: Customer) -> None:
    receive([customer.sends(1, "image", "a"), customer.sends(2, "sticker", package_id="446", sticker_id="1988")])

    image, sticker = customer.conversation.messages.order_by("occurred_at")
    assert image.media is not None
    assert (image.media.account, image.media.thread, image.media.provider_message_id) == (
        world.account,
        customer.conversation.pk,
        "a",
    )
    assert sticker.details == {"package_id": "446", "sticker_id": "1988"}
    jobs = ProcrastinateJob.objects.filter(task_name=fetch_media.name)
    assert [job.args for job in jobs] == [{"media_id": image.media.pk}]


def test_reply_tokens_are_kept_while_they_are_good(customer: Customer) -> None:
    received_at = at(1)
    fresh = customer.writes(1, message_id="a", reply_token="fresh")
    redelivered = customer.writes(-19.5, message_id="b", reply_token="redelivered", received_at=received_at)
    stale = customer.writes(-20, message_id="c", reply_token="stale", received_at=received_at)

    receive([fresh, redelivered, stale], now=at(0.2))

    kept = dict(ReplyToken.objects.values_list("token", "expires_at"))
    assert kept == {
        "fresh": at(1) + dt.timedelta(seconds=51),
        "redelivered": at(0.5),
    }


# -- batches ---------------------------------------------------------------------------------------------------------


def test_number_of_statements_does_not_depend_on_the_number_of_events(world: make.World) -> None:
    def batch(customers: list[Customer], minute: int) -> int:
        events = [
            event
            for one in customers
            for event in (
                one.writes(minute, reply_token=f"{one.external_id}{minute}"),
                one.sends(minute + 1, "image", f"i{one.external_id}{minute}"),
                one.takes_back(minute + 2, f"i{one.external_id}{minute}"),
                one.edits(minute + 2, f"id-{minute}", "edited"),
                one.blocks(minute + 3),
                one.taps(minute + 4),
            )
        ]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            receive(events)
        return len(queries)

    few = [Customer(world.account, f"few-{n}") for n in range(2)]
    many = [Customer(world.account, f"many-{n}") for n in range(60)]

    assert batch(few, 1) == batch(many, 1)
    assert batch(few, 10) == batch(many, 10) <= 25


def test_nothing_happens_for_nothing() -> None:
    receive([])

    assert not Message.objects.exists()


def _answer(world: make.World, conversation: Conversation) -> dt.datetime:
    [message] = send(
        conversation_id=conversation.pk, staff=world.mio, client_key=uuid.uuid4(), text="您好，可以到門市更換。"
    )
    return message.occurred_at
