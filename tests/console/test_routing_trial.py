"""Trying the rules out, and the same explanation in the thread."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from madoguchi.conversations.models import Conversation, Message
from madoguchi.duty.actions.seats import say_on_duty
from madoguchi.duty.models import OpeningHours
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission
from madoguchi.routing.administration import save_rule
from madoguchi.routing.fields import RuleFields, TeamFields
from madoguchi.routing.models import Decision, Team
from madoguchi.routing.router import route
from madoguchi.routing.team_administration import Scope, save_away_replies, save_team
from tests import make
from tests.console.conftest import SignIn
from tests.console.page import Element, read
from tests.make import World

P = Permission


@pytest.fixture
def boss(world: World) -> Staff:
    role = make.role(P.ROUTING_READ, P.ROUTING_EDIT, P.CONVERSATION_READ, P.MEMBER_READ)
    return make.staff("boss", role=role, locale="en")


def _asked(world: World, text: str, **more: Any) -> dict[str, Any]:
    return {"text": text, "account": world.account.pk} | more


def _steps(page: Element) -> list[tuple[str, bool, list[str]]]:
    """Number, whether it takes it, and what was found."""
    steps = page.one("ol", class_="trial-steps").children
    return [
        (
            step.one(class_="rule-number").text,
            "takes" in step.attributes["class"],
            [found.text for found in step.all("li")],
        )
        for step in steps
        if isinstance(step, Element)
    ]


@pytest.mark.parametrize("locale", ["zh-hant", "en"])
def test_the_only_account_is_tried_whatever_language_the_reader_has(
    world: World, sign_in: SignIn, boss: Staff, locale: str
) -> None:
    Staff.objects.filter(pk=boss.pk).update(locale=locale)

    page = read(sign_in(make.fresh(boss)).get("/routing").content)

    assert page.one("input", name="account").attributes["value"] == str(world.account.pk)


def test_each_rule_says_what_it_found_and_the_first_that_fits_takes_it(
    world: World, sign_in: SignIn, boss: Staff
) -> None:
    save_rule(by=boss, rule_id=None, fields=RuleFields(keywords=("退貨",), to_store=world.other_store))
    save_rule(by=boss, rule_id=None, fields=RuleFields(keywords=("維修",), to_department=world.department))
    save_rule(by=boss, rule_id=None, fields=RuleFields(to_store=world.store))

    page = read(sign_in(boss, htmx=True).get("/routing/trial", _asked(world, "請問維修多少錢")).content)

    assert _steps(page) == [
        ("1", False, ["Nobody looks after the customer"]),
        ("2", False, ["The customer belongs to no store"]),
        ("3", False, ["None of the words is in the message"]),
        ("4", True, ["The message says “維修”"]),
    ]
    assert page.one("p", class_="outcome-where").text == "To the queue of 客服中心: the team takes conversations itself"


def test_what_no_rule_takes_goes_to_the_accounts_own_department(world: World, sign_in: SignIn, boss: Staff) -> None:
    page = read(sign_in(boss, htmx=True).get("/routing/trial", _asked(world, "你好")).content)

    assert [taken for _number, taken, _found in _steps(page)] == [False, False, True]
    assert "No rule takes it: the account's own department gets it." in page.text


def test_it_says_who_is_there_with_how_much_on_their_hands_and_who_gets_it(
    world: World, sign_in: SignIn, boss: Staff
) -> None:
    busy = make.staff("busy", name="忙", store=world.store)
    make.conversation(world.account, name="先", store=world.store, holder=busy)
    save_rule(by=boss, rule_id=None, fields=RuleFields(to_store=world.store))
    save_team(by=boss, scope=Scope(store=world.store), fields=TeamFields(method=Team.Method.LEAST_LOADED))

    page = read(sign_in(boss, htmx=True).get("/routing/trial", _asked(world, "你好")).content)

    crew = {row.one("b").text: row for row in page.all("li", class_="crew-row")}
    assert set(crew) == {"葵", "忙"}
    assert ("gets it" in crew["葵"].text, "gets it" in crew["忙"].text) == (True, False)
    assert ("0/8" in crew["葵"].text, "1/8" in crew["忙"].text) == (True, True)
    assert (
        page.one("p", class_="outcome-where").text == f"To 葵 at {world.store.name}: has the fewest open conversations"
    )


def test_a_customer_with_a_person_of_their_own_goes_to_them_while_they_are_on_duty(
    world: World, sign_in: SignIn, boss: Staff
) -> None:
    make.binding(world.member, world.aoi, store=world.store)
    client, asked = sign_in(boss, htmx=True), _asked(world, "你好", member=world.member.public_id)

    present = read(client.get("/routing/trial", asked).content)
    say_on_duty(staff=world.aoi, is_on_duty=False)
    away = read(client.get("/routing/trial", asked).content)

    assert _steps(present) == [
        (
            "1",
            True,
            ["Somebody looks after the customer", "That person is on duty", "That person has room for one more"],
        )
    ]
    assert present.one("p", class_="outcome-where").text == "To 葵: looks after this customer and is on duty"
    assert _steps(away) == [
        ("1", False, ["Somebody looks after the customer", "That person is off duty"]),
        ("2", True, ["The customer belongs to a store"]),
    ]


def test_trying_changes_nothing(world: World, sign_in: SignIn, boss: Staff) -> None:
    save_team(by=boss, scope=Scope(department=world.department), fields=TeamFields(method=Team.Method.ROUND_ROBIN))
    before = list(Conversation.objects.values()), Message.objects.count()

    answer = sign_in(boss).get("/routing/trial", _asked(world, "你好", member=world.member.public_id))

    assert answer.status_code == 200
    assert (list(Conversation.objects.values()), Message.objects.count()) == before
    assert not Decision.objects.exists()


def test_nonsense_is_told_and_a_customer_out_of_reach_is_not_shown(world: World, sign_in: SignIn, boss: Staff) -> None:
    there = make.staff(
        "there", role=make.role(P.ROUTING_READ, P.CONVERSATION_READ, P.MEMBER_READ), store=world.other_store
    )

    no_account = sign_in(boss, htmx=True).get("/routing/trial", {"text": "x"})
    nobody = sign_in(boss, htmx=True).get("/routing/trial", _asked(world, "x", member="nobody"))
    hidden = sign_in(there, htmx=True).get("/routing/trial", _asked(world, "x", member=world.member.public_id))
    found = sign_in(there, htmx=True).get("/routing/trial/customers", {"q": "美玲"})
    seen = sign_in(boss, htmx=True).get("/routing/trial/customers", {"q": "美玲"})

    assert {answer.status_code for answer in (no_account, nobody, hidden)} == {422}
    assert world.member.public_id not in found.content.decode()
    assert read(seen.content).one("input").attributes["value"] == world.member.public_id
    assert sign_in(world.aoi).get("/routing/trial", _asked(world, "x")).status_code == 403


def test_without_script_the_trial_is_a_page(world: World, sign_in: SignIn, boss: Staff) -> None:
    page = read(sign_in(boss).get("/routing/trial", _asked(world, "你好")).content)

    assert page.one("textarea", name="text").text == "你好"
    assert page.all("ol", class_="trial-steps")


def test_a_trial_costs_the_same_for_many_rules(
    world: World, sign_in: SignIn, boss: Staff, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        save_rule(by=boss, rule_id=None, fields=RuleFields(keywords=(f"word {number}",), to_store=world.store))
    client = sign_in(boss, htmx=True)

    with django_assert_max_num_queries(45):
        page = client.get("/routing/trial", _asked(world, "word 19"))

    assert "To the queue of" in page.content.decode()


# -- in the thread -------------------------------------------------------------------------------------------------


@pytest.fixture
def routed(world: World, boss: Staff) -> Conversation:
    """Somebody asked about filters, and the router has looked at it."""
    rule = RuleFields(name="Filters", keywords=("濾網",), to_department=world.department)
    save_rule(by=boss, rule_id=None, fields=rule)
    conversation = make.conversation(world.account, name="新客", text="濾網多少錢")
    route(timezone.now())
    return conversation


def test_the_thread_says_in_a_sentence_where_it_went_and_the_dialog_why(
    world: World, sign_in: SignIn, boss: Staff, routed: Conversation
) -> None:
    thread = read(sign_in(boss).get(f"/conversations/{routed.public_id}").content)
    line = next(line for line in thread.all("li", class_="system") if line.all("a"))
    dialog = read(sign_in(boss, htmx=True).get(line.one("a").attributes["href"]).content)
    page = sign_in(boss).get(line.one("a").attributes["href"])

    assert line.one("span").text == "To the queue of 客服中心: by the rule “Filters”"
    assert "A written rule sends it to 客服中心." in dialog.text
    assert "If the customer writes “濾網” → 客服中心" in dialog.text
    assert page.status_code == 200


def test_from_the_thread_the_rules_are_tried_with_the_customers_words(
    world: World, sign_in: SignIn, boss: Staff, routed: Conversation
) -> None:
    line = Message.objects.get(details__event="routed")
    client, address = sign_in(boss, htmx=True), f"/conversations/{routed.public_id}/messages/{line.pk}/decision"

    link = read(client.get(address).content).one("a").attributes["href"]
    tried = read(client.get(link).content)

    assert [found for _number, taken, found in _steps(tried) if taken] == [["The message says “濾網”"]]
    assert read(sign_in(world.mio, htmx=True).get(address).content).all("a") != []
    assert read(sign_in(world.ren, htmx=True).get(address).content).all("dialog") == []


def test_a_decision_is_shown_to_whoever_sees_the_conversation_only(
    world: World, sign_in: SignIn, boss: Staff, routed: Conversation
) -> None:
    line = Message.objects.get(details__event="routed")
    own, other = (f"/conversations/{c.public_id}/messages/{line.pk}/decision" for c in (routed, world.conversation))

    assert sign_in(boss).get(own).status_code == 200
    assert sign_in(world.ren).get(own).status_code == 404
    assert sign_in(boss).get(other).status_code == 404


# -- in the queue --------------------------------------------------------------------------------------------------


def test_where_customers_are_told_their_place_the_row_shows_it(world: World, sign_in: SignIn, boss: Staff) -> None:
    save_team(by=boss, scope=Scope(store=world.store), fields=TeamFields(tells_position=True))
    earlier = timezone.now() - dt.timedelta(hours=1)
    make.conversation(world.account, name="先來", store=world.store, at=earlier)
    make.conversation(world.account, name="別處", store=world.other_store)

    page = read(sign_in(boss).get("/inbox?view=all").content)

    told = {
        row.one("span", class_="row-who").one("b").text: [b.text for b in row.all("b", class_="row-position")]
        for row in page.one("ol", id="queue-list").all("li", class_="row")
    }
    assert told == {"陳美玲": ["No. 2 in the queue"], "先來": ["No. 1 in the queue"], "別處": []}


def test_what_the_customer_is_told_at_night_is_shown(world: World, sign_in: SignIn, boss: Staff) -> None:
    save_away_replies(by=boss, scope=Scope(), texts={"zh-hant": "我們休息中，{opens} 起回覆。"})
    OpeningHours.objects.create(department=world.department, weekday=0, opens_at="09:00", closes_at="18:00")

    asked = _asked(world, "你好", at="2026-11-22T23:00")
    page = read(sign_in(boss, htmx=True).get("/routing/trial", asked).content)

    assert page.one("p", class_="told").text.startswith("我們休息中，")
    assert "{opens}" not in page.text
