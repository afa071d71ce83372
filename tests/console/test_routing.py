"""The rules on their page: in order, as sentences, changed by whoever may."""

import pytest
from pytest_django import DjangoAssertNumQueries

from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission
from madoguchi.routing import administration
from madoguchi.routing.administration import save_rule
from madoguchi.routing.fields import RuleFields
from madoguchi.routing.models import Rule
from tests import make
from tests.console.conftest import SignIn
from tests.console.page import Element, read
from tests.make import World

P = Permission
FORM = {"keywords": "維修、 故障", "when": "always", "name": "Repairs"}


@pytest.fixture
def boss(world: World) -> Staff:
    return make.staff("boss", role=make.role(P.ROUTING_READ, P.ROUTING_EDIT), locale="en")


@pytest.fixture
def reader(world: World) -> Staff:
    return make.staff("reader", role=make.role(P.ROUTING_READ), locale="en")


def _rules(page: Element) -> list[Element]:
    return page.one("ol", class_="rule-list").all("li", class_="rule")


def _said(rule: Element) -> str:
    when, target = rule.one("a").all("p")[0].text, rule.one("span", class_="rule-target").text
    return f"{when} → {target}"


def test_rules_are_shown_in_order_as_sentences_and_what_is_left_comes_last(
    world: World, sign_in: SignIn, boss: Staff
) -> None:
    save_rule(by=boss, rule_id=None, fields=RuleFields(keywords=("維修",), to_department=world.department))

    page = read(sign_in(boss).get("/routing").content)

    assert [_said(rule) for rule in _rules(page)] == [
        "If somebody looks after the customer and is on duty → that person",
        "If the customer belongs to a store → the team of that store",
        "If the customer writes “維修” → 客服中心",
    ]
    assert "客服中心" in page.one("div", class_="rule-rest").text


def test_a_rule_is_written_in_the_form(world: World, sign_in: SignIn, boss: Staff) -> None:
    answer = sign_in(boss).post("/routing/rules/new", FORM | {"to": f"store-{world.store.pk}", "weekdays": ["0", "6"]})

    rule = Rule.objects.get(kind="written")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/routing")
    assert (rule.keywords, rule.weekdays, rule.to_store, rule.name) == (
        ["維修", "故障"],
        [0, 6],
        world.store,
        "Repairs",
    )


def test_what_is_missing_stands_in_the_form_and_nothing_is_saved(world: World, sign_in: SignIn, boss: Staff) -> None:
    answer = sign_in(boss).post("/routing/rules/new", FORM)

    assert answer.status_code == 422
    assert read(answer.content).one("p", class_="refused").text == "Choose the store or department it goes to."
    assert not Rule.objects.filter(kind="written").exists()


def test_the_sentence_follows_the_form_as_it_is_filled_in(world: World, sign_in: SignIn, boss: Staff) -> None:
    client = sign_in(boss, htmx=True)

    unfinished = read(client.post("/routing/rules/sentence", FORM).content)
    finished = read(client.post("/routing/rules/sentence", FORM | {"to": f"store-{world.store.pk}"}).content)

    assert unfinished.all("p")[0].text == "If the customer writes “維修” or “故障”"
    assert unfinished.one("b").text == "(not chosen yet)"
    assert finished.one("b").text == world.store.name
    assert not Rule.objects.filter(kind="written").exists()


def test_whoever_may_read_sees_rules_and_changes_none(
    world: World, sign_in: SignIn, boss: Staff, reader: Staff
) -> None:
    rule = save_rule(by=boss, rule_id=None, fields=RuleFields(to_store=world.store))
    before = list(Rule.objects.order_by("pk").values())
    client = sign_in(reader)
    address = f"/routing/rules/{rule.pk}"

    page, form = read(client.get("/routing").content), read(client.get(address).content)
    posts = ["/routing/rules/new", address, f"{address}/position", f"{address}/activity", f"{address}/removal"]
    answers = [client.post(post, {"to": f"store-{world.other_store.pk}", "when": "always"}) for post in posts]

    assert len(_rules(page)) == 3
    assert page.all("button", class_="rule-switch") == []
    assert all("disabled" in fieldset.attributes for fieldset in form.all("fieldset", class_="panel"))
    assert {answer.status_code for answer in answers} == {403}
    assert list(Rule.objects.order_by("pk").values()) == before
    assert sign_in(world.aoi).get("/routing").status_code == 403


