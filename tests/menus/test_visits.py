"""Where can I go? Stores by distance from a place the customer sent, else by region."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone, translation
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.channels.models import OutboundMessage
from madoguchi.channels.ports import MessageReceived, PostbackReceived
from madoguchi.conversations.models import Conversation, Message
from madoguchi.menus import taps
from madoguchi.menus.answers import tap as answers
from madoguchi.menus.answers import visits
from madoguchi.menus.models import Menu
from madoguchi.menus.tasks import answer_location
from madoguchi.organization.coordinates import Coordinates
from madoguchi.organization.models import Staff, Store
from tests import make
from tests.line_sandbox import LineSandbox
from tests.menus.building import draft
from tests.menus.going_live import go_live

NOON = dt.datetime(2026, 11, 18, 12, 0, tzinfo=ZoneInfo("Asia/Taipei"))
"""A Wednesday."""
STATION = Coordinates(25.04777, 121.51702)
TOWER = Coordinates(25.03396, 121.56447)
KAOHSIUNG = Coordinates(22.63948, 120.30208)


@pytest.fixture
def menu(world: make.World, kai: Staff) -> Menu:
    return go_live(draft(kai, world.account))


def place(store: Store, at: Coordinates, **fields: Any) -> None:
    Store.objects.filter(pk=store.pk).update(latitude=at.latitude, longitude=at.longitude, **fields)


def answered(world: make.World, at: Coordinates | None, address: str = "") -> list[Message]:
    before = set(Message.objects.values_list("pk", flat=True))
    answers.answer_place(contact_id=world.contact.pk, at=at, address=address, event_id=1)
    return list(Message.objects.exclude(pk__in=before).order_by("pk"))


def tapped(world: make.World, data: str = "menu/nearest-store?everyone.1", event_id: int = 1) -> list[Message]:
    before = set(Message.objects.values_list("pk", flat=True))
    answers.answer(contact_id=world.contact.pk, data=data, event_id=event_id)
    return list(Message.objects.exclude(pk__in=before).order_by("pk"))


def wire(message: Message) -> dict[str, Any]:
    assert message.outbound is not None
    (found,) = message.outbound.messages
    return dict(found)


def quick_replies(message: Message) -> list[str]:
    return [item["action"]["type"] for item in wire(message).get("quickReply", {}).get("items", [])]


def test_the_nearest_comes_first_with_its_distance(world: make.World, menu: Menu) -> None:
    place(world.store, TOWER, address="台北市信義區市府路 45 號", phone="02-5550-1234")
    place(world.other_store, KAOHSIUNG)

    (said,) = answered(world, STATION, "台北市中正區北平西路 3 號")

    nearest, farthest = said.text.split("\n\n")[1:]
    title, distance, address, phone = nearest.split("\n")
    assert (title, address) == ("台北信義店", "台北市信義區市府路 45 號")
    assert " 5.0 " in distance
    assert "02-5550-1234" in phone
    assert farthest.startswith("高雄左營店")
    assert " 295 " in farthest
    assert TOWER.map_url in str(wire(said))
    assert "'tel:0255501234'" in str(wire(said))


def test_it_says_whether_it_is_open_now(world: make.World, menu: Menu) -> None:
    place(world.store, TOWER)
    make.opening_hours(world.store, "11:00", "21:30")

    with time_machine.travel(NOON, tick=False):
        (at_noon,) = answered(world, STATION)
    with time_machine.travel(NOON.replace(hour=22), tick=False):
        answers.answer_place(contact_id=world.contact.pk, at=STATION, address="", event_id=2)
    at_night = Message.objects.latest("pk")

    assert "21:30" in at_noon.text
    assert "11:00" not in at_noon.text
    assert "11:00" in at_night.text
    assert "19" in at_night.text  # tomorrow


def test_a_store_whose_hours_nobody_has_entered_is_not_said_to_be_open(world: make.World, menu: Menu) -> None:
    place(world.store, TOWER)

    with translation.override("en"):
        (said,) = answered(world, STATION)

    assert said.text.count("\n") == 3  # words, an empty line, name and distance


def test_counters_under_one_roof_are_one_way_to_go(world: make.World, menu: Menu) -> None:
    place(world.store, TOWER, name="信義店 家電", address="台北市信義區松壽路 88 號 10F（晴川百貨）", phone="1")
    place(world.other_store, TOWER, name="信義店 廚房", address="台北市信義區松壽路 88 號 11F（晴川百貨）", phone="2")

    (said,) = answered(world, STATION)

    (_words, site) = said.text.split("\n\n")
    assert site.startswith("信義店 家電 · 信義店 廚房\n")
    assert site.endswith("\n台北市信義區松壽路 88 號")


def test_only_a_few_are_named(world: make.World, menu: Menu) -> None:
    for number in range(8):
        store = make.store(brands=[world.brand], market=world.market, name=f"no. {number}")
        place(store, Coordinates(25.0 + number / 100, 121.5))

    (said,) = answered(world, Coordinates(25.0, 121.5))

    assert [f"no. {number}" in said.text for number in range(8)] == [True] * 3 + [False] * 5


def test_stores_closed_for_good_and_of_other_brands_are_left_out(world: make.World, menu: Menu) -> None:
    Conversation.objects.filter(pk=world.conversation.pk).update(brand=world.other_brand)  # not sold at the other store
    place(world.store, KAOHSIUNG)
    place(world.other_store, TOWER)
    gone = make.store(brands=[world.other_brand], market=world.market, name="gone", closed_on=timezone.localdate())
    place(gone, TOWER)

    (said,) = answered(world, STATION)

    assert world.store.name in said.text
    assert world.other_brand.name in said.text
    assert world.other_store.name not in said.text
    assert "gone" not in said.text


def test_without_coordinates_the_region_of_the_address_decides(world: make.World, menu: Menu) -> None:
    world.store.region = "台北市"
    world.store.save()

    (said,) = answered(world, STATION, "臺北市大安區仁愛路四段")

    assert world.store.name in said.text
    assert world.other_store.name not in said.text
    assert quick_replies(said) == []


def test_stores_that_are_not_on_the_map_come_after_those_that_are(world: make.World, menu: Menu) -> None:
    place(world.other_store, KAOHSIUNG)
    Store.objects.filter(pk=world.store.pk).update(region="台北市")

    by_distance, by_region = answered(world, STATION, "台北市中正區")

    assert world.other_store.name in by_distance.text
    assert world.store.name in by_region.text


def test_a_place_of_which_nothing_is_known_asks_for_the_region(world: make.World, menu: Menu) -> None:
    nothing, listed = answered(world, None, "somewhere")

    assert nothing.text
    assert world.store.name in listed.text


def test_the_answer_to_the_tap_offers_to_send_the_place(world: make.World, menu: Menu) -> None:
    (without,) = tapped(world)
    place(world.store, TOWER)
    (listed,) = tapped(world, event_id=2)
    for number in range(14):
        make.store(brands=[world.brand], market=world.market, region="台中市" if number % 2 else "新北市")
    (asked,) = tapped(world, event_id=3)

    assert quick_replies(without) == []
    assert quick_replies(listed) == quick_replies(asked) == ["location"]
    assert len(asked.details["buttons"]) == 3


def test_line_takes_the_answer(world: make.World, menu: Menu, line: LineSandbox) -> None:
    line.befriend(world.contact)
    for store in (world.store, world.other_store):
        place(store, TOWER, name="店" * 60, address="路" * 200, phone="02-5550-1234")
        make.opening_hours(store)
    answered(world, STATION)

    assert line.refusals(world.account, OutboundMessage.objects.get().messages) == []


def test_stores_are_listed_with_address_and_telephone(world: make.World, menu: Menu) -> None:
    world.store.address, world.store.phone = "台北市信義區松高路 1 號", "02-1234-5678"
    world.store.save()
    world.other_store.closed_on = timezone.localdate()
    world.other_store.save()

    (said,) = tapped(world)

    assert "台北市信義區松高路 1 號" in said.text
    assert "02-1234-5678" in said.text
    assert world.other_store.name not in said.text


def test_many_stores_are_asked_for_by_region(world: make.World, menu: Menu) -> None:
    for number in range(14):
        make.store(brands=[world.brand], market=world.market, region="台中市" if number % 2 else "台北市")

    (asked,) = tapped(world)
    (told,) = tapped(world, "stores/台中市", 2)

    assert "台中市" in " ".join(asked.details["buttons"])
    assert told.text.count("store-") == 7


def test_only_whoever_asked_for_a_store_gets_an_answer_to_a_place(world: make.World, menu: Menu) -> None:
    def sent(event_id: int) -> MessageReceived:
        return MessageReceived(
            event_id,
            world.account.pk,
            world.contact.external_id,
            NOON,
            provider_message_id=f"{event_id}",
            kind="location",
            details={"address": "台北市", "latitude": STATION.latitude, "longitude": STATION.longitude},
        )

    asked_at = NOON - dt.timedelta(minutes=1)
    taps.take_messages([sent(1)])
    taps.take_postbacks(
        [
            PostbackReceived(
                2, world.account.pk, world.contact.external_id, asked_at, data="menu/nearest-store?everyone.1"
            )
        ]
    )
    taps.take_messages([sent(3)])

    (job,) = ProcrastinateJob.objects.filter(task_name="madoguchi.menus.tasks.answer_location")
    assert job.args["event_id"] == 3
    place(world.store, TOWER)
    answer_location(**job.args)
    assert " 5.0 " in Message.objects.latest("pk").text


@pytest.mark.parametrize(
    ("kilometres", "said"),
    [
        (0.0, "50 m"),
        (0.33, "350 m"),
        (0.97, "950 m"),
        (0.99, "1.0 km"),
        (9.94, "9.9 km"),
        (9.96, "10 km"),
        (12.6, "13 km"),
        (2101, "2,101 km"),
    ],
)
def test_distances_are_said_as_people_say_them(kilometres: float, said: str) -> None:
    with translation.override("en"):
        assert said in visits.far(kilometres)
