"""Somebody leaves or moves, as their manager sees it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from madoguchi.bindings.actions.customer import answer_offer
from madoguchi.bindings.actions.departures import begin_departure
from madoguchi.bindings.actions.staff import bind_by_staff
from madoguchi.bindings.models import Binding, Departure, Offer, Policy
from madoguchi.bindings.offers import tell_due
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.console.conftest import SignIn
from tests.console.page import read
from tests.make import World

NEW = "/bindings/departures/new"


@pytest.fixture
def manager(world: World) -> Staff:
    return make.staff("manager", name="莉莉", role=BuiltInRole.MANAGER, store=world.store, locale="en")


@pytest.fixture
def binding(world: World, manager: Staff) -> Binding:
    type(world.market).objects.update(locale="en")
    return bind_by_staff(by=manager, member=world.member, to_staff=world.aoi, store=world.store)


def leaving(world: World, manager: Staff) -> Departure:
    day = timezone.localdate() + dt.timedelta(days=14)
    return begin_departure(by=manager, staff=world.aoi, kind=Departure.Kind.EXIT, leaves_on=day)


def test_before_it_begins_one_sees_what_it_means(
    world: World, manager: Staff, binding: Binding, sign_in: SignIn
) -> None:
    page = read(sign_in(manager).get(NEW, {"person": world.aoi.public_id, "kind": "exit"}).content)

    assert "1 customer" in page.text
    assert "葵 is leaving us. From" in page.text
    assert "莉莉 at 台北信義店 will look after you" in page.text
    assert "1 messages" in page.text
    assert not Departure.objects.exists()


def test_a_successor_is_asked_for_where_the_rule_needs_one(
    world: World, manager: Staff, binding: Binding, sign_in: SignIn
) -> None:
    Policy.objects.create(market=world.market, leaving=Policy.Leaving.SUCCESSOR)
    client = sign_in(manager)
    said = {"person": world.aoi.public_id, "kind": "exit", "leaves_on": "2030-01-31"}

    page = read(client.get(NEW, said).content)
    without = client.post(NEW, said)
    client.post(NEW, said | {"successor": manager.public_id})

    assert page.all("select", name="successor")
    assert without.status_code == 422
    assert "Name the successor" in read(without.content).text
    assert Departure.objects.get().successor == manager
    assert Offer.objects.get().to_staff == manager


def test_a_person_out_of_reach_cannot_be_chosen(world: World, manager: Staff, sign_in: SignIn) -> None:
    said = {"person": world.ren.public_id, "kind": "exit", "leaves_on": "2030-01-31"}

    answer = sign_in(manager).post(NEW, said)

    assert answer.status_code == 422
    assert not Departure.objects.exists()


def test_progress_shows_who_said_what(world: World, manager: Staff, binding: Binding, sign_in: SignIn) -> None:
    Policy.objects.create(market=world.market, quiet_from=None, quiet_until=None)
    departure = leaving(world, manager)
    tell_due(timezone.now())
    client = sign_in(manager)

    told = read(client.get(f"/bindings/departures/{departure.public_id}").content)
    answer_offer(offer=departure.offers.get(), member=world.member, accept=True)
    answered = read(client.get(f"/bindings/departures/{departure.public_id}").content)
    filtered = read(client.get(f"/bindings/departures/{departure.public_id}", {"state": "refused"}).content)

    assert "Told, may still say no 1" in told.text
    assert "Said yes 1" in answered.text
    assert "陳美玲" in answered.text
    assert "陳美玲" not in filtered.text
    assert "1 of 1 settled" in read(client.get("/bindings/departures").content).text


def test_it_is_called_off(world: World, manager: Staff, binding: Binding, sign_in: SignIn) -> None:
    departure = leaving(world, manager)
    client = sign_in(manager)

    client.post(f"/bindings/departures/{departure.public_id}/cancellation")

    departure.refresh_from_db()
    assert departure.state == Departure.State.CANCELLED
    assert departure.offers.get().state == Offer.State.WITHDRAWN
    page = read(client.get(f"/bindings/departures/{departure.public_id}").content)
    assert page.all("details", class_="cancel") == []


def test_other_stores_departures_do_not_exist_for_one(
    world: World, manager: Staff, binding: Binding, sign_in: SignIn
) -> None:
    departure = leaving(world, manager)
    other = make.staff("other", role=BuiltInRole.MANAGER, store=world.other_store, locale="en")
    client = sign_in(other)

    answers = [
        client.get(f"/bindings/departures/{departure.public_id}"),
        client.post(f"/bindings/departures/{departure.public_id}/cancellation"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert "Nobody is leaving" in read(client.get("/bindings/departures").content).text
    assert sign_in(world.aoi).get("/bindings/departures").status_code == 403
    departure.refresh_from_db()
    assert departure.state == Departure.State.RUNNING


def test_the_outlook_costs_the_same_for_many(world: World, manager: Staff, binding: Binding, sign_in: SignIn) -> None:
    client = sign_in(manager)

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(NEW, {"person": world.aoi.public_id})
        return len(captured)

    few = statements()
    for _ in range(5):
        member = make.conversation(world.account, store=world.store).member
        bind_by_staff(by=manager, member=member, to_staff=world.aoi, store=world.store)

    assert statements() == few
