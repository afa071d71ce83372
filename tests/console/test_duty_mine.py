"""Setting oneself on and off duty."""

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from madoguchi.duty.models import Seat
from tests import make
from tests.console.conftest import SignIn
from tests.console.page import read
from tests.make import World

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Asia/Taipei"))
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def _aoi_reads_english(world: World) -> None:
    world.aoi.locale = "en"
    world.aoi.save()


def _words(client: Client) -> str:
    return read(client.get("/duty/mine").content).one("p").text


@pytest.mark.usefixtures("_aoi_reads_english")
def test_anybody_sets_themselves_on_and_off_and_back_to_the_roster(world: World, sign_in: SignIn) -> None:
    aoi = sign_in(world.aoi, htmx=True)
    make.shift(world.aoi, NOON + 3 * HOUR, NOON + 9 * HOUR, at=world.store)
    assert _words(aoi) == "By the roster you are back on 23 Nov, 15:00."

    answer = aoi.post("/duty/mine", {"is": "on"})
    switch = read(answer.content).all("button")[0]
    assert (switch.attributes["aria-pressed"], switch.attributes["value"]) == ("true", "off")
    assert _words(aoi) == "You said so; it counts until 24 Nov, 00:00."

    aoi.post("/duty/mine", {"is": "off"})
    assert _words(aoi) == "You said so. New messages go to the team until 24 Nov, 00:00."

    aoi.post("/duty/mine", {"is": "roster"})
    assert Seat.objects.get(pk=world.aoi.pk).is_on_duty is None
    assert not Seat.objects.exclude(pk=world.aoi.pk).exists()


def test_without_scripts_one_returns_to_where_one_was(world: World, sign_in: SignIn) -> None:
    aoi = sign_in(world.aoi)

    back = aoi.post("/duty/mine", {"is": "off"}, headers={"referer": "http://testserver/inbox?view=all"})
    foreign = aoi.post("/duty/mine", {"is": "off"}, headers={"referer": "https://evil.example/"})

    assert back.headers["Location"] == "http://testserver/inbox?view=all"
    assert foreign.headers["Location"] == "/me"


def test_a_stranger_sets_nobody(world: World) -> None:
    assert Client().post("/duty/mine", {"is": "off"}).status_code == 302
    assert not Seat.objects.exists()


def test_the_menu_under_ones_name_fetches_the_switch_when_it_is_opened(world: World, sign_in: SignIn) -> None:
    page = read(sign_in(world.aoi).get("/me").content)

    assert [slot.attributes["hx-get"] for slot in page.all("div", class_="my-duty")] == ["/duty/mine"]
