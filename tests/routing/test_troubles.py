"""Rules that can do no work are named before a customer finds out."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest
from django.utils import translation

from madoguchi.routing.administration import rules
from madoguchi.routing.models import Rule
from madoguchi.routing.rules import load
from madoguchi.routing.troubles import of_rules
from tests import make
from tests.make import World

TODAY = dt.date(2026, 11, 21)


def _rule(position: int, brands: Sequence[Any] = (), **fields: Any) -> Rule:
    rule = Rule.objects.create(position=position, **fields)
    rule.brands.set(brands)
    return rule


def _troubled() -> set[int]:
    return set(of_rules(list(rules()), TODAY))


def test_nothing_is_wrong_with_the_rules_of_the_beginning(world: World) -> None:
    _rule(30, to_store=world.store)

    assert _troubled() == set()


def test_behind_a_rule_that_asks_for_nothing_no_rule_is_reached(world: World) -> None:
    _rule(5, to_store=world.store)
    behind = _rule(30, keywords=["維修"], to_store=world.other_store)

    assert _troubled() == set(Rule.objects.filter(kind__startswith="bound").values_list("pk", flat=True)) | {behind.pk}


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ({"keywords": ["維修", "故障"]}, {"keywords": ["維修"]}),
        ({"keywords": ["repair"]}, {"keywords": ["ＲＥＰＡＩＲ cost"]}),
        ({"keywords": ["維修"]}, {"keywords": ["維修"], "locales": ["ja"]}),
        ({"weekdays": [5, 6]}, {"weekdays": [6], "keywords": ["x"]}),
        ({"from_time": dt.time(8), "until_time": dt.time(20)}, {"from_time": dt.time(9), "until_time": dt.time(18)}),
        ({"cells": ["a", "b"]}, {"cells": ["b"]}),
    ],
)
def test_a_rule_that_asks_for_less_takes_everything_from_one_that_asks_for_more(
    world: World, earlier: dict[str, Any], later: dict[str, Any]
) -> None:
    first = _rule(30, **earlier, to_store=world.store)
    second = _rule(40, **later, to_store=world.other_store)
    assert _troubled() == {second.pk}

    first.position = 50
    first.save()
    assert _troubled() == set()


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ({"keywords": ["維修費"]}, {"keywords": ["維修"]}),
        ({"keywords": ["維修"]}, {"keywords": ["維修", "故障"]}),
        ({"keywords": ["維修"]}, {"locales": ["ja"]}),
        ({"when": "open"}, {"when": "open"}),
        ({"from_time": dt.time(22), "until_time": dt.time(6)}, {"from_time": dt.time(23), "until_time": dt.time(5)}),
    ],
)
def test_what_might_get_past_the_earlier_rule_is_left_alone(
    world: World, earlier: dict[str, Any], later: dict[str, Any]
) -> None:
    _rule(30, **earlier, to_store=world.store)
    _rule(40, **later, to_store=world.other_store)

    assert _troubled() == set()


def test_brands_and_markets_narrow_a_rule(world: World) -> None:
    _rule(30, [world.brand], to_store=world.store)
    other = _rule(40, [world.other_brand], to_store=world.store)
    both = _rule(50, [world.brand, world.other_brand], to_store=world.store)
    same = _rule(60, [world.brand], market=world.market, to_store=world.store)
    _rule(70, to_store=world.store, market=world.market)
    everywhere = _rule(80, to_store=world.store)
    assert _troubled() == {same.pk}

    Rule.objects.filter(pk__in=[other.pk, both.pk, everywhere.pk]).update(market=world.market)
    assert _troubled() == {same.pk, everywhere.pk}


def test_the_same_question_about_the_same_place_is_asked_once(world: World) -> None:
    _rule(30, when="closed", to_store=world.store)
    again = _rule(40, when="closed", keywords=["x"], to_store=world.store)
    _rule(50, when="closed", to_store=world.other_store)

    assert _troubled() == {again.pk}


def test_a_rule_to_a_store_that_has_closed_is_named_and_stands_in_nobodys_way(world: World) -> None:
    gone = make.store("gone", market=world.market, closed_on=TODAY)
    going = make.store("going", market=world.market, closed_on=TODAY + dt.timedelta(days=1))
    dead = _rule(30, to_store=gone)
    _rule(40, to_store=going)

    assert _troubled() == {dead.pk}
    noon = dt.datetime.combine(TODAY, dt.time(12), tzinfo=dt.UTC)
    assert dead.pk not in [ready.rule.pk for ready in load(noon)]


def test_a_rule_that_asks_for_a_case_says_that_it_takes_nothing_and_hides_no_other(world: World) -> None:
    asks = _rule(30, case_types=["repair"], to_store=world.store)
    _rule(40, case_types=[], keywords=["x"], to_store=world.store)

    with translation.override("en"):
        told = of_rules(list(rules()), TODAY)

    assert told == {asks.pk: "This rule asks for a case, and no cases are kept here yet: it takes nothing."}


def test_rules_that_are_switched_off_cause_no_trouble(world: World) -> None:
    _rule(30, to_store=world.store, is_active=False)
    _rule(40, keywords=["x"], to_store=world.store)

    assert _troubled() == set()
