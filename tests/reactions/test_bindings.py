"""A binding began or ended: what staff read, and where the thread goes."""

import datetime as dt

import pytest
from django.utils import timezone, translation

from madoguchi.bindings import closures
from madoguchi.bindings.actions.customer import drop_binding
from madoguchi.bindings.models import Binding
from madoguchi.channels.models import OutboundMessage
from madoguchi.console.inbox.lines import system_line
from madoguchi.conversations.actions.close import close
from madoguchi.conversations.models import Conversation, Exchange, Message
from madoguchi.reactions.bindings import show_end, show_start
from tests import make
from tests.make import World
from tests.reacting import react_to_all

pytestmark = pytest.mark.django_db


def lines(world: World) -> list[str]:
    rows = Message.objects.filter(conversation=world.conversation, direction=Message.Direction.SYSTEM)
    with translation.override(None):
        return [system_line(row) for row in rows.order_by("pk") if row.details["event"] in ("bound", "binding_ended")]


def close_it(world: World) -> None:
    close(conversation_id=world.conversation.pk, staff=world.mio, outcome=Exchange.Outcome.SOLVED)


def test_the_thread_says_who_looks_after_the_customer_and_how_it_came(world: World) -> None:
    make.binding(world.member, world.aoi, store=world.store)

    assert react_to_all() == ["binding.started"]

    assert lines(world) == ["葵 looks after this customer now: One tap after scanning"]
    assert not OutboundMessage.objects.exists()


def test_it_says_who_no_longer_does_and_why(world: World) -> None:
    binding = make.binding(world.member, world.aoi, store=world.store)
    drop_binding(member=world.member, binding=binding)

    react_to_all()

    assert lines(world)[-1] == "葵 no longer looks after this customer: The customer ended it"


def test_a_store_is_named_where_its_whole_team_does(world: World) -> None:
    make.binding(world.member, None, store=world.store)

    react_to_all()

    assert lines(world) == ["台北信義店 looks after this customer now: One tap after scanning"]


def test_running_twice_says_it_once(world: World) -> None:
    binding = make.binding(world.member, world.aoi, store=world.store)
    drop_binding(member=world.member, binding=binding)

    for _ in range(2):
        show_start(binding_id=binding.pk)
        show_end(binding_id=binding.pk)

    assert len(lines(world)) == 2


def test_a_line_is_no_work_for_anybody(world: World) -> None:
    before = Conversation.objects.values().get()
    make.binding(world.member, world.aoi, store=world.store)

    react_to_all()

    assert Conversation.objects.values().get() == before


def test_a_closed_thread_goes_where_the_customer_is_looked_after(world: World) -> None:
    close_it(world)
    make.binding(world.member, world.ren, store=world.other_store)

    react_to_all()

    world.conversation.refresh_from_db()
    assert (world.conversation.store, world.conversation.state) == (world.other_store, Conversation.State.CLOSED)
    assert Conversation.objects.visible_to(world.ren).get() == world.conversation


@pytest.mark.parametrize("state", [Conversation.State.OPEN, Conversation.State.SNOOZED])
def test_what_is_being_answered_stays(world: World, state: Conversation.State) -> None:
    until = timezone.now() if state == Conversation.State.SNOOZED else None
    Conversation.objects.update(state=state, snoozed_until=until)
    make.binding(world.member, world.ren, store=world.other_store)

    react_to_all()

    world.conversation.refresh_from_db()
    assert (world.conversation.store, world.conversation.state) == (world.store, state)


def test_a_thread_about_another_brand_stays(world: World) -> None:
    close_it(world)
    make.binding(world.member, world.ren, store=world.other_store, brands=[world.other_brand])

    react_to_all()

    world.conversation.refresh_from_db()
    assert world.conversation.store == world.store


def test_what_has_ended_meanwhile_moves_nothing(world: World) -> None:
    close_it(world)
    binding = make.binding(world.member, world.ren, store=world.other_store)
    drop_binding(member=world.member, binding=binding)

    react_to_all()

    world.conversation.refresh_from_db()
    assert world.conversation.store == world.store


def test_without_a_thread_there_is_nothing_to_say(world: World) -> None:
    contact = make.contact(world.account)
    binding = make.binding(make.member(contact), world.aoi, store=world.store)

    assert react_to_all() == ["binding.started"]
    assert list(Binding.objects.current()) == [binding]
    assert not Message.objects.filter(direction=Message.Direction.SYSTEM).exists()


def test_what_was_answered_elsewhere_comes_home_when_it_is_closed(world: World) -> None:
    Conversation.objects.update(store=None, department=world.department)
    make.binding(world.member, world.aoi, store=world.store)
    react_to_all()
    assert Conversation.objects.get().department == world.department, "as long as it is open"

    close_it(world)
    react_to_all()

    assert Conversation.objects.visible_to(make.fresh(world.aoi)).get().store == world.store
    assert Exchange.objects.get().department == world.department


def test_what_nobody_in_particular_looks_after_stays_where_it_was_closed(world: World) -> None:
    close_it(world)

    assert "conversation.closed" in react_to_all()

    world.conversation.refresh_from_db()
    assert world.conversation.store == world.store


def test_when_a_store_closes_for_good_its_threads_go_to_whoever_answers_for_the_account(world: World) -> None:
    close_it(world)
    make.binding(world.member, world.aoi, store=world.store)
    world.store.closed_on = timezone.localdate()
    world.store.save()
    closures.end_at_closed_stores(timezone.now() + dt.timedelta(days=1))

    react_to_all()

    world.conversation.refresh_from_db()
    assert (world.conversation.store, world.conversation.department) == (None, world.department)
    assert lines(world)[-1] == "葵 no longer looks after this customer: The store closed for good"
