import datetime as dt
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from madoguchi.channels.models import ReplyToken
from madoguchi.conversations.actions.presence import announce_presence
from madoguchi.conversations.actions.send import send
from madoguchi.conversations.actions.snooze import snooze
from madoguchi.conversations.models import Presence
from madoguchi.intake import housekeeping
from madoguchi.intake.models import RawEvent
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> make.World:
    return make.world()


def test_handled_events_go_after_thirty_days_and_odd_ones_stay(
    world: make.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "_ROWS_AT_ONCE", 2)
    now = timezone.now()
    old, young = now - dt.timedelta(days=30, seconds=1), now - dt.timedelta(days=29)
    for number, (state, handled_at) in enumerate(
        [("done", old)] * 5 + [("done", young), ("parked", old), ("kept", old), ("new", None)]
    ):
        RawEvent.objects.create(
            account=world.account, event_id=f"{number}", payload={}, state=state, handled_at=handled_at
        )

    assert housekeeping.prune_raw_events(now) == 5

    assert sorted(RawEvent.objects.values_list("state", flat=True)) == ["done", "kept", "new", "parked"]
    assert housekeeping.prune_raw_events(now) == 0


def test_reply_tokens_go_when_they_have_run_out(world: make.World) -> None:
    now = timezone.now()
    for token, seconds in (("dead", -1), ("alive", 1)):
        ReplyToken.objects.create(contact=world.contact, token=token, expires_at=now + dt.timedelta(seconds=seconds))

    assert housekeeping.prune_reply_tokens(now) == 1

    assert ReplyToken.objects.get().token == "alive"


def test_presences_go_when_nobody_is_there_any_more(world: make.World) -> None:
    for staff in (world.aoi, world.mio):
        announce_presence(conversation_id=world.conversation.pk, staff=staff, doing=Presence.Doing.VIEWING)
    now = timezone.now()
    Presence.objects.filter(staff=world.aoi).update(seen_at=now - dt.timedelta(hours=1))

    housekeeping.prune_presences(now)

    assert Presence.objects.get().staff == world.mio


def test_snoozed_conversations_come_back_when_they_are_due(world: make.World) -> None:
    send(conversation_id=world.conversation.pk, staff=world.aoi, client_key=uuid4(), text="稍後回覆您")
    until = timezone.now() + dt.timedelta(hours=1)
    snooze(conversation_id=world.conversation.pk, staff=world.aoi, until=until)

    assert housekeeping.wake_snoozed(until - dt.timedelta(seconds=1)) == 0
    assert housekeeping.wake_snoozed(until) == 1

    world.conversation.refresh_from_db()
    assert world.conversation.state == "open"


def test_sessions_go_when_they_have_run_out() -> None:
    now = timezone.now()
    for key, days in (("gone", -1), ("here", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=now + dt.timedelta(days=days))

    assert housekeeping.prune_sessions(now) == 1

    assert Session.objects.get().session_key == "here"


def test_a_duty_that_fails_does_not_keep_the_others_from_being_done(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[dt.datetime] = []

    def stumble(_now: dt.datetime) -> int:
        raise ZeroDivisionError

    def count(now: dt.datetime) -> int:
        done.append(now)
        return 1

    monkeypatch.setattr(housekeeping, "DUTIES", (count, stumble, count))
    monkeypatch.setattr(connection, "close", lambda: None)  # it is the test's own here

    housekeeping.keep_house()

    assert len(done) == 2
    assert "stumble failed" in caplog.text