def test_a_rule_moves_by_its_arrows_without_any_script(world: World, sign_in: SignIn, boss: Staff) -> None:
    first, second = administration.rules().values_list("pk", flat=True)
    client = sign_in(boss)
    page = read(client.get("/routing").content)
    down = next(form for form in page.all("form", action=f"/routing/rules/{first}/position") if form.all(name="after"))

    client.post(f"/routing/rules/{first}/position", {"after": down.one(name="after").attributes["value"]})
    assert list(administration.rules().values_list("pk", flat=True)) == [second, first]

    client.post(f"/routing/rules/{first}/position", {"before": second})
    assert list(administration.rules().values_list("pk", flat=True)) == [first, second]


def test_a_rule_is_switched_off_and_on(world: World, sign_in: SignIn, boss: Staff) -> None:
    rule = administration.rules()[0]
    client = sign_in(boss)

    client.post(f"/routing/rules/{rule.pk}/activity", {"active": "no"})
    page = read(client.get("/routing").content)
    assert not Rule.objects.get(pk=rule.pk).is_active
    assert [switch.attributes["aria-pressed"] for switch in page.all("button", class_="rule-switch")] == [
        "false",
        "true",
    ]

    client.post(f"/routing/rules/{rule.pk}/activity", {"active": "yes"})
    assert Rule.objects.get(pk=rule.pk).is_active


def test_deleting_asks_first_and_spares_the_rules_of_the_beginning(world: World, sign_in: SignIn, boss: Staff) -> None:
    rule = save_rule(by=boss, rule_id=None, fields=RuleFields(keywords=("維修",), to_store=world.store))
    first = administration.rules()[0]
    client = sign_in(boss)

    asked = read(client.get(f"/routing/rules/{rule.pk}/removal").content)
    assert "If the customer writes “維修”" in asked.one("div", class_="rule-sentence").text
    assert Rule.objects.count() == 3

    client.post(f"/routing/rules/{rule.pk}/removal")
    refused = client.post(f"/routing/rules/{first.pk}/removal", follow=True)
    assert Rule.objects.count() == 2
    assert "cannot be moved" not in refused.content.decode()
    assert "but not deleted" in refused.content.decode()


def test_a_rule_that_is_never_reached_says_which_one_takes_everything(
    world: World, sign_in: SignIn, boss: Staff
) -> None:
    save_rule(by=boss, rule_id=None, fields=RuleFields(keywords=("維修",), to_store=world.store))
    later = save_rule(by=boss, rule_id=None, fields=RuleFields(keywords=("維修費",), to_store=world.other_store))

    page = read(sign_in(boss).get("/routing").content)

    told = [trouble.text for trouble in page.all("p", class_="rule-trouble")]
    assert told == ["This rule is never reached: rule 3 takes everything that would come here."]
    assert page.one("li", data_rule=str(later.pk)).all("p", class_="rule-trouble")


def test_a_market_shows_its_own_rules_and_those_of_all(world: World, sign_in: SignIn, boss: Staff) -> None:
    japan = make.market("jp", name="日本", locale="ja", zone="Asia/Tokyo")
    ginza = make.store("ginza", name="銀座店", market=japan)
    save_rule(by=boss, rule_id=None, fields=RuleFields(market=world.market, to_store=world.store))
    save_rule(by=boss, rule_id=None, fields=RuleFields(market=japan, to_store=ginza))

    page = read(sign_in(boss).get("/routing?market=jp").content)

    assert [rule.one("span", class_="rule-number").text for rule in _rules(page)] == ["1", "2", "4"]


def test_the_page_costs_the_same_for_many_rules(
    world: World, sign_in: SignIn, boss: Staff, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(25):
        fields = RuleFields(keywords=(f"word {number}",), brands=(world.brand,), to_store=world.store)
        save_rule(by=boss, rule_id=None, fields=fields)
    client = sign_in(boss)

    with django_assert_max_num_queries(14):
        page = client.get("/routing")

    assert len(_rules(read(page.content))) == 27
