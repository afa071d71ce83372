import datetime as dt
from uuid import uuid4

import pytest
from axes.models import AccessAttempt, AccessLog
from django.conf import LazySettings
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

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


@pytest.mark.parametrize("days", [30, 90])
def test_handled_events_go_after_the_days_that_are_set_and_parked_ones_stay(
    world: make.World, settings: LazySettings, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    assert settings.EVENTS_KEPT_DAYS == 30
    settings.EVENTS_KEPT_DAYS = days
    monkeypatch.setattr(housekeeping, "_ROWS_AT_ONCE", 2)
    now = timezone.now()
    old, young = now - dt.timedelta(days=days, seconds=1), now - dt.timedelta(days=days - 1)
    for number, (state, handled_at) in enumerate(
        [("done", old)] * 3 + [("kept", old)] * 2 + [("done", young), ("kept", young), ("parked", old), ("new", None)]
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


def test_who_signed_in_is_forgotten_after_ninety_days() -> None:
    now = timezone.now()
    for model, more in ((AccessAttempt, {"failures_since_start": 1}), (AccessLog, {})):
        for name, days in (("old", 91), ("young", 89)):
            row = model.objects.create(username=name, ip_address="203.0.113.9", path_info="/sign-in", **more)
            model.objects.filter(pk=row.pk).update(attempt_time=now - dt.timedelta(days=days))

    assert housekeeping.prune_sign_ins(now) == 2

    assert [model.objects.get().username for model in (AccessAttempt, AccessLog)] == ["young", "young"]


def test_jobs_that_failed_long_ago_go_and_what_is_to_be_done_stays() -> None:
    now = timezone.now()
    with connection.cursor() as cursor:
        for status, days in (("failed", 31), ("failed", 29), ("aborted", 31), ("todo", 31), ("doing", 31)):
            cursor.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('q', %s) RETURNING id",
                [f"{status} {days}"],
            )
            (pk,) = cursor.fetchone()
            cursor.execute("UPDATE procrastinate_jobs SET status = %s WHERE id = %s", [status, pk])
            cursor.execute(
                "UPDATE procrastinate_events SET at = %s WHERE job_id = %s", [now - dt.timedelta(days=days), pk]
            )

    assert housekeeping.prune_failed_jobs(now) == 2

    assert set(ProcrastinateJob.objects.values_list("task_name", flat=True)) == {"failed 29", "todo 31", "doing 31"}
