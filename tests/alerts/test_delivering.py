"""Who is told on which device and when: languages, time off, further tries."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.alerts import actions
from madoguchi.alerts.subjects import Subject
from madoguchi.alerts.tasks import BACK_OFF_SECONDS, deliver
from madoguchi.duty.actions import say_on_duty
from tests import make
from tests.alerts.push_service import Browser, PushService, running
from tests.make import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def service() -> Iterator[PushService]:
    with running() as started:
        yield started


def tell(*staff_ids: int, subject: Subject = Subject.WROTE, **more: Any) -> None:
    """On this machine, where real push services are not."""
    about: dict[str, Any] = {"subject": subject.value, "name": "陳美玲", "url": "/inbox", "tag": "conversation-1"}
    deliver(staff_ids=[*staff_ids], is_allowed=lambda _address: True, **about, **more)


def test_each_is_told_in_their_own_language_and_never_what_was_written(world: World, service: PushService) -> None:
    phones = {}
    for person, locale in ((world.aoi, "zh-hant"), (world.ren, "ja"), (world.mio, "en")):
        type(person).objects.filter(pk=person.pk).update(locale=locale)
        phones[locale] = Browser()
        service.subscription(person, phones[locale])

    tell(world.aoi.pk, world.ren.pk, world.mio.pk)

    bodies = {
        locale: browser.read(body)["body"]
        for (_headers, body), (locale, browser) in zip(service.received, phones.items(), strict=True)
    }
    assert bodies["en"] == "陳美玲 wrote to you"
    assert len({*bodies.values()}) == 3
    assert all("陳美玲" in body for body in bodies.values())


def test_whoever_is_off_duty_is_left_in_peace_except_by_their_own_test(world: World, service: PushService) -> None:
    aois, rens = Browser(), Browser()
    service.subscription(world.aoi, aois)
    service.subscription(world.ren, rens)
    say_on_duty(staff=world.aoi, is_on_duty=False)

    tell(world.aoi.pk, world.ren.pk)
    assert [rens.read(body)["url"] for _headers, body in service.received] == ["/inbox"]

    service.received.clear()
    tell(world.aoi.pk, subject=Subject.TEST)
    assert len(service.received) == 1


def test_a_shift_that_ended_before_the_job_ran_counts(world: World, service: PushService) -> None:
    service.subscription(world.aoi, Browser())
    now = dt.datetime(2026, 11, 20, 4, tzinfo=dt.UTC)
    with time_machine.travel(now, tick=False):
        make.shift(world.aoi, now - dt.timedelta(hours=8), now, at=world.store)
        tell(world.aoi.pk)

    assert service.received == []


def test_what_did_not_get_through_is_tried_again_at_longer_and_longer_intervals(
    world: World, service: PushService
) -> None:
    down = service.subscription(world.aoi, Browser())
    service.status = 503
    now = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)

    with time_machine.travel(now, tick=False):
        for tries, seconds in enumerate(BACK_OFF_SECONDS):
            tell(world.aoi.pk, world.ren.pk, subscription_ids=[down.pk] if tries else None, tries=tries)
            job = ProcrastinateJob.objects.latest("pk")
            assert job.args["subscription_ids"] == [down.pk]
            assert job.args["tries"] == tries + 1
            assert job.scheduled_at == now + dt.timedelta(seconds=seconds)
        tell(world.aoi.pk, subscription_ids=[down.pk], tries=len(BACK_OFF_SECONDS))

    assert ProcrastinateJob.objects.count() == len(BACK_OFF_SECONDS)  # after that it would be noise


def test_a_second_try_is_for_those_alone_who_did_not_hear_the_first(world: World, service: PushService) -> None:
    heard, missed = Browser(), Browser()
    service.subscription(world.aoi, heard)
    row = service.subscription(world.aoi, missed)

    tell(world.aoi.pk, subscription_ids=[row.pk], tries=1)

    [(_headers, body)] = service.received
    assert missed.read(body)["tag"] == "conversation-1"


@pytest.mark.parametrize(("asked", "waits"), [("90", 90), ("3600", None)])
def test_a_push_service_may_ask_for_patience_but_not_for_too_much(
    world: World, service: PushService, asked: str, waits: int | None
) -> None:
    service.subscription(world.aoi, Browser())
    service.status, service.headers = 429, {"Retry-After": asked}
    now = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)

    with time_machine.travel(now, tick=False):
        tell(world.aoi.pk)

    times = [job.scheduled_at - now for job in ProcrastinateJob.objects.all() if job.scheduled_at]
    assert times == ([dt.timedelta(seconds=waits)] if waits else [])


def test_one_service_that_asks_for_too_much_patience_costs_others_nothing(world: World) -> None:
    with running() as patient, running() as busy:
        one = patient.subscription(world.aoi, Browser())
        busy.subscription(world.ren, Browser())
        patient.status, busy.status, busy.headers = 503, 429, {"Retry-After": "3600"}

        tell(world.aoi.pk, world.ren.pk)

    [job] = ProcrastinateJob.objects.all()
    assert job.args["subscription_ids"] == [one.pk]


def test_a_page_knows_its_browser_without_naming_its_address(world: World) -> None:
    browser = Browser()
    endpoint = "https://push.example.com/secret"
    actions.subscribe(staff=world.aoi, endpoint=endpoint, p256dh=browser.p256dh, auth=browser.auth)

    [digest] = actions.endpoint_digests(world.aoi)

    assert len(digest) == 64
    assert "secret" not in digest
    assert actions.endpoint_digests(world.ren) == []
