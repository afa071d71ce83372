"""Answering a customer: what it changes, and what it refuses without leaving a trace."""

import datetime as dt
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from madoguchi.channels.errors import FileRefused, NotWaiting
from madoguchi.channels.models import Contact, Media, OutboundMessage
from madoguchi.conversations import queries
from madoguchi.conversations.actions.add_note import add_note
from madoguchi.conversations.actions.close import close
from madoguchi.conversations.actions.retry import discard, retry
from madoguchi.conversations.actions.send import send
from madoguchi.conversations.errors import (
    BrandUnavailable,
    CustomerHasBlocked,
    HeldByOther,
    KeyUsedElsewhere,
    NothingToSend,
    TextTooLong,
    TooManyBubbles,
)
from madoguchi.conversations.models import Conversation, Exchange, Message
from madoguchi.conversations.queries import View, queue
from madoguchi.kit.errors import MadoguchiError, NotAllowed, NotFound
from madoguchi.organization.models import Staff
from tests import make, pictures
from tests.make import World

pytestmark = pytest.mark.django_db
State = OutboundMessage.State


@pytest.fixture(autouse=True)
def _media_root(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def answer(world: World, staff: Staff, text: str = "馬上為您查詢", **more: object) -> list[Message]:
    return send(conversation_id=world.conversation.pk, staff=staff, client_key=uuid4(), text=text, **more)  # type: ignore[arg-type] # as named by the test


def assert_nothing_sent(world: World, media_root: Path) -> None:
    assert not OutboundMessage.objects.exists()
    assert not Media.objects.exists()
    assert not Message.objects.filter(direction=Message.Direction.OUTBOUND).exists()
    world.conversation.refresh_from_db()
    assert world.conversation.waiting_since is not None
    assert [path for path in media_root.rglob("*") if path.is_file()] == []


def test_an_answer_is_in_the_thread_and_in_the_outbox(world: World) -> None:
    [message] = answer(world, world.aoi, "馬上為您查詢")

    world.conversation.refresh_from_db()
    exchange = Exchange.objects.get()
    outbound = OutboundMessage.objects.get()
    assert message.outbound == outbound
    assert (outbound.state, outbound.thread, outbound.contact) == (State.QUEUED, world.conversation.pk, world.contact)
    assert world.conversation.holder == world.aoi
    assert (world.conversation.waiting_since, world.conversation.unread) == (None, 0)
    assert (world.conversation.last_direction, world.conversation.last_text) == ("outbound", "馬上為您查詢")
    assert exchange.first_reply_by == world.aoi
    assert exchange.first_reply_at is not None


def test_it_speaks_in_the_voice_of_the_conversations_brand(world: World) -> None:
    [message] = answer(world, world.aoi)

    [wire] = OutboundMessage.objects.get().messages
    assert message.brand == world.brand
    assert wire["sender"]["name"] == world.brand.sender_name
    assert f"/brands/{world.brand.public_id}/icon.png?v=" in wire["sender"]["iconUrl"]


def test_another_brand_can_be_chosen_for_one_answer(world: World) -> None:
    [message] = answer(world, world.aoi, brand_id=world.other_brand.pk)

    world.conversation.refresh_from_db()
    assert message.brand == world.other_brand
    assert world.conversation.brand == world.brand


def test_without_a_brand_the_accounts_own_voice_is_used(world: World) -> None:
    Conversation.objects.update(brand=None)

    [message] = answer(world, world.aoi)

    assert message.brand == world.account.default_brand


def test_no_icon_address_that_line_could_not_fetch(world: World, settings: LazySettings) -> None:
    settings.BASE_URL = "http://care.example.com"

    answer(world, world.aoi)

    assert "iconUrl" not in OutboundMessage.objects.get().messages[0]["sender"]


def test_a_double_click_is_one_message(world: World) -> None:
    key = uuid4()
    first = send(conversation_id=world.conversation.pk, staff=world.aoi, client_key=key, text="一次")
    second = send(conversation_id=world.conversation.pk, staff=world.aoi, client_key=key, text="一次")

    assert first == second
    assert OutboundMessage.objects.count() == 1


def test_a_key_that_somebody_else_has_used_is_refused(world: World) -> None:
    key = uuid4()
    send(conversation_id=world.conversation.pk, staff=world.aoi, client_key=key, text="一次")

    with pytest.raises(KeyUsedElsewhere):
        send(conversation_id=world.conversation.pk, staff=world.mio, client_key=key, text="別的")

    assert OutboundMessage.objects.count() == 1


def test_other_words_under_the_same_key_are_not_taken_for_sent(world: World) -> None:
    """The answer to the first try was lost on its way, and the person has written on meanwhile."""
    pk, key = world.conversation.pk, uuid4()
    send(conversation_id=pk, staff=world.aoi, client_key=key, text="一次")

    with pytest.raises(KeyUsedElsewhere):
        send(conversation_id=pk, staff=world.aoi, client_key=key, text="一次，還有別的")
    with pytest.raises(KeyUsedElsewhere):
        add_note(conversation_id=pk, staff=world.aoi, client_key=key, text="一次")

    assert OutboundMessage.objects.count() == 1


def test_a_notes_key_sends_nothing(world: World) -> None:
    pk, key = world.conversation.pk, uuid4()
    elsewhere = make.conversation(world.account, store=world.store)
    add_note(conversation_id=pk, staff=world.aoi, client_key=key, text="一次")

    with pytest.raises(KeyUsedElsewhere):
        send(conversation_id=pk, staff=world.aoi, client_key=key, text="一次")
    with pytest.raises(KeyUsedElsewhere):
        add_note(conversation_id=elsewhere.pk, staff=world.aoi, client_key=key, text="一次")

    assert not OutboundMessage.objects.exists()


def test_text_and_files_are_bubbles_of_one_request(world: World) -> None:
    files = [pictures.upload(pictures.jpeg(), "一.jpg"), pictures.upload(b"%PDF-1.7\n%\xe2\xe3", "說明書.pdf")]

    messages = answer(world, world.aoi, files=files)

    [outbound] = OutboundMessage.objects.all()
    assert [wire["type"] for wire in outbound.messages] == ["text", "image", "flex"]
    assert [message.client_part for message in messages] == [0, 1, 2]
    assert [message.kind for message in messages] == ["text", "image", "file"]
    assert outbound.messages[2]["altText"] == "說明書.pdf"
    assert all(wire["sender"]["name"] == world.brand.sender_name for wire in outbound.messages)


def test_quoting_the_customer_sends_their_token(world: World) -> None:
    question = world.conversation.messages.get()
    Message.objects.filter(pk=question.pk).update(quote_token="a-quote-token")

    [message] = answer(world, world.aoi, quoted_message_id=question.pk)

    assert OutboundMessage.objects.get().messages[0]["quoteToken"] == "a-quote-token"
    assert message.quoted_provider_message_id == question.provider_message_id


def test_quoting_ourselves_uses_what_line_returned(world: World) -> None:
    [first] = answer(world, world.aoi, "一")
    OutboundMessage.objects.update(
        state=State.ACCEPTED, sent_messages=[{"id": "461230966842064897", "quoteToken": "q"}]
    )

    [second] = answer(world, world.aoi, "二", quoted_message_id=first.pk)

    assert second.outbound is not None
    assert second.outbound.messages[0]["quoteToken"] == "q"
    page = queries.thread(world.conversation)
    assert page.quoted["461230966842064897"] == first


def test_a_message_of_another_thread_is_not_quoted(world: World) -> None:
    elsewhere = make.conversation(world.account).messages.get()
    Message.objects.filter(pk=elsewhere.pk).update(quote_token="not-for-here")

    [message] = answer(world, world.aoi, quoted_message_id=elsewhere.pk)

    assert "quoteToken" not in OutboundMessage.objects.get().messages[0]
    assert message.quoted_provider_message_id == ""


def test_writing_into_a_closed_conversation_begins_a_new_exchange(world: World) -> None:
    close(conversation_id=world.conversation.pk, staff=world.mio, outcome=Exchange.Outcome.SOLVED)

    [message] = answer(world, world.aoi)

    world.conversation.refresh_from_db()
    assert (world.conversation.state, world.conversation.exchange_number) == (Conversation.State.OPEN, 2)
    assert world.conversation.holder == world.aoi
    assert message.exchange.number == 2
    assert message.exchange.first_reply_at is None  # nobody had asked


def test_an_answer_stands_below_what_it_answers_even_if_our_clock_is_behind(world: World) -> None:
    later = timezone.now() + dt.timedelta(seconds=30)
    question = make.inbound(world.conversation, "在嗎？", at=later)

    [message] = answer(world, world.aoi)

    assert message.occurred_at > question.occurred_at


def test_what_a_colleague_holds_is_not_answered(world: World, tmp_path: Path) -> None:
    Conversation.objects.update(holder=world.mio)

    with pytest.raises(HeldByOther, match="澪"):
        answer(world, world.aoi, files=[pictures.upload(pictures.jpeg(), "一.jpg")])

    assert_nothing_sent(world, tmp_path)


def test_out_of_reach_does_not_exist(world: World, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        answer(world, world.ren)

    assert_nothing_sent(world, tmp_path)


def test_a_brand_outside_ones_posting_cannot_be_spoken_for(world: World, tmp_path: Path) -> None:
    only_mori = make.staff("only-mori", store=world.store, brands=[world.brand])

    with pytest.raises(NotAllowed):
        answer(world, only_mori, brand_id=world.other_brand.pk)

    assert_nothing_sent(world, tmp_path)


def test_a_brand_that_is_not_in_use_is_refused(world: World, tmp_path: Path) -> None:
    world.other_brand.is_active = False
    world.other_brand.save()

    with pytest.raises(BrandUnavailable):
        answer(world, world.aoi, brand_id=world.other_brand.pk)

    assert_nothing_sent(world, tmp_path)


@pytest.mark.parametrize(
    ("text", "error"),
    [("", NothingToSend), (" \n", NothingToSend), ("字" * 5_001, TextTooLong), ("🙂" * 2_501, TextTooLong)],
)
def test_a_text_beyond_the_limits_is_refused(
    world: World, tmp_path: Path, text: str, error: type[MadoguchiError]
) -> None:
    with pytest.raises(error) as refusal:
        answer(world, world.aoi, text)

    assert error is NothingToSend or "5,000" in refusal.value.message
    assert_nothing_sent(world, tmp_path)


def test_as_long_as_line_takes_it_is_sent(world: World) -> None:
    [message] = answer(world, world.aoi, "🙂" * 2_500)

    assert message.text == "🙂" * 2_500


def test_five_bubbles_are_sent_and_six_refused(world: World, tmp_path: Path) -> None:
    def files(count: int) -> list[SimpleUploadedFile]:
        return [pictures.upload(pictures.jpeg(), f"{number}.jpg") for number in range(count)]

    with pytest.raises(TooManyBubbles):
        answer(world, world.aoi, files=files(5))
    assert_nothing_sent(world, tmp_path)

    assert len(answer(world, world.aoi, files=files(4))) == 5


def test_one_bad_file_refuses_all_and_leaves_nothing_behind(world: World, tmp_path: Path) -> None:
    program = pictures.upload(b"MZ\x90\x00" + b"\x00" * 300, "照片.jpg")

    with pytest.raises(FileRefused, match=r"照片\.jpg"):
        answer(world, world.aoi, files=[pictures.upload(pictures.jpeg(), "一.jpg"), program])

    assert_nothing_sent(world, tmp_path)


@pytest.mark.parametrize("state", [State.REFUSED, State.UNKNOWN])
def test_a_person_may_send_again_what_failed(world: World, state: str) -> None:
    [message] = answer(world, world.aoi)
    OutboundMessage.objects.update(state=state)
    former = OutboundMessage.objects.get()

    again = retry(conversation_id=world.conversation.pk, staff=world.aoi, outbound_id=former.pk)

    message.refresh_from_db()
    former.refresh_from_db()
    assert message.outbound == again
    assert (again.state, again.messages) == (State.QUEUED, former.messages)
    assert again.key != former.key
    assert former.state == State.DISCARDED


def test_what_is_sent_again_stands_last_in_the_thread_and_in_the_queue(world: World) -> None:
    [message] = answer(world, world.aoi, "還有庫存")
    OutboundMessage.objects.update(state=State.REFUSED)
    theirs = make.inbound(Conversation.objects.get(pk=world.conversation.pk), "請問還在嗎？")
    make.conversation(world.account, name="後來", store=world.store)

    retry(conversation_id=world.conversation.pk, staff=world.aoi, outbound_id=OutboundMessage.objects.get().pk)

    message.refresh_from_db()
    now = Conversation.objects.get(pk=world.conversation.pk)
    assert message.occurred_at > theirs.occurred_at
    assert now.last_message_at == message.occurred_at
    assert (now.last_direction, now.last_kind, now.last_text) == ("outbound", "text", "還有庫存")
    assert now.waiting_since is not None, "the customer's later question is not answered by it"
    assert queue(world.aoi, View.ALL).rows[0] == now


def test_what_was_sent_again_is_not_sent_a_third_time_by_a_second_click(world: World) -> None:
    answer(world, world.aoi)
    OutboundMessage.objects.update(state=State.REFUSED)
    former = OutboundMessage.objects.get()
    retry(conversation_id=world.conversation.pk, staff=world.aoi, outbound_id=former.pk)

    with pytest.raises(NotWaiting):
        retry(conversation_id=world.conversation.pk, staff=world.aoi, outbound_id=former.pk)

    assert OutboundMessage.objects.count() == 2


@pytest.mark.parametrize("state", [State.SENDING, State.ACCEPTED])
def test_what_is_under_way_or_accepted_can_neither_be_repeated_nor_given_up(world: World, state: str) -> None:
    answer(world, world.aoi)
    OutboundMessage.objects.update(state=state)
    outbound = OutboundMessage.objects.get()

    for decide in (retry, discard):
        with pytest.raises(NotWaiting):
            decide(conversation_id=world.conversation.pk, staff=world.aoi, outbound_id=outbound.pk)

    outbound.refresh_from_db()
    assert outbound.state == state
    assert OutboundMessage.objects.count() == 1


def test_what_waits_can_be_given_up_before_it_goes(world: World) -> None:
    answer(world, world.aoi)

    outbound = discard(
        conversation_id=world.conversation.pk, staff=world.aoi, outbound_id=OutboundMessage.objects.get().pk
    )

    assert outbound.state == State.DISCARDED
    assert outbound.settled_at is not None


def test_another_threads_message_cannot_be_decided_about(world: World) -> None:
    answer(world, world.aoi)
    OutboundMessage.objects.update(state=State.REFUSED)
    elsewhere = make.conversation(world.account, store=world.store)

    with pytest.raises(NotFound):
        discard(conversation_id=elsewhere.pk, staff=world.aoi, outbound_id=OutboundMessage.objects.get().pk)

    assert OutboundMessage.objects.get().state == State.REFUSED


def test_a_page_that_asks_what_changed_gets_the_outcome(world: World) -> None:
    [message] = answer(world, world.aoi)
    since = timezone.now() + dt.timedelta(minutes=1)
    assert list(queries.changes(world.conversation, since=since).messages) == []

    OutboundMessage.objects.update(state=State.ACCEPTED, changed_at=since)

    assert list(queries.changes(world.conversation, since=since).messages) == [message]


def test_nothing_is_sent_to_a_customer_who_blocks_us(world: World, settings: LazySettings) -> None:
    blocked_at = timezone.now()
    Contact.objects.update(friendship=Contact.Friendship.BLOCKED, friendship_at=blocked_at, last_inbound_at=blocked_at)

    with pytest.raises(CustomerHasBlocked):
        answer(world, world.aoi)

    assert_nothing_sent(world, settings.MEDIA_ROOT)


def test_who_has_written_since_the_block_is_answered(world: World) -> None:
    """LINE tells of an unblocking once, and the word may be lost; who writes does not block."""
    blocked_at = timezone.now()
    Contact.objects.update(
        friendship=Contact.Friendship.BLOCKED,
        friendship_at=blocked_at,
        last_inbound_at=blocked_at + dt.timedelta(seconds=1),
    )

    assert answer(world, world.aoi)
