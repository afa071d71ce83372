"""The written rules, applied: which desk a conversation goes to, and why. Pure: what is known of it is handed in.

Rules are looked at in their order, and the first whose conditions all hold decides. Each that was looked at leaves a
``Step`` with what was found, so that the same run that moves a conversation can explain itself.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from django.utils import timezone

from madoguchi.duty.schedule import Absence, Place
from madoguchi.routing import administration
from madoguchi.routing.models import Decision, Rule

IsOpen = Callable[[Place], bool]


class Condition(StrEnum):
    """What a rule asks. A finding says of one of them whether it holds."""

    MARKET = "market"
    BOUND = "bound"
    """Somebody looks after the customer (of a rule for the store: some store does)."""
    ON_DUTY = "on_duty"
    """That person is on duty …"""
    HAS_ROOM = "has_room"
    """… and can carry one more conversation."""
    KEYWORD = "keyword"
    CELL = "cell"
    BRAND = "brand"
    LOCALE = "locale"
    CASE_TYPE = "case_type"
    WEEKDAY = "weekday"
    TIME = "time"
    TARGET_OPEN = "target_open"
    TARGET_CLOSED = "target_closed"


@dataclass(frozen=True, slots=True)
class Bound:
    """Who looks after the customer."""

    binding_id: int
    place: Place
    staff_id: int | None = None
    """None: the place's whole team."""
    absence: Absence | None = None
    """Of the person; None: on duty."""
    is_full: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the rules go by."""

    local_time: dt.datetime
    """Now, on the market's clock."""
    default: Place
    """Where the account sends what no rule takes."""
    market_id: int | None = None
    brand_id: int | None = None
    locale: str = ""
    """The customer's language."""
    text: str = ""
    """The customer's words of this exchange."""
    cell: str = ""
    """Key of the menu cell tapped last before the words."""
    case_types: frozenset[str] = frozenset()
    """Of the customer's open cases. Nobody keeps cases yet: what asks for one takes nothing (``troubles`` says so)."""
    bound: Bound | None = None


class Finding(NamedTuple):
    condition: Condition
    holds: bool
    found: str = ""
    """What the rule's words met: the keyword, the cell, the language, the kind of case."""


class Step(NamedTuple):
    """One rule that was looked at. ``findings`` ends with the condition that did not hold, if there is one."""

    rule: Rule
    matched: bool
    why: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where the rules send it: to a place, and there to one person where ``staff_id`` says so."""

    steps: tuple[Step, ...]
    reason: Decision.Reason
    place: Place
    staff_id: int | None = None
    rule: Rule | None = None
    """Null: by default."""

    @property
    def skill_id(self) -> int | None:
        return self.rule.skill_id if self.rule else None

    @property
    def is_urgent(self) -> bool:
        return self.rule is not None and self.rule.is_urgent


@dataclass(frozen=True, slots=True)
class Ready:
    """A rule made ready to be asked often."""

    rule: Rule
    market_id: int | None
    keywords: tuple[tuple[str, str], ...]
    """As compared, and as written."""
    brand_ids: frozenset[int]
    weekdays: frozenset[int]
    target: Place

    @classmethod
    def of(cls, rule: Rule) -> Ready:
        """``rule`` has its brands prefetched."""
        return cls(
            rule,
            rule.market_id,
            tuple((fold(word), word) for word in rule.keywords if fold(word)),
            frozenset(brand.pk for brand in rule.brands.all()),
            frozenset(rule.weekdays),
            Place(rule.to_store_id, rule.to_department_id),
        )


def load(now: dt.datetime) -> list[Ready]:
    """The active rules in their order, with all that their sentences name, in two statements.

    Without those that lead to a store that has closed for good: nobody will ever answer there.
    """
    working = administration.rules().filter(is_active=True).exclude(to_store__closed_on__lte=timezone.localdate(now))
    return [Ready.of(rule) for rule in working]


@lru_cache(maxsize=4096)
def fold(words: str) -> str:
    """For comparison: width of letters (NFKC) and case do not matter; scripts without spaces need no word borders."""
    return unicodedata.normalize("NFKC", words).casefold().strip()


def evaluate(rules: Iterable[Ready], facts: Facts, *, is_open: IsOpen) -> Verdict:
    """The first rule that takes it, else the account's own department. Looks no further than that."""
    steps: list[Step] = []
    for ready in rules:
        findings: list[Finding] = []
        matched = True
        for finding in _findings(ready, facts, is_open):
            findings.append(finding)
            if not finding.holds:
                matched = False
                break
        steps.append(Step(ready.rule, matched, tuple(findings)))
        if matched:
            return _taken(ready, facts, tuple(steps))
    return Verdict(tuple(steps), Decision.Reason.DEFAULT, facts.default)


