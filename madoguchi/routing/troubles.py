"""What is wrong with rules as they stand: told beside the rule, before a customer finds out.

A rule is never reached when an earlier one takes everything that it would take. That is decided condition by condition:
where the earlier rule asks for something, the later one must ask for the same or for less of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from django.utils.translation import gettext as _

from madoguchi.kit.bigrams import fold
from madoguchi.routing.models import Rule


def of_rules(rules: Sequence[Rule], today: dt.date) -> dict[int, str]:
    """By the id of the rule, one sentence for its first trouble. ``rules`` are all of them, in their order, loaded as by
    ``administration.rules``; those that are switched off have no troubles and cause none."""
    told: dict[int, str] = {}
    working: list[tuple[int, Rule]] = []
    for number, rule in enumerate(rules, start=1):
        if not rule.is_active:
            continue
        if store_closed(rule, today):
            told[rule.pk] = _("%(place)s has closed: this rule is passed over.") % {"place": rule.to_store}
            continue
        if rule.case_types:
            told[rule.pk] = _("This rule asks for a case, and no cases are kept here yet: it takes nothing.")
            continue
        for earlier_number, earlier in working:
            if takes_all_of(earlier, rule):
                told[rule.pk] = _(
                    "This rule is never reached: rule %(number)s takes everything that would come here."
                ) % {"number": earlier_number}
                break
        working.append((number, rule))
    return told


def store_closed(rule: Rule, today: dt.date) -> bool:
    """For good, not for the night."""
    store = rule.to_store
    return store is not None and store.closed_on is not None and store.closed_on <= today


def takes_all_of(earlier: Rule, later: Rule) -> bool:
    """Whether no conversation that ``later`` would take gets past ``earlier``."""
    if earlier.market_id is not None and earlier.market_id != later.market_id:
        return False
    if earlier.kind != Rule.Kind.WRITTEN:
        return earlier.kind == later.kind
    if earlier.when != Rule.When.ALWAYS and (earlier.when, _target(earlier)) != (later.when, _target(later)):
        return False
    return (
        _words_within(earlier.keywords, later.keywords)
        and _within(earlier.cells, later.cells)
        and _within([brand.pk for brand in earlier.brands.all()], [brand.pk for brand in later.brands.all()])
        and _within(earlier.locales, later.locales)
        and _within(earlier.case_types, later.case_types)
        and _within(earlier.weekdays, later.weekdays)
        and _hours_within(earlier, later)
    )


def _target(rule: Rule) -> tuple[int | None, int | None]:
    return rule.to_store_id, rule.to_department_id


def _within(wider: Collection[object], narrower: Collection[object]) -> bool:
    """An empty condition asks for nothing."""
    return not wider or (bool(narrower) and set(narrower) <= set(wider))


def _words_within(wider: Sequence[str], narrower: Sequence[str]) -> bool:
    """Whoever writes 維修費 has written 維修 too."""
    sought = [fold(word) for word in wider]
    return not wider or (bool(narrower) and all(any(s in fold(word) for s in sought) for word in narrower))


def _hours_within(earlier: Rule, later: Rule) -> bool:
    """Both on the market's clock; hours over midnight only when they are the same."""
    hours, others = (earlier.from_time, earlier.until_time), (later.from_time, later.until_time)
    if hours in ((None, None), others):
        return True
    since, until, other_since, other_until = *hours, *others
    if since is None or until is None or other_since is None or other_until is None:
        return False
    return since <= other_since < other_until <= until
