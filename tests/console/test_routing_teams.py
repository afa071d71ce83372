"""Teams, skills and away replies on their pages."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from madoguchi.duty.actions.seats import say_on_duty, set_capacity
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission
from madoguchi.routing.administration import save_rule
from madoguchi.routing.fields import RuleFields, TeamFields
from madoguchi.routing.models import AwayReply, Skill, Team
from madoguchi.routing.team_administration import Scope, save_away_replies, save_skill, save_team, set_people_with
from tests import make
from tests.console.conftest import SignIn
from tests.console.page import Element, read
from tests.make import World

P = Permission
TEAM = {"method": "round_robin", "prefers_last": "on", "answer_minutes": "20", "overflow": ""}


@pytest.fixture
def boss(world: World) -> Staff:
    return make.staff(
        "boss", role=make.role(P.ORGANIZATION_READ, P.ROUTING_READ, P.ROUTING_EDIT, P.DUTY_EDIT), locale="en"
    )


@pytest.fixture
def manager(world: World) -> Staff:
    """Of Aoi's store; may not answer customers, so is none of its team."""
    return make.staff("manager", role=make.role(P.ROUTING_READ, P.ROUTING_EDIT), store=world.store, locale="en")


def _rows(page: Element) -> dict[str, str]:
    return {row.one("span", class_="listing-main").one("b").text: row.text for row in page.all("a", class_="team-row")}


def test_a_team_shows_who_is_there_what_they_carry_and_who_waits_how_long(
    world: World, sign_in: SignIn, boss: Staff
) -> None:
    away = make.staff("away", name="遠", store=world.store)
    say_on_duty(staff=away, is_on_duty=False)
    set_capacity(by=boss, staff=world.aoi, capacity=3)
    make.conversation(world.account, name="手上", store=world.store, holder=world.aoi)
    make.conversation(world.account, name="久", store=world.store, at=timezone.now() - dt.timedelta(hours=2))

    teams = _rows(read(sign_in(boss).get("/routing/teams").content))
    page = read(sign_in(boss).get(f"/routing/teams/store-{world.store.pk}").content)
    people = [row.text for row in page.one("section", id="team-people").all("li", class_="crew-row")]

    assert "1 on duty · room for 2 more" in teams[world.store.name]
    assert "2 waiting waits 2 h" in teams[world.store.name]
    assert "waiting" not in teams[world.other_store.name]
    assert ["On duty" in row and "1/3" in row for row in people] == [True, False]
    assert ["Off duty" in row and "0/8" in row for row in people] == [False, True]


def test_a_person_sees_the_teams_of_their_places_only(
    world: World, sign_in: SignIn, boss: Staff, manager: Staff
) -> None:
    everything, own = sign_in(boss), sign_in(manager)

    assert set(_rows(read(everything.get("/routing/teams").content))) == {
        world.store.name,
        world.other_store.name,
        world.department.name,
    }
    assert set(_rows(read(own.get("/routing/teams").content))) == {world.store.name}
    for hidden in (f"store-{world.other_store.pk}", f"department-{world.department.pk}", "store-0", "nothing"):
        assert own.get(f"/routing/teams/{hidden}").status_code == 404
        assert own.post(f"/routing/teams/{hidden}", TEAM).status_code == 404
    assert sign_in(world.aoi).get("/routing/teams").status_code == 403
    assert not Team.objects.exists()


def test_a_manager_settles_how_their_team_works_and_goes_back_to_the_defaults(
    world: World, sign_in: SignIn, manager: Staff
) -> None:
    client, address = sign_in(manager), f"/routing/teams/store-{world.store.pk}"
    assert "Goes by the defaults" in client.get(address).content.decode()
    form = TEAM | {"supervisor": manager.pk, "overflow_minutes": "30", "overflow": f"department-{world.department.pk}"}

    saved = client.post(address, form)
    team = Team.objects.get()
    assert (saved.status_code, TeamFields.of(team)) == (
        302,
        TeamFields(
            method=Team.Method.ROUND_ROBIN,
            answer_minutes=20,
            supervisor=manager,
            overflow_minutes=30,
            overflow_department=world.department,
        ),
    )
    said = read(client.get(address).content).one("div", class_="rule-sentence").text
    assert "After 30 working minutes of waiting it goes to 客服中心." in said

    client.post(f"{address}/defaults")
    assert not Team.objects.exists()


