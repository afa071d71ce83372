"""What becomes of it later: answers that do not come, queues that are too long, and people who have room again."""

import uuid

import pytest
from django.db.models import ProtectedError

from madoguchi.conversations.actions.release import release
from madoguchi.conversations.actions.send import send
from madoguchi.conversations.actions.snooze import snooze, wake_due
from madoguchi.conversations.actions.take_over import take_over
from madoguchi.conversations.models import Conversation, Handover, Mention
from madoguchi.duty.actions import say_on_duty
from madoguchi.organization.actions import set_active
from madoguchi.organization.models import Staff
from madoguchi.routing.holders import look_at_holders
from madoguchi.routing.models import Cover, Team
from tests import make
from tests.make import World
from tests.routing.desk import at, bind, decisions, lines, place, routed, writes

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(world: World, new: Conversation) -> Conversation:
    """At the store, given to Aoi at noon; Rin is there too, and may take fifteen minutes as well."""
    make.rule(to=world.store)
    make.team(world.store, supervisor=world.mio)
    routed(new)
    make.staff("rin", name="凛", store=world.store)
    assert new.holder == world.aoi
    return new


def test_silence_loses_it_to_the_team_and_the_supervisor_is_told(world: World, held: Conversation) -> None:
    routed(held, 14.9)
    assert held.holder == world.aoi

    routed(held, 15)

    assert held.holder is not None
    assert (held.holder.display_name, place(held)) == ("凛", world.store), "not to her who has just lost it"
    assert decisions(held)[1:] == [("withdrawn", "silent", "nobody_chosen"), ("assigned", "rule", "least_loaded")]
    assert held.decisions.get(outcome="withdrawn").holder == world.aoi
    withdrawn = Handover.objects.get(kind="withdrawn")
    assert (withdrawn.from_holder, withdrawn.to_holder, withdrawn.by) == (world.aoi, None, None)
    assert {"event": "withdrawn", "by": "葵", "to": "台北信義店"} in lines(held)
    mention = Mention.objects.get()
    assert (mention.staff, mention.message.details["event"]) == (world.mio, "withdrawn")


def test_an_answer_stops_the_clock(world: World, held: Conversation) -> None:
    send(conversation_id=held.pk, staff=world.aoi, client_key=uuid.uuid4(), text="可以的")

    routed(held, 60)

    assert (held.holder, held.attention_at) == (world.aoi, None)


def test_the_next_question_starts_it_again(world: World, held: Conversation) -> None:
    send(conversation_id=held.pk, staff=world.aoi, client_key=uuid.uuid4(), text="可以的")
    held.refresh_from_db()
    writes(held, 20)

    routed(held, 20)

    assert (held.holder, held.attention_at) == (world.aoi, at(35))


def test_only_working_minutes_count(world: World, held: Conversation) -> None:
    make.opening_hours(world.store, "10:00", "12:05")
    Conversation.objects.update(attention_at=at(1))

    routed(held, 1)

    assert held.attention_at == at(22 * 60 + 10), "five minutes today, ten tomorrow"


def test_a_team_without_a_limit_waits_for_ever(world: World, held: Conversation) -> None:
    Team.objects.update(answer_minutes=None)

    routed(held, 600)

    assert (held.holder, held.attention_at) == (world.aoi, None)


def test_alone_one_does_not_get_it_back_and_the_queue_goes_on(world: World, held: Conversation) -> None:
    """Otherwise whoever is silent would hold it from limit to limit, and it would never overflow."""
    Team.objects.update(overflow_department=world.department, overflow_minutes=10)
    say_on_duty(staff=Staff.objects.get(username="rin"), is_on_duty=False)

    routed(held, 15)
    assert (held.holder, place(held)) == (None, world.store)
    assert [outcome for outcome, _reason, _choice in decisions(held)] == ["assigned", "withdrawn"]

    routed(held, 25)
    assert place(held) == world.department


