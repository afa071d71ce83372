"""Who hears of what: after the commit, the thread and the queues it left and entered; after a refusal, nobody."""

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.utils import timezone

from madoguchi import live
from madoguchi.conversations.actions.add_note import add_note
from madoguchi.conversations.actions.assign import assign
from madoguchi.conversations.actions.change_brand import change_brand
from madoguchi.conversations.actions.close import close
from madoguchi.conversations.actions.hand_over import hand_over
from madoguchi.conversations.actions.open_thread import open_thread
from madoguchi.conversations.actions.presence import announce_presence
from madoguchi.conversations.actions.release import release
from madoguchi.conversations.actions.snooze import snooze, wake_due
from madoguchi.conversations.actions.take_over import take_over
from madoguchi.conversations.models import Exchange, Presence
from madoguchi.kit.errors import NotFound
from tests import make
from tests.database import database_url
from tests.make import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def committed() -> World:
    return make.world()


@pytest.fixture
def ear(committed: World) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_url(), autocommit=True) as connection:
        connection.execute(f"LISTEN {live.CHANNEL}".encode())
        yield connection


def heard(ear: psycopg.Connection[Any], *, count: int = 1) -> set[str]:
    """The topics of so many signals; fewer when they do not come."""
    return {topic for signal in ear.notifies(timeout=3, stop_after=count) for topic in signal.payload.split()}


def test_every_action_tells_the_thread_and_both_queues(committed: World, ear: psycopg.Connection[Any]) -> None:
    w, pk = committed, committed.conversation.pk
    thread, store, other = f"conversation-{pk}", f"queue-store-{w.store.pk}", f"queue-store-{w.other_store.pk}"
    department = f"queue-department-{w.department.pk}"
    aoi, mio = f"queue-staff-{w.aoi.pk}", f"queue-staff-{w.mio.pk}"

    take_over(conversation_id=pk, staff=w.aoi, expected_holder_id=None)
    assert heard(ear) == {thread, "queue", store, aoi}

    assign(conversation_id=pk, staff=w.mio, to=w.mio)
    assert heard(ear) == {thread, "queue", store, aoi, mio}

    hand_over(conversation_id=pk, staff=w.mio, to_department=w.department)
    assert heard(ear) == {thread, "queue", store, department, mio}

    take_over(conversation_id=pk, staff=w.mio, expected_holder_id=None)
    assert heard(ear) == {thread, "queue", department, mio}

    release(conversation_id=pk, staff=w.mio)
    assert heard(ear) == {thread, "queue", department, mio}

    hand_over(conversation_id=pk, staff=w.mio, to_store=w.other_store)
    assert heard(ear) == {thread, "queue", department, other}

    change_brand(conversation_id=pk, staff=w.mio, brand=w.other_brand)
    assert heard(ear) == {thread, "queue", other}

    until = timezone.now() + dt.timedelta(hours=1)
    snooze(conversation_id=pk, staff=w.ren, until=until)
    assert heard(ear) == {thread, "queue", other}

    wake_due(until)
    assert heard(ear) == {thread, "queue", other}

    open_thread(conversation_id=pk, staff=w.ren)
    assert heard(ear) == {thread, "queue", other}

    add_note(conversation_id=pk, staff=w.ren, client_key=uuid.uuid4(), text="@葵", mentioned=[w.aoi])
    assert heard(ear) == {thread, "queue", other, f"staff-{w.aoi.pk}"}

    open_thread(conversation_id=pk, staff=make.fresh(w.aoi))
    assert heard(ear) == {f"staff-{w.aoi.pk}"}

    close(conversation_id=pk, staff=w.ren, outcome=Exchange.Outcome.SOLVED)
    assert heard(ear) == {thread, "queue", other}


def test_presence_is_told_when_it_changes_and_not_with_each_key(committed: World, ear: psycopg.Connection[Any]) -> None:
    for doing in (Presence.Doing.VIEWING, *[Presence.Doing.ANSWERING] * 5, None, None):
        announce_presence(conversation_id=committed.conversation.pk, staff=committed.aoi, doing=doing)
    take_over(conversation_id=committed.conversation.pk, staff=committed.aoi, expected_holder_id=None)

    signals = [signal.payload for signal in ear.notifies(timeout=3, stop_after=4)]
    assert signals[:3] == [f"conversation-{committed.conversation.pk}"] * 3
    assert "queue" in signals[3]


def test_a_refusal_is_heard_by_nobody(committed: World, ear: psycopg.Connection[Any]) -> None:
    with pytest.raises(NotFound):
        close(conversation_id=committed.conversation.pk, staff=committed.ren, outcome=Exchange.Outcome.SOLVED)
    take_over(conversation_id=committed.conversation.pk, staff=committed.aoi, expected_holder_id=None)

    assert f"queue-staff-{committed.aoi.pk}" in heard(ear)
