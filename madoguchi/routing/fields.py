"""What a rule and a team say, apart from the rows they are kept in.

A form that is being filled in says it before there is a row: sentences are made from these, and the actions save them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from madoguchi.organization.models import Brand, Department, Market, Staff, Store
from madoguchi.routing.models import Rule, Skill, Team


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFields:
    """As the fields of ``Rule``; an empty condition asks for nothing."""

    name: str = ""
    kind: Rule.Kind = Rule.Kind.WRITTEN
    """Given by the row; what a person writes is always WRITTEN."""
    market: Market | None = None
    keywords: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    brands: tuple[Brand, ...] = ()
    locales: tuple[str, ...] = ()
    case_types: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()
    from_time: dt.time | None = None
    until_time: dt.time | None = None
    when: Rule.When = Rule.When.ALWAYS
    to_store: Store | None = None
    to_department: Department | None = None
    skill: Skill | None = None
    is_urgent: bool = False

    @classmethod
    def of(cls, rule: Rule) -> RuleFields:
        """Of a row whose brands are prefetched and whose places, market and skill are joined."""
        return cls(
            name=rule.name,
            kind=Rule.Kind(rule.kind),
            market=rule.market,
            keywords=tuple(rule.keywords),
            cells=tuple(rule.cells),
            brands=tuple(rule.brands.all()),
            locales=tuple(rule.locales),
            case_types=tuple(rule.case_types),
            weekdays=tuple(rule.weekdays),
            from_time=rule.from_time,
            until_time=rule.until_time,
            when=Rule.When(rule.when),
            to_store=rule.to_store,
            to_department=rule.to_department,
            skill=rule.skill,
            is_urgent=rule.is_urgent,
        )

    @property
    def target(self) -> Store | Department | None:
        return self.to_store or self.to_department


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamFields:
    """As the fields of ``Team``, with the same defaults: what holds where nobody has settled anything."""

    method: Team.Method = Team.Method.NOBODY
    prefers_last: bool = True
    answer_minutes: int | None = 15
    overflow_minutes: int | None = None
    overflow_store: Store | None = None
    overflow_department: Department | None = None
    tells_position: bool = False
    supervisor: Staff | None = None

    @classmethod
    def of(cls, team: Team) -> TeamFields:
        return cls(
            method=Team.Method(team.method),
            prefers_last=team.prefers_last,
            answer_minutes=team.answer_minutes,
            overflow_minutes=team.overflow_minutes,
            overflow_store=team.overflow_store,
            overflow_department=team.overflow_department,
            tells_position=team.tells_position,
            supervisor=team.supervisor,
        )

    @property
    def overflow(self) -> Store | Department | None:
        return self.overflow_store or self.overflow_department