def test_the_limit_of_places_that_settled_nothing_is_shown_and_changed(
    world: World, sign_in: SignIn, boss: Staff
) -> None:
    client, address = sign_in(boss), f"/routing/teams/store-{world.store.pk}"
    market = f"/routing/teams/market-{world.market.pk}"

    before = read(client.get(address).content).one("div", class_="rule-sentence")
    assert "Without an answer within 15 working minutes the team gets it back." in before.text
    assert "These are the defaults of the whole company." in before.text
    assert before.one("a").attributes["href"] == market

    assert client.post("/routing/teams/everywhere", TEAM | {"answer_minutes": "40"}).status_code == 302
    assert "within 40 working minutes" in client.get(market).content.decode()
    assert client.post(market, TEAM | {"answer_minutes": "25"}).status_code == 302
    after = read(client.get(address).content).one("div", class_="rule-sentence").text
    assert "within 25 working minutes" in after
    assert "These are the defaults of 台灣." in after
    listed = [
        row.text for row in read(client.get("/routing/teams").content).one("details", class_="team-defaults").all("li")
    ]
    assert ["within 40" in row or "within 25" in row for row in listed] == [True, True]

    client.post(f"{market}/defaults")
    assert "within 40 working minutes" in client.get(address).content.decode()


def test_defaults_are_changed_by_who_keeps_all_places_they_hold_for(
    world: World, sign_in: SignIn, manager: Staff
) -> None:
    client = sign_in(manager)

    for scope in ("everywhere", f"market-{world.market.pk}"):
        assert client.get(f"/routing/teams/{scope}").status_code == 200
        assert client.post(f"/routing/teams/{scope}", TEAM).status_code == 403
        assert client.post(f"/routing/teams/{scope}/defaults").status_code == 403
    assert client.get("/routing/teams/market-0").status_code == 404
    assert not Team.objects.exists()


def test_half_an_overflow_is_refused_in_words(world: World, sign_in: SignIn, manager: Staff) -> None:
    answer = sign_in(manager).post(f"/routing/teams/store-{world.store.pk}", TEAM | {"overflow_minutes": "30"})

    assert answer.status_code == 422
    assert "after how many minutes, and where" in read(answer.content).one("p", class_="refused").text
    assert not Team.objects.exists()


def test_whoever_may_only_read_changes_no_team(world: World, sign_in: SignIn) -> None:
    reader = make.staff("reader", role=make.role(P.ROUTING_READ), store=world.store)
    client, address = sign_in(reader), f"/routing/teams/store-{world.store.pk}"
    save_team(by=make.staff("root", is_superuser=True, role=None), scope=Scope(store=world.store), fields=TeamFields())

    assert client.get(address).status_code == 200
    assert {client.post(address, TEAM).status_code, client.post(f"{address}/defaults").status_code} == {403}
    assert TeamFields.of(Team.objects.get()) == TeamFields()


def test_the_lists_follow_the_queues_live(world: World, sign_in: SignIn, boss: Staff) -> None:
    client = sign_in(boss, htmx=True)

    rows = read(client.get("/routing/teams/rows").content).one("div", id="teams")
    people = read(client.get(f"/routing/teams/store-{world.store.pk}/people").content).one("section")

    assert "queue-changed" in rows.attributes["hx-trigger"]
    assert client.get(rows.attributes["hx-get"]).status_code == 200
    assert client.get(people.attributes["hx-get"]).status_code == 200


