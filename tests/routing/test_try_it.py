"""Trying the rules: the same answer as the router gives, and nothing changed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from madoguchi.conversations.models import Conversation
from madoguchi.duty.actions import say_on_duty
from madoguchi.kit.errors import NotAllowed
from madoguchi.routing.models import AwayReply, Team
from madoguchi.routing.rules import Condition
from madoguchi.routing.try_it import explain
from tests import make
from tests.make import World
from tests.routing.desk import NOON, bind, place, routed

pytestmark = pytest.mark.django_db


def test_it_says_what_the_router_then_does(world: World, new: Conversation) -> None:
    bind(new, world.aoi, world.store)
    say_on_duty(staff=world.aoi, is_on_duty=False)
    rin = make.staff("rin", store=world.store)
    make.team(world.store, Team.Method.ROUND_ROBIN)
    make.seat(rin)

    told = explain(staff=world.mio, text="請問可以維修嗎？", account=world.account, member=new.member, at=NOON)
    routed(new)

    assert (told.store, told.department, told.person) == (world.store, None, rin)
    assert (told.reason, told.choice, told.cover) == ("bound_store", "round_robin", "off_duty")
    assert told.bound_person == world.aoi
    assert [step.matched for step in told.steps] == [False, True]
    assert [why.condition for why in told.steps[0].why] == [Condition.BOUND, Condition.ON_DUTY]
    assert (place(new), new.holder) == (told.store, told.person)


def test_nothing_is_changed_by_it(world: World, new: Conversation) -> None:
    make.rule(to=world.store, keywords=["維修"])
    make.team(world.store)

    with CaptureQueriesContext(
        connection,
    ) as asked:
        told = explain(staff=world.mio, text="維修", account=world.account, brand=world.brand)

    assert told.person == world.aoi
    assert all(each["sql"].lstrip().startswith("SELECT") for each in asked.captured_queries)
    assert not any("FOR UPDATE" in each["sql"] for each in asked.captured_queries)


def test_a_closed_desk_shows_what_the_customer_would_read(world: World, new: Conversation) -> None:
    make.opening_hours(world.department, "09:00", "11:00")
    AwayReply.objects.create(locale="ja", text="{opens} に開きます")

    told = explain(staff=world.mio, text="", account=world.account, locale="ja", at=NOON)

    assert not told.is_open
    assert told.opens_at is not None
    assert told.told == "11月21日 09:00 に開きます"
    assert told.rule is None


def test_it_is_not_for_everybody(world: World, new: Conversation) -> None:
    with pytest.raises(NotAllowed):
        explain(staff=world.aoi, text="", account=world.account)


def test_where_customers_are_told_their_place_it_says_which_they_would_have(world: World, new: Conversation) -> None:
    make.team(world.department, Team.Method.NOBODY, tells_position=True)
    routed(new)

    told = explain(staff=world.mio, text="", account=world.account, locale="en", at=NOON)

    assert told.told == "You are number 2 in our queue. We will answer as soon as we can."


def test_whoever_gets_somebody_at_once_is_told_nothing(world: World, new: Conversation) -> None:
    make.team(world.department, tells_position=True)
    make.staff("care", department=world.department)
    AwayReply.objects.create(locale="en", text="We are closed.")

    told = explain(staff=world.mio, text="", account=world.account, locale="en", at=NOON)

    assert told.person is not None
    assert told.told == ""
