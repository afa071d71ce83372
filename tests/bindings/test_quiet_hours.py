"""At night nobody is announced anything: what falls in the quiet hours waits until morning."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.bindings import offers
from madoguchi.bindings.actions.departures import begin_departure, cancel_departure
from madoguchi.bindings.actions.staff import bind_by_staff
from madoguchi.bindings.models import Departure, Offer, Policy
from madoguchi.bindings.policies import quiet_markets, quiet_until
from madoguchi.kit.announce import REACT
from tests import make
from tests.bindings.using import scan
from tests.make import World

pytestmark = pytest.mark.django_db
State = Offer.State
TAIPEI = ZoneInfo("Asia/Taipei")
EVENING = dt.datetime(2026, 11, 23, 22, tzinfo=TAIPEI)
MORNING = dt.datetime(2026, 11, 24, 9, tzinfo=TAIPEI)
HOUR, SECOND = dt.timedelta(hours=1), dt.timedelta(seconds=1)


def leave(world: World, now: dt.datetime, **more: Any) -> Departure:
    make.binding(world.member, world.aoi, store=world.store, at=now - HOUR)
    return begin_departure(
        by=make.staff(role=None, is_superuser=True),
        staff=world.aoi,
        kind=Departure.Kind.EXIT,
        leaves_on=now.date() + dt.timedelta(days=9),
        now=now,
        **more,
    )


def clock(text: str) -> dt.datetime:
    return dt.datetime.combine(EVENING.date(), dt.time.fromisoformat(text), TAIPEI)


@pytest.mark.parametrize(
    ("begin", "end", "now", "waits_until"),
    [
        ("21:00", "09:00", "20:59", None),
        ("21:00", "09:00", "21:00", MORNING),
        ("21:00", "09:00", "03:00", MORNING - 24 * HOUR),
        ("21:00", "09:00", "09:00", None),
        ("00:00", "08:30", "00:00", clock("08:30")),
        ("00:00", "08:30", "23:00", None),
        ("12:00", "13:00", "12:30", clock("13:00")),
    ],
)
def test_the_night_is_the_markets_own(
    world: World, begin: str, end: str, now: str, waits_until: dt.datetime | None
) -> None:
    policy = Policy(
        market=world.market, quiet_from=dt.time.fromisoformat(begin), quiet_until=dt.time.fromisoformat(end)
    )

    assert quiet_until(policy, clock(now).astimezone(dt.UTC)) == waits_until


def test_a_market_may_have_no_quiet_hours(world: World) -> None:
    jp = make.market("jp", name="日本", zone="Asia/Tokyo")
    make.policy(world.market, quiet_from=None, quiet_until=None)

    assert quiet_until(Policy.objects.get(), EVENING) is None
    assert quiet_markets(EVENING) == [jp]


def test_what_falls_in_the_night_is_told_in_the_morning_and_the_day_begins_then(world: World) -> None:
    offer = leave(world, EVENING).offers.get()

    offers.tell_due(EVENING)
    offers.tell_due(MORNING - SECOND)
    offer.refresh_from_db()
    assert (offer.state, offer.told_at) == (State.PLANNED, None)

    offers.tell_due(MORNING + SECOND)
    offer.refresh_from_db()
    assert (offer.state, offer.told_at) == (State.OPEN, MORNING + SECOND)
    assert offer.answer_by == MORNING + SECOND + 24 * HOUR


def test_an_hour_that_was_chosen_at_night_waits_too(world: World) -> None:
    noon = EVENING - 10 * HOUR
    offer = leave(world, noon, tell_at=EVENING).offers.get()

    offers.tell_due(EVENING)

    offer.refresh_from_db()
    assert offer.state == State.PLANNED


def test_one_markets_night_holds_nobody_else_back(world: World) -> None:
    london = make.market("uk", name="UK", zone="Europe/London")
    there = make.store(market=london)
    person = make.staff(store=there)
    member = make.conversation(world.account).member
    make.binding(member, person, store=there, at=EVENING - HOUR)
    here = leave(world, EVENING).offers.get()
    begin_departure(
        by=make.staff(role=None, is_superuser=True),
        staff=person,
        kind=Departure.Kind.EXIT,
        leaves_on=EVENING.date(),
        now=EVENING,
    )

    assert offers.tell_due(EVENING, limit=1) == 1

    assert Offer.objects.get(state=State.PLANNED) == here


def test_who_scans_at_night_is_there_and_is_asked_at_once(world: World) -> None:
    make.binding(world.member, world.aoi, store=world.store, at=EVENING - HOUR)

    scan(world.conversation, make.code(world.account, world.ren, store=world.other_store), now=EVENING)

    offer = Offer.objects.get()
    assert (offer.state, offer.told_at) == (State.OPEN, EVENING)


def test_a_plan_called_off_at_night_and_a_binding_entered_at_night_are_told_in_the_morning(world: World) -> None:
    departure = leave(world, EVENING - 2 * HOUR)
    offers.tell_due(EVENING - 2 * HOUR)
    by = make.staff(role=None, is_superuser=True)
    other = make.conversation(world.account, store=world.store).member

    cancel_departure(by=by, departure=departure, now=EVENING)
    bind_by_staff(by=by, member=other, to_staff=world.aoi, store=world.store, now=EVENING)

    jobs = ProcrastinateJob.objects.filter(task_name=REACT)
    waiting = {job.args["name"]: job.scheduled_at for job in jobs.filter(scheduled_at__isnull=False)}
    assert waiting == {"offer.settled": MORNING, "binding.entered": MORNING}
