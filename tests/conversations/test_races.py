"""Two at once, on committed data: one wins, the other is told, and nothing is lost. Either may come first."""

import datetime as dt
import uuid
from functools import partial

import pytest
from django.utils import timezone

from madoguchi.bindings.actions.policies import save_first_message_limit
from madoguchi.bindings.errors import FirstMessageLimitReached
from madoguchi.bindings.models import FirstMessage
from madoguchi.channels.models import OutboundMessage
from madoguchi.channels.ports import MessageReceived
from madoguchi.conversations import queries
from madoguchi.conversations.actions.close import close
from madoguchi.conversations.actions.hand_over import hand_over
from madoguchi.conversations.actions.receive import receive
from madoguchi.conversations.actions.send import send
from madoguchi.conversations.actions.take_over import take_over
from madoguchi.conversations.errors import (
    AlreadyClosed,
    CustomerHasWritten,
    HeldByOther,
    MovedMeanwhile,
    TakenMeanwhile,
)
from madoguchi.conversations.journal import Ownership
from madoguchi.conversations.models import Exchange, Handover
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.make import World
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = range(4)


@pytest.fixture
def committed() -> World:
    return make.world()


@pytest.mark.parametrize("_round", ROUNDS)
def test_of_two_who_take_over_one_wins_and_the_other_is_told_who(committed: World, _round: int) -> None:
    pk = committed.conversation.pk
    people = [committed.aoi, committed.mio]

    raised = race(
        committed.conversation,
        *(partial(take_over, conversation_id=pk, staff=person, expected_holder_id=None) for person in people),
    )

    committed.conversation.refresh_from_db()
    (loser,) = (error for error in raised if error is not None)
    assert isinstance(loser, TakenMeanwhile)
    assert committed.conversation.holder == people[raised.index(None)] == loser.holder
    assert loser.holder.display_name in loser.message
    assert Handover.objects.count() == 1


@pytest.mark.parametrize("_round", ROUNDS)
def test_taking_over_meets_closing(committed: World, _round: int) -> None:
    pk = committed.conversation.pk

    taking, closing = race(
        committed.conversation,
        partial(take_over, conversation_id=pk, staff=committed.mio, expected_holder_id=None),
        partial(close, conversation_id=pk, staff=committed.aoi, outcome=Exchange.Outcome.SOLVED),
    )

    committed.conversation.refresh_from_db()
    if taking is None:
        assert isinstance(closing, HeldByOther)
        assert (committed.conversation.state, committed.conversation.holder) == ("open", committed.mio)
    else:
        assert isinstance(taking, AlreadyClosed)
        assert closing is None
        assert (committed.conversation.state, committed.conversation.holder) == ("closed", None)


@pytest.mark.parametrize("_round", ROUNDS)
def test_closing_meets_a_message_and_it_waits_in_either_case(committed: World, _round: int) -> None:
    conversation = committed.conversation
    seen = conversation.messages.latest("pk").pk
    event = MessageReceived(
        event_pk=1,
        account_id=committed.account.pk,
        external_id=committed.contact.external_id,
        at=timezone.now(),
        provider_message_id="700000000000000001",
        kind="text",
        text="還有一個問題",
    )

    closing, receiving = race(
        conversation,
        partial(
            close,
            conversation_id=conversation.pk,
            staff=committed.aoi,
            outcome=Exchange.Outcome.SOLVED,
            expected_last_message_id=seen,
        ),
        partial(receive, [event]),
    )

    conversation.refresh_from_db()
    message = conversation.messages.get(text="還有一個問題")
    assert receiving is None
    assert (conversation.state, conversation.unread > 0) == ("open", True)
    assert conversation.waiting_since is not None
    assert message.exchange.closed_at is None
    if closing is None:
        assert (conversation.exchange_number, message.exchange.number) == (2, 2)
    else:
        assert isinstance(closing, CustomerHasWritten)
        assert conversation.exchange_number == 1


