"""Brands: what a code binds for, and how scopes stand beside or replace each other."""

import pytest

from madoguchi.bindings.models import ALL_BRANDS, Binding
from madoguchi.bindings.queries import current as current_for
from tests import make
from tests.bindings.using import current, scan
from tests.make import World
from tests.reacting import announced

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _newest_wins(world: World) -> None:
    make.policy(world.market, second_scan="newest")


def scopes(world: World) -> dict[str, list[int]]:
    return {row.staff.username: row.brand_ids for row in current(world.member) if row.staff}


def test_a_salesperson_of_some_brands_binds_for_those(world: World) -> None:
    only_mori = make.staff("only-mori", store=world.store, brands=[world.brand])

    scan(world.conversation, make.code(world.account, only_mori, store=world.store))

    assert scopes(world) == {"only-mori": [world.brand.pk]}


def test_a_code_of_some_brands_binds_for_those(world: World) -> None:
    scan(world.conversation, make.code(world.account, world.aoi, store=world.store, brands=[world.other_brand]))

    assert scopes(world) == {"aoi": [world.other_brand.pk]}


def test_a_narrower_scope_stands_beside_a_wider_one_and_comes_first(world: World) -> None:
    scan(world.conversation, make.code(world.account, world.aoi, store=world.store))
    scan(world.conversation, make.code(world.account, world.ren, store=world.other_store, brands=[world.brand]))

    assert scopes(world) == {"aoi": [ALL_BRANDS], "ren": [world.brand.pk]}
    for brand_id, staff in (
        (world.brand.pk, world.ren),
        (world.other_brand.pk, world.aoi),
        (None, world.aoi),
    ):
        found = current_for(world.member.pk, brand_id)
        assert found is not None
        assert found.staff == staff


def test_who_loses_some_brands_goes_on_for_the_others(world: World) -> None:
    third = make.brand()
    both = make.binding(world.member, world.aoi, store=world.store, brands=[world.brand, third])
    both.may_write_first = False
    both.save()

    scan(world.conversation, make.code(world.account, world.ren, store=world.other_store, brands=[third]))

    both.refresh_from_db()
    assert scopes(world) == {"aoi": [world.brand.pk], "ren": [third.pk]}
    rest = Binding.objects.current().get(staff=world.aoi)
    assert (both.end, rest.predecessor) == (Binding.End.REPLACED, both)
    assert rest.started_at == both.ended_at
    assert not rest.may_write_first
    assert announced() == ["binding.started"] * 2, "nobody has lost the customer"


def test_more_brands_of_the_same_person_become_one_binding_and_are_no_second_scan(world: World) -> None:
    make.policy(world.market, second_scan="first")
    narrow = make.binding(world.member, world.aoi, store=world.store, brands=[world.brand])
    wide = make.code(world.account, world.aoi, store=world.store, brands=[world.brand, world.other_brand])

    scan(world.conversation, wide)

    [binding] = current(world.member)
    assert binding.brand_ids == sorted([world.brand.pk, world.other_brand.pk])
    assert binding.predecessor == narrow
    assert scan(world.conversation, wide).binding == binding


def test_where_the_first_wins_a_second_person_gets_the_brands_that_nobody_has(world: World) -> None:
    make.policy(world.market, second_scan="first")
    before = make.binding(world.member, world.aoi, store=world.store, brands=[world.brand])
    both = make.code(world.account, world.ren, store=world.other_store, brands=[world.brand, world.other_brand])

    scan(world.conversation, both)

    assert scopes(world) == {"aoi": [world.brand.pk], "ren": [world.other_brand.pk]}
    assert before in current(world.member)
