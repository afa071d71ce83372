"""Every decision and every finding has words of its own."""

import itertools

import pytest
from django.utils import translation

from madoguchi.routing import reasons
from madoguchi.routing.models import Decision, Rule
from madoguchi.routing.rules import Condition, Finding


@pytest.fixture(autouse=True)
def _english() -> object:
    with translation.override("en"):
        yield


def test_every_reason_and_every_choice_can_be_said() -> None:
    lines = {
        reasons.of_line(choice, reason, person="葵", place="信義店", rule=rule)
        for choice, reason, rule in itertools.product(Decision.Choice, Decision.Reason, ("", "Repairs"))
    }
    told = {reasons.of_reason(reason, place="信義店") for reason in Decision.Reason}

    assert len(told) == len(Decision.Reason)
    assert not [said for said in lines | told if "%(" in said]


@pytest.mark.parametrize(
    ("outcome", "choice", "said"),
    [
        ("assigned", "bound", "To 葵: looks after this customer and is on duty"),
        ("assigned", "least_loaded", "To 葵 at 信義店: has the fewest open conversations"),
        ("queued", "all_full", "To the queue of 信義店: everybody on duty is full"),
        ("overflowed", "nobody_chosen", "On to 信義店: it waited longer than the team allows"),
        ("withdrawn", "nobody_chosen", "Back to the queue of 信義店: 葵 did not answer in time"),
        ("returned", "bound", "Back to 葵: looks after this customer and is on duty again"),
    ],
)
def test_a_move_says_where_it_went_and_how(outcome: str, choice: str, said: str) -> None:
    move = reasons.of_move(Decision.Outcome(outcome), Decision.Choice(choice), person="葵", place="信義店")

    assert move == said


def test_the_line_in_the_thread_names_what_sent_it_there() -> None:
    to_person = reasons.of_line(Decision.Choice.LAST, Decision.Reason.BOUND_STORE, person="葵", place="信義店")
    to_queue = reasons.of_line(
        Decision.Choice.NOBODY_CHOSEN, Decision.Reason.RULE, person="", place="維修中心", rule="報修"
    )

    assert to_person == "To 葵 at 信義店 (the customer's store): answered this customer last"
    assert to_queue == "To the queue of 維修中心: by the rule “報修”"


def test_every_condition_can_be_said_both_ways() -> None:
    rule = Rule(kind=Rule.Kind.WRITTEN)
    for condition in Condition:
        holds = reasons.of_finding(Finding(condition, True, "zh-hant"), rule)
        fails = reasons.of_finding(Finding(condition, False), rule)

        assert holds != fails
        assert "%(" not in holds + fails


def test_a_finding_names_what_was_met() -> None:
    rule = Rule(kind=Rule.Kind.WRITTEN)
    cells = {"repair": "維修申請"}

    assert reasons.of_finding(Finding(Condition.KEYWORD, True, "維修"), rule) == "The message says “維修”"
    assert reasons.of_finding(Finding(Condition.CELL, True, "repair"), rule, cells) == "The customer tapped “維修申請”"
    assert reasons.of_finding(Finding(Condition.LOCALE, True, "ja"), rule) == "The customer's language is Japanese"
    assert reasons.of_finding(Finding(Condition.LOCALE, True, "tlh"), rule) == "The customer's language is tlh"
    assert reasons.of_finding(Finding(Condition.ON_DUTY, False, "on_leave"), rule) == "That person is on leave"
    store = Rule(kind=Rule.Kind.BOUND_STORE)
    assert reasons.of_finding(Finding(Condition.BOUND, False), store) == "The customer belongs to no store"
