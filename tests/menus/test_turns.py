"""Tabs that customers turn to: counted by where from and where to; a tab that leads nowhere is put right."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.channels.line.events import read
from madoguchi.channels.models import Contact
from madoguchi.channels.ports import MenuTurned
from madoguchi.conversations.models import Message
from madoguchi.intake.routes import handle
from madoguchi.menus import numbers, turns
from madoguchi.menus.models import Menu, Tap, Turn
from madoguchi.menus.numbers import Heat, Way
from madoguchi.menus.tasks import repair_menu_of
from madoguchi.organization.models import Staff
from tests import make
from tests.line_sandbox import LineSandbox
from tests.menus import at_line
from tests.menus.building import draft, published
from tests.menus.going_live import go_live

NOW = timezone.now()


@pytest.fixture
def menu(world: make.World, kai: Staff) -> Menu:
    return go_live(draft(kai, world.account))


def turned(
    world: make.World, to: str, event_id: int, *, who: str = "", is_shown: bool = True, at: dt.datetime = NOW
) -> MenuTurned:
    """``to``: ``<from>.<to>``"""
    who = who or world.contact.external_id
    return MenuTurned(event_id, world.account.pk, who, at, data=f"menu-tab/everyone.{to}", is_shown=is_shown)


def repairs() -> int:
    return ProcrastinateJob.objects.filter(task_name="madoguchi.menus.tasks.repair_menu_of").count()


def test_a_turn_is_written_down_once_with_where_from_and_where_to(world: make.World, menu: Menu) -> None:
    for _ in range(2):
        handle([turned(world, "1.2", 1)])

    found = Turn.objects.get()
    assert (found.variant_code, found.from_position, found.to_position) == ("everyone", 1, 2)
    assert (found.contact, found.is_shown, found.at) == (world.contact, True, NOW)


def test_turning_a_page_says_nothing_in_the_thread_and_makes_nobody_a_customer(world: make.World, menu: Menu) -> None:
    messages = Message.objects.count()

    handle([turned(world, "1.2", 1), turned(world, "1.3", 2, who=make.line_user_id("stranger"))])

    assert list(Turn.objects.order_by("event").values_list("contact", flat=True)) == [world.contact.pk, None]
    assert Message.objects.count() == messages
    assert not Contact.objects.filter(external_id=make.line_user_id("stranger")).exists()
    assert not Tap.objects.exists()


def test_menus_of_others_and_odd_data_are_left_alone(world: make.World, menu: Menu) -> None:
    other = make.account("another", market=world.market)
    events = [
        MenuTurned(1, world.account.pk, world.contact.external_id, NOW, data="to=b", is_shown=False),
        MenuTurned(2, world.account.pk, world.contact.external_id, NOW, data="menu-tab/everyone.1.9", is_shown=True),
        MenuTurned(3, other.pk, world.contact.external_id, NOW, data="menu-tab/everyone.1.2", is_shown=True),
    ]

    turns.take_turns(events)

    assert not Turn.objects.exists()
    assert repairs() == 0


def test_turns_are_counted_by_way(world: make.World, menu: Menu) -> None:
    stranger = make.line_user_id("stranger")
    long_ago = NOW - dt.timedelta(days=40)
    turns.take_turns(
        [
            *(turned(world, "1.2", number) for number in range(3)),
            turned(world, "3.2", 10),
            turned(world, "1.2", 11, who=stranger),
            turned(world, "1.2", 12, at=long_ago),
            turned(world, "1.3", 13, is_shown=False),
        ]
    )
    month = {"since": NOW - dt.timedelta(days=30), "until": NOW + dt.timedelta(seconds=1)}

    assert numbers.turns(menu, **month) == {Way("everyone", 1, 2): Heat(4, 1), Way("everyone", 3, 2): Heat(1, 1)}
    assert numbers.dead_ends(menu, **month) == 1


def test_a_dead_end_is_put_right_by_one_job_however_many_meet_it(
    world: make.World, line: LineSandbox, kai: Staff
) -> None:
    published(kai, world.account)
    before = at_line.aliases(world.account)
    at_line.delete(world.account, "/v2/bot/richmenu/alias/everyone-zh-hant-3")

    turns.take_turns([turned(world, "1.3", 1, is_shown=False), turned(world, "2.3", 2, is_shown=False)])
    turns.take_turns([turned(world, "1.3", 3, is_shown=False)])

    assert repairs() == 1
    repair_menu_of(world.account.pk)
    assert at_line.aliases(world.account) == before


def test_a_tap_on_a_published_tab_says_where_it_stands(world: make.World, line: LineSandbox, kai: Staff) -> None:
    """What we tell LINE is what LINE tells us back."""
    published(kai, world.account)
    standing = at_line.menus(world.account)
    second = standing[at_line.aliases(world.account)["everyone-zh-hant-2"]]
    actions = [area["action"] for area in second["areas"] if area["action"]["type"] == "richmenuswitch"]
    event = {
        "type": "postback",
        "timestamp": int(NOW.timestamp() * 1000),
        "source": {"type": "user", "userId": world.contact.external_id},
        "postback": {"data": actions[1]["data"], "params": {"newRichMenuAliasId": "x", "status": "SUCCESS"}},
    }

    handle([read(1, world.account.pk, event, NOW)])

    assert Turn.objects.values_list("from_position", "to_position").get() == (2, 3)
