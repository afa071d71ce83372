import datetime as dt

import pytest
from django.utils import timezone

from madoguchi.conversations.actions.close import close
from madoguchi.conversations.actions.snooze import snooze
from madoguchi.conversations.actions.take_over import take_over
from madoguchi.conversations.errors import AlreadyClosed, TakenMeanwhile
from madoguchi.conversations.models import Conversation, Exchange
from madoguchi.kit.errors import NotAllowed, NotFound
from madoguchi.organization.permissions import BuiltInRole, Permission
from tests import make
from tests.conversations.unchanged import refused
from tests.make import World


def test_taking_over_makes_the_person_the_holder_and_says_so_in_the_thread(world: World) -> None:
    take_over(conversation_id=world.conversation.pk, staff=world.aoi, expected_holder_id=None)

    world.conversation.refresh_from_db()
    handover = world.conversation.handovers.get()
    line = world.conversation.messages.latest("pk")
    assert world.conversation.holder == world.aoi
    assert (handover.kind, handover.by, handover.from_holder, handover.to_holder) == (
        "taken_over",
        world.aoi,
        None,
        world.aoi,
    )
    assert (handover.from_store, handover.to_store) == (world.store, world.store)
    assert (line.direction, line.kind) == ("system", "event")
    assert line.details == {"event": "taken_over", "by": "葵"}
    assert world.conversation.waiting_since is not None


def test_a_colleague_can_be_relieved_by_whoever_saw_them_as_the_holder(world: World) -> None:
    take_over(conversation_id=world.conversation.pk, staff=world.aoi, expected_holder_id=None)

    taken = take_over(conversation_id=world.conversation.pk, staff=world.mio, expected_holder_id=world.aoi.pk)

    assert taken.holder == world.mio
    assert world.conversation.handovers.latest("pk").from_holder == world.aoi


def test_the_second_of_two_is_told_who_was_faster(world: World) -> None:
    take_over(conversation_id=world.conversation.pk, staff=world.aoi, expected_holder_id=None)

    with refused(TakenMeanwhile, match="葵"):
        take_over(conversation_id=world.conversation.pk, staff=world.mio, expected_holder_id=None)


def test_taking_what_one_holds_changes_nothing(world: World) -> None:
    take_over(conversation_id=world.conversation.pk, staff=world.aoi, expected_holder_id=None)

    take_over(conversation_id=world.conversation.pk, staff=world.aoi, expected_holder_id=None)

    assert world.conversation.handovers.count() == 1


def test_taking_over_brings_back_what_was_put_aside(world: World) -> None:
    until = timezone.now() + dt.timedelta(days=1)
    snooze(conversation_id=world.conversation.pk, staff=world.aoi, until=until)

    taken = take_over(conversation_id=world.conversation.pk, staff=world.mio, expected_holder_id=None)

    assert (taken.state, taken.snoozed_until) == (Conversation.State.OPEN, None)


def test_what_is_closed_cannot_be_taken_over(world: World) -> None:
    close(conversation_id=world.conversation.pk, staff=world.aoi, outcome=Exchange.Outcome.SOLVED)

    with refused(AlreadyClosed):
        take_over(conversation_id=world.conversation.pk, staff=world.aoi, expected_holder_id=None)


def test_out_of_reach_does_not_exist_and_the_attempt_is_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    with refused(NotFound):
        take_over(conversation_id=world.conversation.pk, staff=world.ren, expected_holder_id=None)

    (record,) = (record for record in caplog.records if record.name == "madoguchi.access")
    assert f"ren asked for conversation {world.conversation.pk}" in record.getMessage()


def test_who_may_only_read_cannot_take_over(world: World) -> None:
    marketer = make.staff(role=BuiltInRole.MARKETER)

    with refused(NotAllowed):
        take_over(conversation_id=world.conversation.pk, staff=marketer, expected_holder_id=None)


def test_relieving_a_colleague_needs_its_own_permission(world: World) -> None:
    only_answers = make.role(Permission.CONVERSATION_READ, Permission.CONVERSATION_REPLY)
    trainee = make.staff(role=only_answers, store=world.store)
    take_over(conversation_id=world.conversation.pk, staff=world.aoi, expected_holder_id=None)

    with refused(NotAllowed):
        take_over(conversation_id=world.conversation.pk, staff=trainee, expected_holder_id=world.aoi.pk)
