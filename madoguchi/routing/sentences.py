"""Rules, teams and decisions as people read them, in the reader's language.

A rule is one sentence: what must hold, an arrow, where it goes and how. Each condition is a whole clause of its own, so
that a translator never meets half a sentence; between them stands only the language's comma.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType

from babel import Locale
from babel.dates import get_day_names
from babel.lists import format_list
from django.utils.translation import get_language, get_language_info, ngettext, pgettext
from django.utils.translation import gettext as _

from madoguchi.routing.fields import RuleFields, TeamFields
from madoguchi.routing.models import Rule, Team

NO_NAMES: Mapping[str, str] = MappingProxyType({})
_RUN = 3
"""From so many days in a row on, they are said as from the first to the last."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A rule in its parts, for a screen that sets them apart; as text it is the whole sentence."""

    conditions: tuple[str, ...]
    """All of them must hold; none: it always applies."""
    target: str
    wishes: tuple[str, ...] = ()
    """What else is asked: a skill, to be urgent."""

    @property
    def when(self) -> str:
        """Its first half."""
        if not self.conditions:
            return _("Always")
        return _("If %(conditions)s") % {"conditions": _comma().join(self.conditions)}

    def __str__(self) -> str:
        return _("%(when)s → %(then)s") % {"when": self.when, "then": _comma().join([self.target, *self.wishes])}


def sentence(rule: Rule, cells: Mapping[str, str] = NO_NAMES) -> Sentence:
    """Of a row that was loaded as ``RuleFields.of`` needs it. ``cells`` names the cells of menus by their keys."""
    return of_fields(RuleFields.of(rule), cells)


def of_fields(fields: RuleFields, cells: Mapping[str, str] = NO_NAMES) -> Sentence:
    """Of what a form says so far: a missing target is told as such."""
    if fields.kind is Rule.Kind.BOUND_PERSON:
        bound = _("somebody looks after the customer and is on duty")
        return Sentence((*_market(fields), bound), _("that person"))
    if fields.kind is Rule.Kind.BOUND_STORE:
        return Sentence((*_market(fields), _("the customer belongs to a store")), _("the team of that store"))
    target = str(fields.target) if fields.target else _("(not chosen yet)")
    wishes = []
    if fields.skill:
        wishes.append(_("someone with the skill “%(skill)s”") % {"skill": fields.skill.name})
    if fields.is_urgent:
        wishes.append(pgettext("wish of a rule", "urgent"))
    return Sentence(tuple(_conditions(fields, target, cells)), target, tuple(wishes))


def of_team(fields: TeamFields) -> list[str]:
    """How a team shares out its work, one sentence for each thing it does."""
    said = [str(_METHODS[fields.method]())]
    if fields.method is not Team.Method.NOBODY and fields.prefers_last:
        said.append(_("Whoever answered the customer last comes first."))
    if fields.answer_minutes is not None:
        said.append(_returned(fields, fields.answer_minutes))
    if fields.overflow_minutes is not None and fields.overflow is not None:
        said.append(
            ngettext(
                "After %(n)s working minute of waiting it goes to %(place)s.",
                "After %(n)s working minutes of waiting it goes to %(place)s.",
                fields.overflow_minutes,
            )
            % {"n": fields.overflow_minutes, "place": fields.overflow}
        )
    if fields.tells_position:
        said.append(_("Who waits is told their place in the queue and how long it takes."))
    return said


_METHODS = {
    Team.Method.NOBODY: lambda: _("Nobody is chosen: whoever is free takes it."),
    Team.Method.ROUND_ROBIN: lambda: _("Everybody on duty gets conversations in turn."),
    Team.Method.LEAST_LOADED: lambda: _("Whoever has the fewest open conversations gets the next."),
}


def _returned(fields: TeamFields, minutes: int) -> str:
    names = {"n": minutes, "supervisor": fields.supervisor}
    if fields.supervisor is None:
        return (
            ngettext(
                "Without an answer within %(n)s working minute the team gets it back.",
                "Without an answer within %(n)s working minutes the team gets it back.",
                minutes,
            )
            % names
        )
    return (
        ngettext(
            "Without an answer within %(n)s working minute the team gets it back, and %(supervisor)s is told.",
            "Without an answer within %(n)s working minutes the team gets it back, and %(supervisor)s is told.",
            minutes,
        )
        % names
    )


def _conditions(fields: RuleFields, target: str, cells: Mapping[str, str]) -> Iterable[str]:
    yield from _market(fields)
    if fields.keywords:
        yield _("the customer writes %(words)s") % {"words": either(quoted(word) for word in fields.keywords)}
    if fields.cells:
        named = either(quoted(cells.get(key, key)) for key in fields.cells)
        yield _("the customer tapped %(cells)s in the menu") % {"cells": named}
    if fields.brands:
        yield _("it is about %(brands)s") % {"brands": either(brand.name for brand in fields.brands)}
    if fields.locales:
        yield _("the customer's language is %(languages)s") % {"languages": either(map(language_name, fields.locales))}
    if fields.case_types:
        yield _("a case of the kind %(kinds)s is open") % {"kinds": either(map(quoted, fields.case_types))}
    if fields.weekdays:
        yield _("the day is %(days)s") % {"days": either(_days(fields.weekdays))}
    yield from _hours(fields)
    if fields.when is Rule.When.OPEN:
        yield _("%(place)s is open") % {"place": target}
    elif fields.when is Rule.When.CLOSED:
        yield _("%(place)s is closed") % {"place": target}


def _market(fields: RuleFields) -> tuple[str, ...]:
    return (_("the market is %(market)s") % {"market": fields.market},) if fields.market else ()


def _hours(fields: RuleFields) -> Iterable[str]:
    since, until = fields.from_time, fields.until_time
    if since and until:
        yield _("the time is between %(since)s and %(until)s") % {"since": f"{since:%H:%M}", "until": f"{until:%H:%M}"}
    elif since:
        yield _("the time is %(since)s or later") % {"since": f"{since:%H:%M}"}
    elif until:
        yield _("the time is before %(until)s") % {"until": f"{until:%H:%M}"}


def _days(weekdays: Iterable[int]) -> list[str]:
    """Monday to Friday; Saturday. 0 is Monday."""
    names = get_day_names("wide", "stand-alone", _locale())
    said: list[str] = []
    for _offset, numbered in groupby(enumerate(sorted(set(weekdays))), lambda pair: pair[1] - pair[0]):
        run = [day for _number, day in numbered]
        if len(run) >= _RUN:
            said.append(_("%(first)s to %(last)s") % {"first": names[run[0]], "last": names[run[-1]]})
        else:
            said += [names[day] for day in run]
    return said


def either(names: Iterable[str]) -> str:
    """a, b or c: as the reader's language joins what it chooses from (CLDR, by Babel)."""
    return format_list(list(names), "or", locale=_locale())


def listed(names: Sequence[str]) -> str:
    """a, b and c."""
    return format_list(names, "standard", locale=_locale())


def _comma() -> str:
    return pgettext("between the parts of a rule", ", ")


def quoted(word: str) -> str:
    return _("“%(word)s”") % {"word": word}


def language_name(code: str) -> str:
    """In the reader's language; of a language that is not ours, its code."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def _locale() -> Locale:
    return Locale.parse(get_language() or "zh-hant", sep="-")
