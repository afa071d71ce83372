"""Which customer sees which menu: the variants' conditions, in order, first match."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from madoguchi.channels.languages import spoken
from madoguchi.menus.models import MemberState, Variant, Version

_ANOTHER_BRAND = 0
"""Stands for all brands that no variant names."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the choice depends on."""

    brand_id: int
    locale: str
    is_bound: bool
    has_open_case: bool

    @property
    def states(self) -> frozenset[str]:
        bound = MemberState.BOUND if self.is_bound else MemberState.NOT_BOUND
        return frozenset({bound, MemberState.HAS_OPEN_CASE} if self.has_open_case else {bound})


@dataclass(frozen=True, slots=True)
class Rule:
    """Conditions of a variant; of each list any one, an empty list is no condition."""

    code: str
    brand_ids: frozenset[int]
    locales: frozenset[str]
    states: frozenset[str]

    @classmethod
    def of(cls, row: Variant) -> Rule:
        return cls(
            row.code,
            frozenset(brand.pk for brand in row.brands.all()),
            frozenset(row.locales),
            frozenset(row.states),
        )

    def matches(self, facts: Facts) -> bool:
        return (
            (not self.brand_ids or facts.brand_id in self.brand_ids)
            and (not self.locales or facts.locale in self.locales)
            and (not self.states or bool(self.states & facts.states))
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """The variant, and the language it is shown in."""

    code: str
    locale: str


class Rules:
    """Of one version."""

    def __init__(self, version: Version, variants: Iterable[Variant]) -> None:
        self.rules = _in_order(variants)
        self.locales: list[str] = version.locales
        self.default = Choice(self.rules[-1].code, self.locales[0])
        """What stands at LINE as the account's default: nobody is linked to it."""

    @classmethod
    def of(cls, version: Version) -> Rules:
        return cls(version, version.variants.prefetch_related("brands"))

    def choose(self, facts: Facts) -> Choice:
        locale = facts.locale if facts.locale in self.locales else self.locales[0]
        return next(Choice(rule.code, locale) for rule in self.rules if rule.matches(facts))

    def table(
        self, brand_ids: Sequence[int], languages: Sequence[str], fallback_locale: str
    ) -> Iterable[tuple[int, str, bool, bool, Choice]]:
        """The choice for every brand, every language as LINE says it, bound or not, with something open or not: few
        hundred rows, with which the database finds the menu of a million people by one join."""
        locales = {language: spoken(language) or fallback_locale for language in languages}
        for brand_id, language, is_bound, is_open in product(brand_ids, languages, (False, True), (False, True)):
            facts = Facts(brand_id, locales[language], is_bound, is_open)
            yield brand_id, language, is_bound, is_open, self.choose(facts)


def hidden(variants: Iterable[Variant], locales: Iterable[str]) -> set[str]:
    """Codes of those that nobody ever sees, for whoever they are meant for gets a variant above; with their brands
    prefetched. ``locales``: all that customers speak."""
    rules = _in_order(variants)
    brand_ids = {pk for rule in rules for pk in rule.brand_ids} | {_ANOTHER_BRAND}
    seen = set()
    for brand_id, locale, is_bound, is_open in product(brand_ids, locales, (False, True), (False, True)):
        facts = Facts(brand_id, locale, is_bound, is_open)
        seen.add(next((rule.code for rule in rules if rule.matches(facts)), ""))
    return {rule.code for rule in rules} - seen


def _in_order(variants: Iterable[Variant]) -> list[Rule]:
    """The one for everybody else last."""
    return [Rule.of(row) for row in sorted(variants, key=lambda row: (row.is_fallback, row.position))]
