"""Rules against facts, one condition after the other. Nothing here asks the database for more than the rules."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from madoguchi.duty.schedule import Absence, Place
from madoguchi.routing.models import Decision, Rule
from madoguchi.routing.rules import Bound, Condition, Facts, Ready, Verdict, evaluate

TAIPEI = ZoneInfo("Asia/Taipei")
FRIDAY_NOON = dt.datetime(2026, 11, 20, 12, 0, tzinfo=TAIPEI)
CARE, REPAIR, STORE = Place(department_id=1), Place(department_id=2), Place(store_id=3)
FACTS = Facts(
    local_time=FRIDAY_NOON, default=CARE, market_id=1, brand_id=5, locale="zh-hant", text="請問冷氣可以維修嗎"
)


def written(**conditions: Any) -> Ready:
    brand_ids = conditions.pop("brand_ids", ())
    rule = Rule(to_department_id=2, **conditions)
    ready = Ready(rule, rule.market_id, (), frozenset(brand_ids), frozenset(), REPAIR)
    return replace(
        ready,
        keywords=tuple((word.casefold(), word) for word in conditions.get("keywords", ())),
        weekdays=frozenset(conditions.get("weekdays", ())),
    )


def asked(*rules: Ready, facts: Facts = FACTS, open_places: frozenset[Place] = frozenset({REPAIR})) -> Verdict:
    return evaluate(rules, facts, is_open=open_places.__contains__)


def time(hour: int, minute: int = 0) -> dt.time:
    return dt.time(hour, minute)


@pytest.mark.parametrize(
    ("conditions", "facts", "matches"),
    [
        ({}, {}, True),
        ({"market_id": 1}, {}, True),
        ({"market_id": 2}, {}, False),
        ({"keywords": ["維修"]}, {}, True),
        ({"keywords": ["安裝", "維修"]}, {}, True),
        ({"keywords": ["安裝"]}, {}, False),
        ({"keywords": ["repair"]}, {"text": "ＲＥＰＡＩＲ please"}, True),
        ({"keywords": ["ミシン"]}, {"text": "ﾐｼﾝの修理"}, True),
        ({"keywords": ["straße"]}, {"text": "STRASSE"}, True),
        ({"keywords": ["維修"]}, {"text": ""}, False),
        ({"cells": ["repair"]}, {"cell": "repair"}, True),
        ({"cells": ["repair"]}, {"cell": "shop"}, False),
        ({"cells": ["repair"]}, {}, False),
        ({"brand_ids": [5, 6]}, {}, True),
        ({"brand_ids": [6]}, {}, False),
        ({"brand_ids": [6]}, {"brand_id": None}, False),
        ({"locales": ["ja", "zh-hant"]}, {}, True),
        ({"locales": ["zh"]}, {}, True),
        ({"locales": ["zh-hans"]}, {}, False),
        ({"case_types": ["repair"]}, {"case_types": frozenset({"repair", "refund"})}, True),
        ({"case_types": ["repair"]}, {}, False),
        ({"weekdays": [4]}, {}, True),
        ({"weekdays": [5, 6]}, {}, False),
        ({"from_time": time(9), "until_time": time(12)}, {}, False),
        ({"from_time": time(12), "until_time": time(13)}, {}, True),
        ({"from_time": time(22), "until_time": time(6)}, {}, False),
        ({"from_time": time(22), "until_time": time(6)}, {"local_time": FRIDAY_NOON.replace(hour=23)}, True),
        ({"from_time": time(22), "until_time": time(6)}, {"local_time": FRIDAY_NOON.replace(hour=5)}, True),
        ({"from_time": time(13)}, {}, False),
        ({"from_time": time(11)}, {}, True),
        ({"when": Rule.When.OPEN}, {}, True),
        ({"when": Rule.When.CLOSED}, {}, False),
        ({"keywords": ["維修"], "brand_ids": [6]}, {}, False),
        ({"keywords": ["維修"], "brand_ids": [5], "weekdays": [4]}, {}, True),
    ],
)
def test_a_written_rule_asks_all_its_conditions(
    conditions: dict[str, Any], facts: dict[str, Any], matches: bool
) -> None:
    verdict = asked(written(**conditions), facts=replace(FACTS, **facts))

    assert verdict.place == (REPAIR if matches else CARE)
    assert verdict.reason == (Decision.Reason.RULE if matches else Decision.Reason.DEFAULT)
    assert verdict.steps[0].matched == matches


def test_the_night_belongs_to_the_day_on_which_it_began() -> None:
    night = written(from_time=time(22), until_time=time(6), weekdays=[4])

    assert asked(night, facts=replace(FACTS, local_time=FRIDAY_NOON.replace(hour=23))).place == REPAIR
    assert asked(night, facts=replace(FACTS, local_time=FRIDAY_NOON.replace(day=21, hour=3))).place == REPAIR
    assert asked(night, facts=replace(FACTS, local_time=FRIDAY_NOON.replace(hour=3))).place == CARE


def test_a_closed_target_is_asked_for_at_the_time() -> None:
    at_night = written(when=Rule.When.CLOSED)

    assert asked(at_night, open_places=frozenset()).place == REPAIR


PERSON, TEAM = (
    Ready(Rule(kind=kind), None, (), frozenset(), frozenset(), Place())
    for kind in (Rule.Kind.BOUND_PERSON, Rule.Kind.BOUND_STORE)
)


@pytest.mark.parametrize(
    ("bound", "reason", "person"),
    [
        (None, "default", None),
        (Bound(1, STORE, 7), "bound_person", 7),
        (Bound(1, STORE, 7, Absence.OFF_DUTY), "bound_store", None),
        (Bound(1, STORE, 7, Absence.ON_LEAVE), "bound_store", None),
        (Bound(1, STORE, 7, is_full=True), "bound_store", None),
        (Bound(1, STORE), "bound_store", None),
    ],
)
def test_the_rules_of_the_beginning(bound: Bound | None, reason: str, person: int | None) -> None:
    verdict = asked(PERSON, TEAM, facts=replace(FACTS, bound=bound))

    assert (verdict.reason, verdict.staff_id) == (reason, person)
    assert verdict.place == (STORE if bound else CARE)


def test_a_rule_put_before_them_goes_before_them() -> None:
    facts = replace(FACTS, bound=Bound(1, STORE, 7))

    assert asked(written(keywords=["維修"]), PERSON, TEAM, facts=facts).place == REPAIR
    assert asked(PERSON, TEAM, written(keywords=["維修"]), facts=facts).place == STORE


def test_each_rule_that_was_looked_at_says_what_it_found() -> None:
    verdict = asked(
        PERSON,
        TEAM,
        written(keywords=["維修"], brand_ids=[6]),
        written(keywords=["安裝", "維修"]),
        written(),
    )

    found = [[(why.condition, why.holds, why.found) for why in step.why] for step in verdict.steps]
    assert found == [
        [(Condition.BOUND, False, "")],
        [(Condition.BOUND, False, "")],
        [(Condition.BRAND, False, "")],
        [(Condition.KEYWORD, True, "維修")],
    ]
    assert [step.matched for step in verdict.steps] == [False, False, False, True]
    assert verdict.rule is verdict.steps[-1].rule


def test_why_the_bound_person_does_not_get_it() -> None:
    away = asked(PERSON, facts=replace(FACTS, bound=Bound(1, STORE, 7, Absence.ON_LEAVE)))
    full = asked(PERSON, facts=replace(FACTS, bound=Bound(1, STORE, 7, is_full=True)))

    assert [(why.condition, why.holds, why.found) for why in away.steps[0].why] == [
        (Condition.BOUND, True, ""),
        (Condition.ON_DUTY, False, "on_leave"),
    ]
    assert [why.condition for why in full.steps[0].why if not why.holds] == [Condition.HAS_ROOM]
