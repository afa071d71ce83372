"""Who may change rules, and what a rule must say."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from madoguchi.kit.errors import Invalid, NotAllowed, NotFound
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission
from madoguchi.routing import administration, errors
from madoguchi.routing.administration import delete_rule, move_rule, save_rule, set_rule_active
from madoguchi.routing.fields import RuleFields
from madoguchi.routing.models import Rule
from tests import make
from tests.make import World


@pytest.fixture
def boss(world: World) -> Staff:
    return make.staff("boss", role=make.role(Permission.ROUTING_EDIT))


@pytest.fixture
def taiwan(world: World) -> Staff:
    """Edits the routing of one market."""
    return make.staff("taiwan", role=make.role(Permission.ROUTING_EDIT), market=world.market)


def _order() -> list[int]:
    return list(administration.rules().values_list("pk", flat=True))


def test_a_new_rule_stands_last_with_all_that_it_says(world: World, boss: Staff) -> None:
    fields = RuleFields(
        name="Repairs",
        keywords=("維修",),
        brands=(world.brand,),
        from_time=dt.time(22),
        until_time=dt.time(6),
        to_department=world.department,
        is_urgent=True,
    )

    rule = save_rule(by=boss, rule_id=None, fields=fields)

    assert RuleFields.of(administration.rules().get(pk=rule.pk)) == fields
    assert _order()[-1] == rule.pk


def test_whoever_may_only_read_changes_nothing(world: World, boss: Staff) -> None:
    reader = make.staff("reader", role=make.role(Permission.ROUTING_READ))
    rule = save_rule(by=boss, rule_id=None, fields=RuleFields(to_store=world.store))
    before = list(Rule.objects.order_by("pk").values())

    with pytest.raises(NotAllowed):
        save_rule(by=reader, rule_id=None, fields=RuleFields(to_store=world.store))
    with pytest.raises(NotAllowed):
        save_rule(by=reader, rule_id=rule.pk, fields=RuleFields(to_store=world.other_store))
    with pytest.raises(NotAllowed):
        set_rule_active(by=reader, rule_id=rule.pk, is_active=False)
    with pytest.raises(NotAllowed):
        move_rule(by=reader, rule_id=rule.pk, before=_order()[0])
    with pytest.raises(NotAllowed):
        delete_rule(by=reader, rule_id=rule.pk)

    assert list(Rule.objects.order_by("pk").values()) == before


def test_whoever_edits_one_market_keeps_to_its_rules(world: World, boss: Staff, taiwan: Staff) -> None:
    japan = make.market("jp", name="日本", locale="ja", zone="Asia/Tokyo")
    everywhere = save_rule(by=boss, rule_id=None, fields=RuleFields(to_store=world.store))
    theirs = RuleFields(market=world.market, to_store=world.store)

    own = save_rule(by=taiwan, rule_id=None, fields=theirs)
    for fields in (replace(theirs, market=None), replace(theirs, market=japan, to_department=None)):
        with pytest.raises(NotAllowed):
            save_rule(by=taiwan, rule_id=own.pk, fields=fields)
    with pytest.raises(NotAllowed):
        save_rule(by=taiwan, rule_id=everywhere.pk, fields=theirs)

    own.refresh_from_db()
    assert (own.market, Rule.objects.get(pk=everywhere.pk).market) == (world.market, None)


def test_a_manager_of_one_store_writes_no_rules(world: World) -> None:
    there = make.staff("there", role=make.role(Permission.ROUTING_EDIT), store=world.store)

    with pytest.raises(NotAllowed):
        save_rule(by=there, rule_id=None, fields=RuleFields(market=world.market, to_store=world.store))

    assert not Rule.objects.filter(kind=Rule.Kind.WRITTEN).exists()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"to_store": None}, errors.TargetMissing),
        ({"keywords": ("x" * 41,)}, errors.WordsTooLong),
        ({"keywords": tuple(map(str, range(31)))}, errors.WordsTooLong),
        ({"from_time": dt.time(9)}, errors.HoursIncomplete),
        ({"from_time": dt.time(9), "until_time": dt.time(9)}, errors.HoursIncomplete),
        ({"weekdays": (7,)}, errors.UnknownWeekday),
        ({"locales": ("ko",)}, errors.UnknownLanguage),
    ],
)
def test_what_makes_no_rule_is_refused(world: World, boss: Staff, change: dict[str, Any], error: type[Invalid]) -> None:
    with pytest.raises(error):
        save_rule(by=boss, rule_id=None, fields=replace(RuleFields(to_store=world.store), **change))

    assert not Rule.objects.filter(kind=Rule.Kind.WRITTEN).exists()


def test_no_rule_leads_to_a_store_that_has_closed_or_out_of_its_market(world: World, boss: Staff) -> None:
    japan = make.market("jp", name="日本", locale="ja", zone="Asia/Tokyo")
    closed = make.store("old", market=world.market, closed_on=timezone.localdate())

    with pytest.raises(errors.TargetClosed):
        save_rule(by=boss, rule_id=None, fields=RuleFields(to_store=closed))
    with pytest.raises(errors.ElsewhereMarket):
        save_rule(by=boss, rule_id=None, fields=RuleFields(market=japan, to_store=world.store))

    assert not Rule.objects.filter(kind=Rule.Kind.WRITTEN).exists()


def test_a_rule_is_put_before_or_after_another(world: World, boss: Staff) -> None:
    first, second = _order()
    third = save_rule(by=boss, rule_id=None, fields=RuleFields(to_store=world.store)).pk

    move_rule(by=boss, rule_id=third, before=first)
    assert _order() == [third, first, second]
    move_rule(by=boss, rule_id=third, after=first)
    assert _order() == [first, third, second]
    move_rule(by=boss, rule_id=first)
    assert _order() == [third, second, first]
    move_rule(by=boss, rule_id=second, before=second)
    assert _order() == [third, second, first]


def test_a_rule_cannot_be_put_beside_one_that_is_gone(world: World, boss: Staff) -> None:
    first, second = _order()

    with pytest.raises(NotFound):
        move_rule(by=boss, rule_id=first, after=second + 100)

    assert _order() == [first, second]


def test_the_rules_of_the_beginning_are_moved_and_switched_off_but_stay(world: World, boss: Staff) -> None:
    first, second = _order()

    move_rule(by=boss, rule_id=second, before=first)
    set_rule_active(by=boss, rule_id=second, is_active=False)
    save_rule(by=boss, rule_id=second, fields=RuleFields(name="Store", to_store=world.store))
    with pytest.raises(errors.RuleStays):
        delete_rule(by=boss, rule_id=second)

    rule = Rule.objects.get(pk=second)
    assert (_order(), rule.is_active, rule.name, rule.kind, rule.to_store) == (
        [second, first],
        False,
        "Store",
        "bound_store",
        None,
    )


def test_a_written_rule_is_deleted(world: World, boss: Staff) -> None:
    rule = save_rule(by=boss, rule_id=None, fields=RuleFields(to_store=world.store))

    delete_rule(by=boss, rule_id=rule.pk)
    with pytest.raises(NotFound):
        delete_rule(by=boss, rule_id=rule.pk)

    assert not Rule.objects.filter(pk=rule.pk).exists()