def test_whoever_comes_gets_what_another_has_lost(world: World, held: Conversation) -> None:
    rin = Staff.objects.get(username="rin")
    say_on_duty(staff=rin, is_on_duty=False)
    routed(held, 15)

    say_on_duty(staff=rin, is_on_duty=True)
    routed(held, 16, after_sweep=True)

    assert held.holder == rin


def test_what_somebody_takes_by_hand_has_a_limit_too(world: World, new: Conversation) -> None:
    take_over(conversation_id=new.pk, staff=world.mio, expected_holder_id=None)

    routed(new, 1)
    assert (new.holder, new.attention_at) == (world.mio, at(15))

    routed(new, 15)
    assert (new.holder, place(new)) == (None, world.department)


def test_who_no_longer_works_here_loses_it_with_the_next_word(world: World, held: Conversation) -> None:
    send(conversation_id=held.pk, staff=world.aoi, client_key=uuid.uuid4(), text="可以的")
    world.aoi.is_active = False
    world.aoi.save()
    held.refresh_from_db()
    writes(held, 20)

    routed(held, 20)

    assert held.holder is not None
    assert held.holder.username == "rin"
    assert decisions(held)[1][:2] == ("queued", "away")


def test_a_seat_that_comes_free_goes_to_the_longest_waiting(world: World, new: Conversation) -> None:
    make.rule(to=world.store)
    make.team(world.store)
    make.seat(world.aoi, capacity=1)
    older = make.conversation(world.account, at=at(-5))
    routed(new)
    assert (new.holder, Conversation.objects.get(pk=older.pk).holder) == (None, world.aoi)

    older.refresh_from_db()
    Conversation.objects.filter(pk=older.pk).update(state="closed", waiting_since=None, attention_at=None)
    routed(new, 1, after_sweep=True)

    assert new.holder == world.aoi


def test_nobody_on_duty_then_somebody(world: World, new: Conversation) -> None:
    make.rule(to=world.store)
    make.team(world.store)
    say_on_duty(staff=world.aoi, is_on_duty=False)
    routed(new)
    assert decisions(new) == [("queued", "rule", "nobody_on_duty")]

    say_on_duty(staff=world.aoi, is_on_duty=True)
    routed(new, 1, after_sweep=True)

    assert new.holder == world.aoi
    assert decisions(new)[1:] == [("assigned", "rule", "least_loaded")]


def test_what_is_given_back_goes_to_somebody_else(world: World, held: Conversation) -> None:
    release(conversation_id=held.pk, staff=world.aoi)

    routed(held, 1)

    assert held.holder is not None
    assert held.holder.username == "rin"


# -- people and places that are no more -----------------------------------------------------------------------------


@pytest.mark.parametrize("waits", [True, False])
@pytest.mark.parametrize("leaves", ["the company", "the store"])
def test_what_somebody_holds_who_left_goes_to_the_team(
    world: World, held: Conversation, leaves: str, waits: bool
) -> None:
    Team.objects.update(answer_minutes=None)
    if not waits:
        send(conversation_id=held.pk, staff=world.aoi, client_key=uuid.uuid4(), text="可以的")
    routed(held, 1)
    if leaves == "the company":
        set_active(by=None, staff=world.aoi, is_active=False)
    else:
        world.aoi.postings.update(store=world.other_store)

    look_at_holders(at(2))
    routed(held, 2)

    assert held.holder is not None
    assert (held.holder.username, place(held)) == ("rin", world.store)
    assert decisions(held)[1][:2] == ("queued", "away")


def test_what_people_may_answer_stays_with_them(world: World, held: Conversation) -> None:
    root = make.staff("root", role=None, is_superuser=True)
    other = make.conversation(world.account, store=world.other_store, holder=root, at=at(0))
    routed(held)
    routed(other)

    assert look_at_holders(at(1)) == 0
    held.refresh_from_db()
    assert (held.holder, held.attention_at) == (world.aoi, at(15))


def test_what_was_put_aside_by_somebody_who_left_wakes_up_with_the_team(world: World, held: Conversation) -> None:
    snooze(conversation_id=held.pk, staff=world.aoi, until=at(60))
    set_active(by=None, staff=world.aoi, is_active=False)

    wake_due(at(60))
    routed(held, 60)

    assert held.holder is not None
    assert held.holder.username == "rin"