def _taken(ready: Ready, facts: Facts, steps: tuple[Step, ...]) -> Verdict:
    if ready.rule.kind == Rule.Kind.WRITTEN:
        return Verdict(steps, Decision.Reason.RULE, ready.target, rule=ready.rule)
    assert facts.bound is not None
    if ready.rule.kind == Rule.Kind.BOUND_PERSON:
        return Verdict(steps, Decision.Reason.BOUND_PERSON, facts.bound.place, facts.bound.staff_id, ready.rule)
    return Verdict(steps, Decision.Reason.BOUND_STORE, facts.bound.place, rule=ready.rule)


def _findings(ready: Ready, facts: Facts, is_open: IsOpen) -> Iterator[Finding]:
    """The rule's conditions one after the other, cheap ones first; the caller stops at the first that does not hold."""
    rule = ready.rule
    if ready.market_id is not None:
        yield Finding(Condition.MARKET, ready.market_id == facts.market_id)
    if rule.kind != Rule.Kind.WRITTEN:
        yield from _bound(Rule.Kind(rule.kind), facts.bound)
        return
    if rule.locales:
        yield Finding(Condition.LOCALE, _speaks(rule.locales, facts.locale), facts.locale)
    if ready.brand_ids:
        yield Finding(Condition.BRAND, facts.brand_id in ready.brand_ids)
    if rule.cells:
        yield Finding(Condition.CELL, facts.cell in rule.cells, facts.cell)
    if ready.keywords:
        yield _keyword(ready.keywords, facts.text)
    if rule.case_types:
        open_there = sorted(facts.case_types.intersection(rule.case_types))
        yield Finding(Condition.CASE_TYPE, bool(open_there), open_there[0] if open_there else "")
    if ready.weekdays or rule.from_time or rule.until_time:
        yield from _moment(ready, facts.local_time)
    if rule.when == Rule.When.OPEN:
        yield Finding(Condition.TARGET_OPEN, is_open(ready.target))
    elif rule.when == Rule.When.CLOSED:
        yield Finding(Condition.TARGET_CLOSED, not is_open(ready.target))


def _bound(kind: Rule.Kind, bound: Bound | None) -> Iterator[Finding]:
    if kind == Rule.Kind.BOUND_STORE:
        yield Finding(Condition.BOUND, bound is not None)
    else:
        yield Finding(Condition.BOUND, bound is not None and bound.staff_id is not None)
        if bound is not None:
            yield Finding(Condition.ON_DUTY, bound.absence is None, bound.absence.value if bound.absence else "")
            yield Finding(Condition.HAS_ROOM, not bound.is_full)


def _keyword(keywords: Sequence[tuple[str, str]], text: str) -> Finding:
    words = fold(text)
    for compared, written in keywords:
        if compared in words:
            return Finding(Condition.KEYWORD, True, written)
    return Finding(Condition.KEYWORD, False)


def _speaks(wanted: Iterable[str], locale: str) -> bool:
    return any(locale == code or locale.startswith(f"{code}-") for code in wanted)


def _moment(ready: Ready, now: dt.datetime) -> Iterator[Finding]:
    """The hours after midnight belong to the weekday on which the rule's time began."""
    start, end = ready.rule.from_time or dt.time.min, ready.rule.until_time or dt.time.max
    clock, weekday = now.time(), now.weekday()
    is_over_midnight = end <= start
    if is_over_midnight and clock < end:
        weekday = (weekday - 1) % 7
    if ready.weekdays:
        yield Finding(Condition.WEEKDAY, weekday in ready.weekdays)
    if ready.rule.from_time or ready.rule.until_time:
        holds = (clock >= start or clock < end) if is_over_midnight else start <= clock < end
        yield Finding(Condition.TIME, holds, f"{clock:%H:%M}")