@pytest.mark.parametrize("_round", ROUNDS)
def test_answering_meets_taking_over_and_only_the_holder_has_answered(committed: World, _round: int) -> None:
    pk = committed.conversation.pk

    sending, taking = race(
        committed.conversation,
        partial(send, conversation_id=pk, staff=committed.aoi, client_key=uuid.uuid4(), text="您好"),
        partial(take_over, conversation_id=pk, staff=committed.mio, expected_holder_id=None),
    )

    committed.conversation.refresh_from_db()
    if sending is None:
        assert isinstance(taking, TakenMeanwhile)
        assert committed.conversation.holder == committed.aoi
        assert OutboundMessage.objects.count() == 1
    else:
        assert isinstance(sending, HeldByOther)
        assert taking is None
        assert committed.conversation.holder == committed.mio
        assert OutboundMessage.objects.count() == 0


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_answers_at_once_are_one_and_the_other_is_told(committed: World, _round: int) -> None:
    pk = committed.conversation.pk
    people = [committed.aoi, committed.mio]

    raised = race(
        committed.conversation,
        *(partial(send, conversation_id=pk, staff=person, client_key=uuid.uuid4(), text="您好") for person in people),
    )

    (loser,) = (error for error in raised if error is not None)
    assert isinstance(loser, HeldByOther)
    assert loser.holder == people[raised.index(None)]
    assert OutboundMessage.objects.count() == 1


@pytest.mark.parametrize("_round", ROUNDS)
def test_of_two_who_hand_over_what_both_saw_one_wins(committed: World, _round: int) -> None:
    pk = committed.conversation.pk
    seen = Ownership.of(committed.conversation)
    colleague = make.staff(name="凛", role=BuiltInRole.CUSTOMER_SERVICE)

    raised = race(
        committed.conversation,
        partial(hand_over, conversation_id=pk, staff=committed.mio, to_store=committed.other_store, expected=seen),
        partial(hand_over, conversation_id=pk, staff=colleague, to_department=committed.department, expected=seen),
    )

    committed.conversation.refresh_from_db()
    (loser,) = (error for error in raised if error is not None)
    winner = [committed.mio, colleague][raised.index(None)]
    place = committed.conversation.store or committed.conversation.department
    assert isinstance(loser, MovedMeanwhile)
    assert loser.by == winner
    assert place == [committed.other_store, committed.department][raised.index(None)]
    assert Handover.objects.count() == 1


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_double_click_hands_over_once(committed: World, _round: int) -> None:
    pk = committed.conversation.pk
    seen = Ownership.of(committed.conversation)

    raised = race(
        committed.conversation,
        *[partial(hand_over, conversation_id=pk, staff=committed.mio, to_staff=committed.ren, expected=seen)] * 2,
    )

    (loser,) = (error for error in raised if error is not None)
    assert isinstance(loser, MovedMeanwhile)
    assert Handover.objects.count() == 1


def test_what_waited_for_a_lock_is_among_the_changes_of_a_page_that_looked_meanwhile(committed: World) -> None:
    message = MessageReceived(
        event_pk=1,
        account_id=committed.account.pk,
        external_id=committed.contact.external_id,
        at=timezone.now(),
        received_at=timezone.now(),
        provider_message_id="late",
        kind="text",
        text="在嗎",
    )
    looked_at: list[dt.datetime] = []

    raised = race(
        committed.conversation,
        partial(receive, [message]),
        meanwhile=lambda: looked_at.append(queries.changes(committed.conversation, since=timezone.now()).read_at),
    )

    assert raised == [None]
    assert committed.conversation.messages.get(provider_message_id="late").changed_at > looked_at[0]


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_phones_that_write_first_to_two_customers_do_not_exceed_the_limit(committed: World, _round: int) -> None:
    save_first_message_limit(by=make.staff(role=None, is_superuser=True), store=committed.store, per_month=1)
    other = make.conversation(committed.account, name="林先生", store=committed.store)
    for conversation in (committed.conversation, other):
        close(conversation_id=conversation.pk, staff=committed.mio, outcome=Exchange.Outcome.SOLVED)
        make.binding(conversation.member, committed.aoi, store=committed.store)
    Exchange.objects.update(closed_at=timezone.now() - dt.timedelta(days=2))
    write = partial(send, staff=committed.aoi, text="新品到了")

    raised = race(
        Staff.objects.get(pk=committed.aoi.pk),
        *(partial(write, conversation_id=each.pk, client_key=uuid.uuid4()) for each in (committed.conversation, other)),
    )

    (loser,) = (error for error in raised if error is not None)
    assert isinstance(loser, FirstMessageLimitReached)
    assert FirstMessage.objects.count() == OutboundMessage.objects.count() == 1