def test_what_stands_at_a_store_that_has_closed_for_good_is_routed_anew(world: World, held: Conversation) -> None:
    make.rule(to=world.other_store)
    release(conversation_id=held.pk, staff=world.aoi)
    say_on_duty(staff=Staff.objects.get(username="rin"), is_on_duty=False)
    world.store.closed_on = at(60).date()
    world.store.save()

    routed(held, 60)

    assert place(held) == world.other_store
    assert decisions(held)[-1] == ("queued", "rule", "nobody_chosen")


def test_a_customer_of_a_store_that_has_closed_for_good_goes_by_the_other_rules(
    world: World, new: Conversation
) -> None:
    bind(new, world.aoi, world.store)
    world.store.closed_on = at(0).date()
    world.store.save()

    routed(new)

    assert (place(new), new.holder) == (world.department, None)


def test_nothing_overflows_to_a_store_that_has_closed_for_good(world: World, new: Conversation) -> None:
    make.rule(to=world.store)
    make.team(world.store, Team.Method.NOBODY, overflow=world.other_store, overflow_minutes=10)
    world.other_store.closed_on = at(0).date()
    world.other_store.save()

    for minute in (0, 10, 20):
        routed(new, minute)

    assert place(new) == world.store


def test_a_department_is_not_removed_while_something_stands_there(world: World, new: Conversation) -> None:
    routed(new)

    with pytest.raises(ProtectedError):
        world.department.delete()


# -- overflow ------------------------------------------------------------------------------------------------------


def test_what_waits_too_long_goes_to_the_overflow_team(world: World, new: Conversation) -> None:
    make.rule(to=world.store)
    make.team(world.store, Team.Method.NOBODY, overflow=world.other_store, overflow_minutes=10)
    make.team(world.other_store)
    routed(new)
    assert (place(new), new.attention_at) == (world.store, at(5))

    routed(new, 9)
    assert place(new) == world.store

    routed(new, 10)
    assert (place(new), new.holder) == (world.other_store, world.ren)
    assert decisions(new)[-1] == ("overflowed", "overflow", "least_loaded")


def test_it_does_not_come_back_by_overflow(world: World, new: Conversation) -> None:
    make.rule(to=world.store)
    make.team(world.store, Team.Method.NOBODY, overflow=world.other_store, overflow_minutes=10)
    make.team(world.other_store, Team.Method.NOBODY, overflow=world.store, overflow_minutes=10)

    for minute in (0, 10, 20, 30, 40):
        routed(new, minute)

    assert place(new) == world.other_store
    assert [outcome for outcome, _reason, _choice in decisions(new)] == ["queued", "overflowed"]


# -- cover and return ----------------------------------------------------------------------------------------------


def test_the_silent_owner_is_covered_and_the_binding_stays(world: World, new: Conversation) -> None:
    binding = bind(new, world.aoi, world.store)
    routed(new)

    routed(new, 15)

    cover = Cover.objects.get()
    assert (cover.binding, cover.owner, cover.reason) == (binding, world.aoi, "silent")
    assert (new.holder, place(new)) == (None, world.store)
    binding.refresh_from_db()
    assert binding.ended_at is None
    routed(new, 16, after_sweep=True)
    assert new.holder is None, "nobody has answered yet"


def test_a_question_at_night_to_somebody_who_holds_it_is_covered_at_once(world: World, new: Conversation) -> None:
    bind(new, world.aoi, world.store)
    routed(new)
    send(conversation_id=new.pk, staff=world.aoi, client_key=uuid.uuid4(), text="可以的")
    say_on_duty(staff=world.aoi, is_on_duty=False)
    new.refresh_from_db()
    writes(new, 30)

    routed(new, 30)

    assert (new.holder, place(new)) == (None, world.store)
    assert Cover.objects.get().reason == "off_duty"
    assert decisions(new)[1][:2] == ("queued", "away")
