"""Somebody is away, colleagues answer, and the owner gets it back with what was done."""

import uuid

import pytest
import time_machine

from madoguchi.conversations.actions.close import close
from madoguchi.conversations.actions.presence import announce_presence
from madoguchi.conversations.actions.send import send
from madoguchi.conversations.actions.take_over import take_over
from madoguchi.conversations.models import Conversation, Exchange, Handover, Mention, Presence
from madoguchi.duty.actions import say_on_duty
from madoguchi.organization.models import Staff
from madoguchi.routing.models import Cover
from tests import make
from tests.make import World
from tests.routing.desk import NOON, at, bind, decisions, lines, place, routed, writes

pytestmark = pytest.mark.django_db


@pytest.fixture
def rin(world: World) -> Staff:
    return make.staff("rin", name="凛", store=world.store)


@pytest.fixture
def covered(world: World, new: Conversation, rin: Staff) -> Conversation:
    """Aoi's customer wrote while she was off duty; Rin, of her team, has taken it."""
    bind(new, world.aoi, world.store)
    say_on_duty(staff=world.aoi, is_on_duty=False)
    routed(new)
    assert (new.holder, place(new)) == (None, world.store)
    take_over(conversation_id=new.pk, staff=rin, expected_holder_id=None)
    new.refresh_from_db()
    return new


def answer(conversation: Conversation, staff: Staff) -> None:
    send(conversation_id=conversation.pk, staff=staff, client_key=uuid.uuid4(), text="已經幫您處理")


def test_back_on_duty_the_owner_gets_it_with_what_was_done(world: World, covered: Conversation, rin: Staff) -> None:
    answer(covered, rin)
    answer(covered, rin)
    routed(covered, 10, after_sweep=True)
    assert covered.holder == rin, "Aoi is still away"

    say_on_duty(staff=world.aoi, is_on_duty=True)
    routed(covered, 20, after_sweep=True)

    assert (covered.holder, place(covered), covered.attention_at) == (world.aoi, world.store, None)
    assert decisions(covered)[-1] == ("returned", "back_on_duty", "bound")
    assert Handover.objects.latest("pk").kind == "returned"
    assert lines(covered)[-1] == {"event": "returned", "to": "葵", "done": "凛 × 2"}
    assert Cover.objects.get().ended_at == at(20)


def test_what_nobody_has_answered_goes_back_with_its_clock(world: World, covered: Conversation) -> None:
    say_on_duty(staff=world.aoi, is_on_duty=True)

    routed(covered, 5, after_sweep=True)

    assert (covered.holder, covered.attention_at) == (world.aoi, at(20))
    assert lines(covered)[-1] == {"event": "returned_unanswered", "to": "葵"}


def test_not_from_under_somebody_s_hands(world: World, covered: Conversation, rin: Staff) -> None:
    say_on_duty(staff=world.aoi, is_on_duty=True)
    announce_presence(conversation_id=covered.pk, staff=rin, doing=Presence.Doing.ANSWERING)

    routed(covered, 0.1, after_sweep=True)
    assert covered.holder == rin

    routed(covered, 2, after_sweep=True)
    assert covered.holder == world.aoi


def test_not_beyond_what_the_owner_can_carry(world: World, covered: Conversation, rin: Staff) -> None:
    say_on_duty(staff=world.aoi, is_on_duty=True)
    make.seat(world.aoi, capacity=0, said=True, until=at(600))

    routed(covered, 5, after_sweep=True)

    assert covered.holder == rin
    assert Cover.objects.get().ended_at is None


def test_what_was_closed_meanwhile_stays_closed_and_the_owner_is_told(
    world: World, covered: Conversation, rin: Staff
) -> None:
    answer(covered, rin)
    close(conversation_id=covered.pk, staff=rin, outcome=Exchange.Outcome.SOLVED)

    routed(covered, 5, after_sweep=True)

    assert (covered.state, covered.holder) == ("closed", rin)
    assert Cover.objects.get().ended_at == at(5)
    mention = Mention.objects.get()
    assert (mention.staff, mention.seen_at) == (world.aoi, None)
    assert mention.message.details == {
        "event": "cover_closed",
        "by": "凛",
        "to": "葵",
        "outcome": "solved",
        "done": "凛 × 1",
    }
    routed(covered, 6, after_sweep=True)
    assert Mention.objects.count() == 1


def test_a_new_question_after_the_owner_is_back_is_theirs(world: World, covered: Conversation, rin: Staff) -> None:
    answer(covered, rin)
    close(conversation_id=covered.pk, staff=rin, outcome=Exchange.Outcome.SOLVED)
    _opened_anew(covered)
    say_on_duty(staff=world.aoi, is_on_duty=True)

    routed(covered, 30)

    assert covered.holder == world.aoi
    assert not Cover.objects.filter(ended_at=None).exists()


def test_a_closed_exchange_never_goes_back_to_somebody_absent(world: World, covered: Conversation, rin: Staff) -> None:
    close(conversation_id=covered.pk, staff=rin, outcome=Exchange.Outcome.SOLVED)
    _opened_anew(covered)

    routed(covered, 30)

    assert (covered.holder, place(covered)) == (None, world.store)
    assert Cover.objects.filter(ended_at=None).count() == 1


def test_an_owner_who_takes_it_themselves_is_covered_no_longer(world: World, covered: Conversation, rin: Staff) -> None:
    say_on_duty(staff=world.aoi, is_on_duty=True)
    take_over(conversation_id=covered.pk, staff=world.aoi, expected_holder_id=rin.pk)

    routed(covered, 5)

    assert covered.holder == world.aoi
    assert Cover.objects.get().ended_at == at(5)
    assert decisions(covered)[-1][0] != "returned"


def test_a_binding_that_ended_gives_nothing_back(world: World, covered: Conversation, rin: Staff) -> None:
    world.aoi.bindings.update(ended_at=NOON, end="dropped")
    say_on_duty(staff=world.aoi, is_on_duty=True)

    routed(covered, 5, after_sweep=True)

    assert covered.holder == rin
    assert Cover.objects.get().ended_at == at(5)


def test_somebody_who_was_silent_gets_it_back_when_it_is_calm(
    noon: time_machine.Traveller, world: World, new: Conversation, rin: Staff
) -> None:
    bind(new, world.aoi, world.store)
    routed(new)
    routed(new, 15)
    assert Cover.objects.get().reason == "silent"
    noon.move_to(at(16))
    take_over(conversation_id=new.pk, staff=rin, expected_holder_id=None)
    answer(new, rin)

    routed(new, 18, after_sweep=True)
    assert new.holder == rin

    routed(new, 22, after_sweep=True)
    assert new.holder == world.aoi


def _opened_anew(conversation: Conversation) -> None:
    conversation.refresh_from_db()
    conversation.exchange_number += 1
    conversation.holder = None
    conversation.state = Conversation.State.OPEN
    conversation.attention_at = at(30)
    conversation.opened_at = at(30)
    conversation.save()
    Exchange.objects.create(conversation=conversation, number=conversation.exchange_number, opened_at=at(30))
    writes(conversation, 30)
