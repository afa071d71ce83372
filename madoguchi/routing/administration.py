"""Rules, in their order.

``by`` needs ``routing:edit`` in the whole market of a rule, or in the whole company for a rule of all markets: a rule
moves the conversations of everybody there.
"""

from __future__ import annotations

from dataclasses import fields as fields_of

from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from madoguchi.kit.errors import NotAllowed, NotFound
from madoguchi.organization.models import Market, Staff
from madoguchi.organization.permissions import Permission
from madoguchi.organization.reach import Place
from madoguchi.routing import errors
from madoguchi.routing.fields import RuleFields
from madoguchi.routing.models import Rule

STEP = 10
"""Between the positions of two rules; the order counts, not the number."""
WORDS_MAX, WORD_LENGTH = 30, 40


def rules() -> QuerySet[Rule]:
    """In their order, with all that their sentences name, in two statements."""
    joined = Rule.objects.select_related("market", "to_store", "to_department", "skill")
    return joined.prefetch_related("brands").order_by("position", "pk")


def may_edit_rules_of(by: Staff, market_id: int | None) -> bool:
    """Whether ``by`` may change the rules of this market; None: those of all markets."""
    return by.reach(Permission.ROUTING_EDIT).contains(Place(market_id=market_id))


@transaction.atomic
def save_rule(*, by: Staff, rule_id: int | None, fields: RuleFields) -> Rule:
    """A new one (``rule_id`` None) stands last. Of the two rules of the beginning only name and market can change.

    Raises NotFound, NotAllowed, and the errors of ``routing.errors`` that say what is missing.
    """
    rule = Rule() if rule_id is None else _lock(by, rule_id)
    _require(by, fields.market)
    if rule.kind == Rule.Kind.WRITTEN:
        _check(fields)
        for field in fields_of(fields):
            if field.name not in ("kind", "brands"):
                value = getattr(fields, field.name)
                setattr(rule, field.name, list(value) if isinstance(value, tuple) else value)
    rule.name, rule.market = fields.name.strip(), fields.market
    if rule_id is None:
        rule.position = (Rule.objects.aggregate(last=Max("position"))["last"] or 0) + STEP
    rule.save()
    if rule.kind == Rule.Kind.WRITTEN:
        rule.brands.set(fields.brands)
    return rule


@transaction.atomic
def set_rule_active(*, by: Staff, rule_id: int, is_active: bool) -> Rule:
    """Raises NotFound, NotAllowed."""
    rule = _lock(by, rule_id)
    rule.is_active = is_active
    rule.save(update_fields=["is_active"])
    return rule


@transaction.atomic
def delete_rule(*, by: Staff, rule_id: int) -> None:
    """Decisions that went by it keep its name. Raises NotFound, NotAllowed, RuleStays."""
    rule = _lock(by, rule_id)
    if rule.kind != Rule.Kind.WRITTEN:
        raise errors.RuleStays
    rule.delete()


@transaction.atomic
def move_rule(*, by: Staff, rule_id: int, before: int | None = None, after: int | None = None) -> None:
    """Put it right before or right after another one, or last. Raises NotFound, NotAllowed.

    All rules are locked in the order of their ids, so that two who move at once wait for each other.
    """
    locked = {rule.pk: rule for rule in Rule.objects.order_by("pk").select_for_update()}
    moved = locked.get(rule_id)
    if moved is None or any(pk is not None and pk not in locked for pk in (before, after)):
        raise NotFound
    _require(by, moved.market)
    order = [rule.pk for rule in sorted(locked.values(), key=lambda rule: (rule.position, rule.pk))]
    neighbour = before if before is not None else after
    if neighbour == rule_id:
        return
    order.remove(rule_id)
    order.insert(len(order) if neighbour is None else order.index(neighbour) + (before is None), rule_id)
    for number, pk in enumerate(order, start=1):
        locked[pk].position = number * STEP
    Rule.objects.bulk_update(locked.values(), ["position"])


def _check(fields: RuleFields) -> None:
    words = (*fields.keywords, *fields.cells)
    if fields.target is None or (fields.to_store and fields.to_department):
        raise errors.TargetMissing
    if fields.to_store and fields.to_store.closed_on and fields.to_store.closed_on <= timezone.localdate():
        raise errors.TargetClosed
    if fields.market and fields.target.market_id not in (None, fields.market.pk):
        raise errors.ElsewhereMarket
    if len(words) > WORDS_MAX or any(not 1 <= len(word) <= WORD_LENGTH for word in words):
        raise errors.WordsTooLong
    if (fields.from_time is None) != (fields.until_time is None) or (
        fields.from_time is not None and fields.from_time == fields.until_time
    ):
        raise errors.HoursIncomplete
    if not set(fields.weekdays) <= set(range(7)):
        raise errors.UnknownWeekday
    if not set(fields.locales) <= {code for code, _name in settings.LANGUAGES}:
        raise errors.UnknownLanguage


def _lock(by: Staff, rule_id: int) -> Rule:
    rule = Rule.objects.select_for_update(of=("self",)).select_related("market").filter(pk=rule_id).first()
    if rule is None:
        raise NotFound
    _require(by, rule.market)
    return rule


def _require(by: Staff, market: Market | None) -> None:
    if not may_edit_rules_of(by, market.pk if market else None):
        raise NotAllowed