def test_the_page_of_teams_costs_the_same_for_many(
    world: World, sign_in: SignIn, boss: Staff, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(15):
        store = make.store(market=world.market)
        make.staff(f"there-{number}", store=store)
        make.conversation(world.account, name=f"客{number}", store=store)
    client = sign_in(boss)

    with django_assert_max_num_queries(26):
        page = client.get("/routing/teams")

    assert len(_rows(read(page.content))) == 18


# -- skills --------------------------------------------------------------------------------------------------------


def test_skills_are_named_by_the_company_and_given_at_ones_places(
    world: World, sign_in: SignIn, boss: Staff, manager: Staff
) -> None:
    sign_in(boss).post("/routing/skills/new", {"name": "咖啡機"})
    skill = Skill.objects.get()
    set_people_with(by=boss, skill_id=skill.pk, staff_ids=[world.ren.pk])
    own = sign_in(manager)

    page = read(own.get(f"/routing/skills/{skill.pk}").content)
    own.post(f"/routing/skills/{skill.pk}/people", {"staff": [world.aoi.pk]})
    refused = own.post(f"/routing/skills/{skill.pk}/people", {"staff": [world.mio.pk]})

    assert {box.attributes["value"] for box in page.all("input", name="staff")} == {
        str(world.aoi.pk),
        str(manager.pk),
    }
    assert refused.status_code == 403
    assert set(skill.staff.all()) == {world.aoi, world.ren}
    assert own.post("/routing/skills/new", {"name": "Tea"}).status_code == 403
    assert own.post(f"/routing/skills/{skill.pk}/removal").status_code == 403
    assert [row.name for row in Skill.objects.all()] == ["咖啡機"]


def test_deleting_a_skill_names_the_rules_that_want_it(world: World, sign_in: SignIn, boss: Staff) -> None:
    skill = save_skill(by=boss, skill_id=None, name="Repairs")
    rule = save_rule(by=boss, rule_id=None, fields=RuleFields(to_store=world.store, skill=skill))
    client = sign_in(boss)

    asked = read(client.get(f"/routing/skills/{skill.pk}/removal").content)
    client.post(f"/routing/skills/{skill.pk}/removal")

    assert "Always" in asked.one("ul", class_="said").text
    rule.refresh_from_db()
    assert (Skill.objects.count(), rule.skill) == (0, None)


# -- away replies --------------------------------------------------------------------------------------------------


def test_away_replies_are_written_for_everybody_a_market_or_a_place(
    world: World, sign_in: SignIn, boss: Staff, manager: Staff
) -> None:
    own, everybody = sign_in(manager), sign_in(boss)

    everybody.post("/routing/away/everywhere", {"zh-hant": "我們休息中", "en": "Closed until {opens}."})
    everybody.post(f"/routing/away/market-{world.market.pk}", {"ja": "休業中です。"})
    own.post(f"/routing/away/store-{world.store.pk}", {"en": "The counter opens at {opens}."})
    for elsewhere in ("everywhere", f"market-{world.market.pk}", f"store-{world.other_store.pk}"):
        assert own.post(f"/routing/away/{elsewhere}", {"en": "Mine"}).status_code == 403
    assert own.get("/routing/away/market-0").status_code == 404

    assert set(AwayReply.objects.values_list("store", "market", "locale")) == {
        (None, None, "zh-hant"),
        (None, None, "en"),
        (None, world.market.pk, "ja"),
        (world.store.pk, None, "en"),
    }
    listed = read(everybody.get("/routing/away").content).all("a", class_="listing-row")
    assert [row.one("b").text for row in listed] == ["Everywhere", world.market.name, world.store.name]


def test_other_braces_than_opens_are_refused(world: World, sign_in: SignIn, boss: Staff) -> None:
    answer = sign_in(boss).post("/routing/away/everywhere", {"en": "Dear {name}"})

    assert answer.status_code == 422
    assert "Only {opens} is filled in" in read(answer.content).one("p", class_="refused").text
    assert not AwayReply.objects.exists()


@time_machine.travel("2026-11-21 12:00:00+00:00", tick=False)
def test_the_preview_reads_as_the_customer_will_read_it(world: World, sign_in: SignIn, boss: Staff) -> None:
    typed = {"en": "Closed until {opens}.", "ja": "{opens}から。", "zh-hant": " "}

    page = read(sign_in(boss, htmx=True).post("/routing/away/preview", typed).content)

    told = {bubble.attributes["lang"]: bubble.text for bubble in page.all("p", class_="told")}
    assert set(told) == {"en", "ja"}
    assert told["en"] == "Closed until November 22, 10:00."
    assert told["ja"].startswith("11月22日")
    assert not AwayReply.objects.exists()


def test_the_texts_of_a_place_stand_in_its_form(world: World, sign_in: SignIn, boss: Staff) -> None:
    save_away_replies(by=boss, scope=Scope(department=world.department), texts={"en": "Gone fishing"})

    page = read(sign_in(boss).get(f"/routing/away/department-{world.department.pk}").content)

    assert page.one("textarea", name="en").text == "Gone fishing"
    assert page.one("h1").text == world.department.name
