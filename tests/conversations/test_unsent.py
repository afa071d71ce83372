"""An answer that was refused, or that may be lost, stays in the queues until somebody has looked after it."""

import datetime as dt
from collections.abc import Callable
from uuid import uuid4

import psycopg
import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from madoguchi import live
from madoguchi.channels.models import OutboundMessage
from madoguchi.channels.outbox import UNSENT_TOPIC
from madoguchi.conversations.actions.close import close
from madoguchi.conversations.actions.retry import discard, retry
from madoguchi.conversations.models import Exchange
from madoguchi.conversations.queries import View, queue, queue_counts
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission
from tests import make
from tests.channels.sending import State, run_sender, write
from tests.database import database_url
from tests.line_sandbox import LineSandbox
from tests.make import World


def settle(outbound: OutboundMessage, state: OutboundMessage.State) -> OutboundMessage:
    """As the sender writes it."""
    outbound.state, outbound.settled_at = state, timezone.now()
    outbound.save()
    return outbound


def shown(staff: Staff, view: View = View.UNSENT) -> list[tuple[str, str | None]]:
    """Who stands in the queue, with the mark of the row; the counts agree."""
    staff = make.fresh(staff)
    rows = [(row.member.display_name, vars(row)["unsent"]) for row in queue(staff, view).rows]
    assert getattr(queue_counts(staff), view.value) == len(rows)
    return rows


@pytest.mark.parametrize("state", [State.REFUSED, State.UNKNOWN])
def test_what_was_not_sent_is_marked_in_every_queue_and_has_one_of_its_own(
    world: World, state: OutboundMessage.State
) -> None:
    make.conversation(world.account, name="別人", store=world.store, at=timezone.now() - dt.timedelta(hours=1))
    settle(write(world.conversation, world.aoi), state)

    assert shown(world.aoi) == shown(world.mio) == [("陳美玲", state.value)]
    assert shown(world.aoi, View.ALL) == [("陳美玲", state.value), ("別人", None)]
    assert shown(world.aoi, View.MINE) == [("陳美玲", state.value)]


def test_what_was_certainly_not_sent_outweighs_what_may_be_lost(world: World) -> None:
    first, second = write(world.conversation, world.aoi), write(world.conversation, world.aoi)
    settle(first, State.REFUSED)
    settle(second, State.UNKNOWN)

    assert shown(world.aoi) == [("陳美玲", "refused")]


def test_it_stays_when_the_conversation_is_closed(world: World) -> None:
    settle(write(world.conversation, world.aoi), State.REFUSED)
    close(conversation_id=world.conversation.pk, staff=world.aoi, outcome=Exchange.Outcome.SOLVED)

    assert shown(world.aoi) == [("陳美玲", "refused")]


def test_nobody_out_of_reach_sees_or_counts_it(world: World) -> None:
    settle(write(world.conversation, world.aoi), State.REFUSED)

    assert shown(world.ren) == []
    assert shown(make.staff("nobody", role=None)) == []


@pytest.mark.parametrize("decide", [retry, discard])
@pytest.mark.parametrize("state", [State.REFUSED, State.UNKNOWN])
def test_it_is_over_once_somebody_decides(
    world: World, decide: Callable[..., OutboundMessage], state: OutboundMessage.State
) -> None:
    outbound = settle(write(world.conversation, world.aoi), state)

    decide(conversation_id=world.conversation.pk, staff=world.aoi, outbound_id=outbound.pk)

    assert shown(world.aoi) == []
    assert shown(world.aoi, View.MINE) == [("陳美玲", None)]


def test_what_is_refused_again_is_shown_again(world: World) -> None:
    outbound = settle(write(world.conversation, world.aoi), State.REFUSED)
    again = retry(conversation_id=world.conversation.pk, staff=world.aoi, outbound_id=outbound.pk)

    settle(again, State.REFUSED)

    assert shown(world.aoi) == [("陳美玲", "refused")]


def test_another_answer_after_the_failure_settles_it(world: World) -> None:
    settle(write(world.conversation, world.aoi), State.REFUSED)
    later = write(world.conversation, world.aoi)
    assert shown(world.aoi) == []

    settle(later, State.ACCEPTED)
    assert shown(world.aoi) == []


def test_an_answer_that_was_already_on_its_way_settles_nothing(world: World) -> None:
    first, second = write(world.conversation, world.aoi), write(world.conversation, world.aoi)
    settle(first, State.REFUSED)
    settle(second, State.ACCEPTED)

    assert shown(world.aoi) == [("陳美玲", "refused")]


def test_an_answer_that_came_to_nothing_settles_nothing(world: World) -> None:
    settle(write(world.conversation, world.aoi), State.REFUSED)
    later = write(world.conversation, world.aoi)

    discard(conversation_id=world.conversation.pk, staff=world.aoi, outbound_id=later.pk)

    assert shown(world.aoi) == [("陳美玲", "refused")]


def test_the_marks_cost_no_statement(world: World, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    settle(write(world.conversation, world.aoi), State.REFUSED)
    aoi = make.fresh(world.aoi)
    aoi.may(Permission.CONVERSATION_READ)  # postings are read once for each request

    with django_assert_num_queries(2):
        queue(aoi, View.UNSENT)
        queue_counts(aoi)


@pytest.mark.django_db(transaction=True)
def test_the_queues_hear_of_a_refusal_at_once_and_of_nothing_else(world: World, sandbox: LineSandbox) -> None:
    sandbox.open_for(world.account)
    sandbox.befriend(world.contact)
    thread = f"conversation-{world.conversation.pk}"
    with psycopg.connect(database_url(), autocommit=True) as ear:
        ear.execute(f"LISTEN {live.CHANNEL}".encode())

        def heard() -> list[str]:
            return [signal.payload for signal in ear.notifies(timeout=0.5)]

        write(world.conversation, world.aoi)
        heard()
        run_sender()
        assert thread in heard()

        refused = write(world.conversation, world.aoi)
        OutboundMessage.objects.filter(pk=refused.pk).update(messages=[{"type": "text", "text": ""}], key=uuid4())
        heard()
        run_sender()
        assert f"{thread} {UNSENT_TOPIC}" in [" ".join(sorted(payload.split())) for payload in heard()]
