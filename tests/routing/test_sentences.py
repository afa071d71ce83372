"""A rule, a team and a decision, as people read them."""

import datetime as dt

import pytest
from django.utils import translation

from madoguchi.organization.models import Market
from madoguchi.routing import sentences
from madoguchi.routing.fields import RuleFields, TeamFields
from madoguchi.routing.models import Rule, Skill, Team
from tests.make import World


@pytest.fixture(autouse=True)
def _english() -> object:
    with translation.override("en"):
        yield


def test_a_rule_is_one_sentence_of_all_its_conditions_in_a_fixed_order(world: World) -> None:
    rule = RuleFields(
        keywords=("維修", "故障"),
        brands=(world.brand,),
        locales=("ja", "en"),
        weekdays=(0, 1, 2, 3, 4, 6),
        from_time=dt.time(9),
        until_time=dt.time(18),
        when=Rule.When.OPEN,
        to_department=world.department,
        skill=Skill(name="Coffee machines"),
        is_urgent=True,
    )

    assert str(sentences.of_fields(rule)) == (
        "If the customer writes “維修” or “故障”, it is about 森之光, the customer's language is Japanese or English, "
        "the day is Monday to Friday or Sunday, the time is between 09:00 and 18:00, 客服中心 is open → "
        "客服中心, someone with the skill “Coffee machines”, urgent"
    )


def test_a_rule_that_asks_for_nothing_always_applies(world: World) -> None:
    assert str(sentences.of_fields(RuleFields(to_store=world.store))) == f"Always → {world.store.name}"


def test_a_rule_of_one_market_says_so(world: World) -> None:
    rule = RuleFields(market=world.market, to_store=world.store, when=Rule.When.CLOSED)

    assert str(sentences.of_fields(rule)) == (
        f"If the market is {world.market.name}, {world.store.name} is closed → {world.store.name}"
    )


def test_an_unfinished_rule_can_be_read_already() -> None:
    assert str(sentences.of_fields(RuleFields(keywords=("repair",)))) == (
        "If the customer writes “repair” → (not chosen yet)"
    )


def test_cells_of_menus_are_called_by_their_labels_where_they_have_one(world: World) -> None:
    rule = RuleFields(cells=("repair", "gone"), to_store=world.store)

    said = str(sentences.of_fields(rule, {"repair": "維修申請"}))

    assert said == f"If the customer tapped “維修申請” or “gone” in the menu → {world.store.name}"


@pytest.mark.django_db
def test_the_two_rules_of_the_beginning_are_told_from_the_written_ones() -> None:
    person, store = Rule.objects.order_by("position")

    assert str(sentences.sentence(person)) == "If somebody looks after the customer and is on duty → that person"
    assert str(sentences.sentence(store)) == "If the customer belongs to a store → the team of that store"


def test_a_saved_rule_reads_like_the_form_it_was_written_in(world: World) -> None:
    rule = Rule.objects.create(position=30, keywords=["退貨"], weekdays=[5, 6], to_department=world.department)
    rule.brands.set([world.brand])

    fields = RuleFields(keywords=("退貨",), brands=(world.brand,), weekdays=(5, 6), to_department=world.department)

    assert RuleFields.of(rule) == fields
    assert sentences.sentence(rule) == sentences.of_fields(fields)


@pytest.mark.parametrize(
    ("weekdays", "said"),
    [
        ((6,), "Sunday"),
        ((0, 1), "Monday or Tuesday"),
        ((4, 2, 3), "Wednesday to Friday"),
        ((0, 2, 3, 4, 5), "Monday or Wednesday to Saturday"),
        (tuple(range(7)), "Monday to Sunday"),
    ],
)
def test_days_in_a_row_are_drawn_together(weekdays: tuple[int, ...], said: str) -> None:
    assert sentences.of_fields(RuleFields(weekdays=weekdays)).conditions == (f"the day is {said}",)


def test_lists_are_joined_as_the_reader_joins_them(world: World) -> None:
    rule = RuleFields(market=Market(name="台灣"), brands=(world.brand, world.other_brand), to_store=world.store)

    with translation.override("zh-hant"):
        joined = sentences.of_fields(rule).conditions[1]

    assert "森之光或Lune" in joined


def test_a_team_by_default_chooses_nobody_and_takes_back_after_a_quarter_of_an_hour() -> None:
    assert sentences.of_team(TeamFields()) == [
        "Nobody is chosen: whoever is free takes it.",
        "Without an answer within 15 working minutes the team gets it back.",
    ]


def test_a_team_says_all_that_it_does(world: World) -> None:
    team = TeamFields(
        method=Team.Method.LEAST_LOADED,
        answer_minutes=1,
        supervisor=world.mio,
        overflow_minutes=30,
        overflow_department=world.department,
        tells_position=True,
    )

    assert sentences.of_team(team) == [
        "Whoever has the fewest open conversations gets the next.",
        "Whoever answered the customer last comes first.",
        "Without an answer within 1 working minute the team gets it back, and 澪 is told.",
        "After 30 working minutes of waiting it goes to 客服中心.",
        "Who waits is told their place in the queue and how long it takes.",
    ]
