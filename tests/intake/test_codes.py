"""Codes that come by chat bind before the message is kept; what only looks like one costs and says nothing."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from madoguchi.bindings.models import Binding, Code, Scan, Way
from madoguchi.bindings.tokens import shown
from madoguchi.channels.models import Contact
from madoguchi.channels.ports import AnyEvent, Kept
from madoguchi.conversations.models import Conversation, Message
from madoguchi.intake.codes import use_codes
from madoguchi.intake.consumer import consume
from madoguchi.intake.models import RawEvent
from madoguchi.intake.routes import handle
from tests import make
from tests.conversations.arriving import NOON, Customer
from tests.intake.entrance import text_event
from tests.make import World
from tests.reacting import react_to_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def code(world: World) -> Code:
    return make.code(world.account, world.aoi, store=world.store, now=NOON - dt.timedelta(days=1))


@pytest.fixture
def customer(world: World) -> Customer:
    """Whom nobody knows yet."""
    return Customer(world.account)


def test_the_prefilled_sentence_binds_and_its_message_carries_the_binding(
    world: World, code: Code, customer: Customer
) -> None:
    handle([customer.follows(0), customer.writes(1, f"您好！我的代碼是 {shown(code.token)}。")])

    binding = Binding.objects.get()
    message = Message.objects.get(conversation=customer.conversation, direction=Message.Direction.INBOUND)
    assert (binding.staff, binding.way, binding.member) == (world.aoi, Way.TEXT, customer.conversation.member)
    assert message.binding == binding
    assert Scan.objects.get().contact == customer.contact


def test_a_code_alone_was_typed(code: Code, customer: Customer) -> None:
    handle([customer.writes(1, f" {code.token.lower()} ")])

    assert Binding.objects.get().way == Way.TYPED


def test_full_width_letters_are_letters(code: Code, customer: Customer) -> None:
    wide = "".join(chr(ord(character) + 0xFEE0) for character in code.token)

    handle([customer.writes(1, f"コードは{wide}です")])

    assert Binding.objects.get().code == code


def test_two_messages_with_the_same_code_in_a_batch_bind_once(code: Code, customer: Customer) -> None:
    handle([customer.writes(1, code.token), customer.writes(2, code.token)])

    assert list(Scan.objects.order_by("pk").values_list("outcome", flat=True)) == ["bound", "already"]
    assert Binding.objects.count() == 1


def test_what_was_said_before_is_not_under_the_binding(code: Code, customer: Customer) -> None:
    handle([customer.writes(1, code.token), customer.writes(0, "在嗎？")])

    rows = Message.objects.filter(conversation=customer.conversation, direction="inbound").order_by("occurred_at")
    assert [row.binding is not None for row in rows] == [False, True]


def test_a_wrong_code_alone_is_somebodys_try_and_in_a_sentence_is_not(code: Code, customer: Customer) -> None:
    handle([customer.writes(1, "我的機器序號是 AB2CD-3EF4G"), customer.writes(2, "AB2CD-3EF4G")])

    scan = Scan.objects.get()
    assert (scan.outcome, scan.way, scan.code) == (Scan.Outcome.UNKNOWN, Way.TYPED, None)
    assert not Binding.objects.exists()


def test_of_several_in_a_sentence_the_one_that_exists_counts(code: Code, customer: Customer) -> None:
    handle([customer.writes(1, f"序號 AB2CD-3EF4G，代碼 {code.token}")])

    assert Binding.objects.get().code == code


def test_texts_without_anything_like_a_code_cost_nothing(
    world: World, code: Code, customer: Customer, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    texts = ["請問濾網怎麼更換？", "My department asked for 2345678923", "0912-345-678", "謝謝" * 500, ""]
    with django_assert_num_queries(0):
        use_codes([customer.writes(minute, text) for minute, text in enumerate(texts)])


def test_sentences_with_serial_numbers_cost_one_statement(
    code: Code, customer: Customer, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        use_codes([customer.writes(minute, f"序號 AB2CD-3EF4{minute + 2}") for minute in range(5)])


def test_the_look_up_is_one_for_the_batch(world: World, code: Code) -> None:
    def statements(number: int, start: int) -> int:
        people = [Customer(world.account, f"U{seed:032d}") for seed in range(start, start + number)]
        handle([person.writes(0, "您好") for person in people])
        with CaptureQueriesContext(
            connection,
        ) as captured:
            use_codes([person.writes(1, code.token) for person in people])
        return len(captured)

    one, four = statements(1, 0), statements(4, 10)
    for_each_use = (four - one) / 3
    assert one - for_each_use <= 5, "codes, people and their lock"


def test_a_code_in_a_group_chat_binds_nobody(world: World, code: Code) -> None:
    group = {**text_event(1, text=code.token), "source": {"type": "group", "groupId": "C1", "userId": "U" + "1" * 32}}
    RawEvent.objects.create(account=world.account, event_id="in-a-group", payload=group)
    before = Conversation.objects.count()

    assert consume() == 1

    assert RawEvent.objects.get().state == "kept"
    assert not Scan.objects.exists()
    assert not Binding.objects.exists()
    assert Conversation.objects.count() == before


def in_group(world: World, external_id: str, text: str) -> None:
    source = {"type": "group", "groupId": "C1", "userId": external_id}
    RawEvent.objects.create(
        account=world.account, event_id=f"in-a-group-{text}", payload={**text_event(1, text=text), "source": source}
    )


def test_whoever_sends_a_code_to_a_group_is_told_so_in_their_own_chat(world: World, code: Code) -> None:
    Contact.objects.update(language="en")
    for text in (code.token, f"again {code.token}", "AB2CD-3EF4G", "大家好"):
        in_group(world, world.contact.external_id, text)
    consume()

    react_to_all()

    told = Message.objects.get(conversation=world.conversation, direction=Message.Direction.OUTBOUND)
    assert told.text.startswith("You have sent a code to a group.")
    assert not Scan.objects.exists()
    assert not Binding.objects.exists()


def test_what_is_merely_kept_is_no_message(world: World, code: Code) -> None:
    kept: list[AnyEvent] = [Kept(1, world.account.pk, "", NOON, kind="message", reason="group")]

    handle(kept)

    assert not Scan.objects.exists()
