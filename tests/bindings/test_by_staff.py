"""What staff enter themselves, and the rules that managers write down."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from madoguchi.bindings.actions.policies import (
    PolicyFields,
    remove_store_limit,
    save_first_message_limit,
    save_policy,
)
from madoguchi.bindings.actions.staff import bind_by_staff, end_binding
from madoguchi.bindings.actions.stores import pass_on_store
from madoguchi.bindings.errors import (
    AlreadyBound,
    AlreadyEnded,
    BadPolicy,
    CannotHold,
    OwnCustomer,
    PlaceMissing,
    QuietHoursIncomplete,
    StoreClosed,
    StoreMissing,
    StoreOpen,
)
from madoguchi.bindings.models import Binding, FirstMessageLimit, Policy, StaffMember, Way
from madoguchi.bindings.policies import policy_of
from madoguchi.kit.errors import NotAllowed, NotFound
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.bindings.using import current
from tests.make import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(world: World) -> Staff:
    """Of Aoi's store."""
    return make.staff("manager", role=BuiltInRole.MANAGER, store=world.store)


@pytest.fixture
def head(world: World) -> Staff:
    return make.staff("head", role=BuiltInRole.MANAGER, market=world.market)


def test_staff_bind_a_customer_to_somebody_of_their_store(world: World, manager: Staff) -> None:
    binding = bind_by_staff(by=manager, member=world.member, to_staff=world.aoi, store=world.store)

    assert (binding.staff, binding.store, binding.way, binding.by) == (world.aoi, world.store, Way.STAFF, manager)
    assert binding.account == world.account
    with pytest.raises(AlreadyBound, match="葵"):
        bind_by_staff(by=manager, member=world.member, to_staff=world.aoi, store=world.store)


def test_only_where_they_may_and_only_whom_they_see(world: World, manager: Staff, head: Staff) -> None:
    elsewhere = make.conversation(world.account, store=world.other_store)

    for by, member, staff, store, error in (
        (world.aoi, world.member, world.aoi, world.store, NotAllowed),
        (manager, world.member, world.ren, world.other_store, NotAllowed),
        (manager, elsewhere.member, world.aoi, world.store, NotFound),
        (head, world.member, world.ren, world.store, CannotHold),
        (head, world.member, world.mio, world.store, CannotHold),
    ):
        with pytest.raises(error):
            bind_by_staff(by=by, member=member, to_staff=staff, store=store)
    assert not Binding.objects.exists()


def test_a_customer_of_another_store_is_not_taken_away_without_the_right_to(
    world: World, manager: Staff, head: Staff
) -> None:
    before = make.binding(world.member, world.ren, store=world.other_store)

    with pytest.raises(NotAllowed):
        bind_by_staff(by=manager, member=world.member, to_staff=world.aoi, store=world.store)
    assert current(world.member) == [before]

    assert bind_by_staff(by=head, member=world.member, to_staff=world.aoi, store=world.store).staff == world.aoi


def test_nobody_is_bound_to_themselves_or_to_a_closed_store(world: World, manager: Staff) -> None:
    StaffMember.objects.create(staff=world.aoi, member=world.member)
    with pytest.raises(OwnCustomer):
        bind_by_staff(by=manager, member=world.member, to_staff=world.aoi, store=world.store)

    world.store.closed_on = timezone.localdate() - dt.timedelta(days=1)
    world.store.save()
    with pytest.raises(StoreClosed):
        bind_by_staff(by=manager, member=world.member, to_staff=manager, store=world.store)
    assert not Binding.objects.exists()


def test_staff_end_a_binding_where_they_may(world: World, manager: Staff) -> None:
    binding = make.binding(world.member, world.aoi, store=world.store)

    with pytest.raises(NotFound):
        end_binding(by=world.ren, binding=binding)
    with pytest.raises(NotAllowed):
        end_binding(by=world.aoi, binding=binding)
    assert current(world.member) == [binding]

    ended = end_binding(by=manager, binding=binding)
    assert (ended.end, ended.ended_by) == (Binding.End.BY_STAFF, manager)
    with pytest.raises(AlreadyEnded):
        end_binding(by=manager, binding=binding)


def test_a_market_without_a_row_goes_by_the_defaults(world: World, head: Staff) -> None:
    assert policy_of(world.market).second_scan == Policy.SecondScan.ASK

    save_policy(by=head, market=world.market, fields=PolicyFields(second_scan=Policy.SecondScan.FIRST))
    save_policy(by=head, market=world.market, fields=PolicyFields(inactive_days=None))

    saved = Policy.objects.get()
    assert policy_of(world.market) == saved
    assert (saved.second_scan, saved.inactive_days) == (Policy.SecondScan.ASK, None)


def test_rules_are_written_for_a_whole_market(world: World, manager: Staff, head: Staff) -> None:
    other = make.market("jp", name="日本")

    with pytest.raises(NotAllowed):
        save_policy(by=manager, market=world.market, fields=PolicyFields())
    with pytest.raises(NotAllowed):
        save_policy(by=head, market=other, fields=PolicyFields())
    assert not Policy.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"tries": 0},
        {"tries": 11},
        {"answer_hours": 0},
        {"inactive_days": 0},
        {"rest_days": 100_000},
        {"cover_minutes": -1},
    ],
)
def test_nonsense_is_no_rule(world: World, head: Staff, fields: dict[str, Any]) -> None:
    with pytest.raises(BadPolicy):
        save_policy(by=head, market=world.market, fields=PolicyFields(**fields))

    assert not Policy.objects.exists()


@pytest.mark.parametrize(
    "fields", [{"quiet_from": None}, {"quiet_until": None}, {"quiet_from": dt.time(8), "quiet_until": dt.time(8)}]
)
def test_quiet_hours_begin_and_end(world: World, head: Staff, fields: dict[str, Any]) -> None:
    with pytest.raises(QuietHoursIncomplete):
        save_policy(by=head, market=world.market, fields=PolicyFields(**fields))

    assert not Policy.objects.exists()


def test_limits_of_first_messages_are_a_stores_or_a_roles(world: World, manager: Staff, head: Staff) -> None:
    role = make.built_in_role(BuiltInRole.SALESPERSON)
    everywhere = make.staff(role=BuiltInRole.ADMINISTRATOR)

    save_first_message_limit(by=manager, store=world.store, per_month=5)
    save_first_message_limit(by=manager, store=world.store, per_month=None)
    save_first_message_limit(by=everywhere, role=role, per_month=20)

    for by, where in ((manager, {"store": world.other_store}), (head, {"role": role})):
        with pytest.raises(NotAllowed):
            save_first_message_limit(by=by, per_month=9, **where)
    with pytest.raises(PlaceMissing):
        save_first_message_limit(by=everywhere, per_month=9)
    with pytest.raises(BadPolicy):
        save_first_message_limit(by=manager, store=world.store, per_month=-1)
    with pytest.raises(NotAllowed):
        remove_store_limit(by=world.aoi, store=world.store)
    assert set(FirstMessageLimit.objects.values_list("store", "role", "per_month")) == {
        (world.store.pk, None, None),
        (None, role.pk, 20),
    }

    remove_store_limit(by=manager, store=world.store)
    assert FirstMessageLimit.objects.get().role == role


def test_a_closing_stores_customers_pass_to_another_ones_team(world: World, manager: Staff, head: Staff) -> None:
    before = make.binding(world.member, world.aoi, store=world.store)
    closed = make.store(closed_on=timezone.localdate())
    with pytest.raises(StoreOpen):
        pass_on_store(by=head, store=world.store, to_store=world.other_store)
    world.store.closed_on = timezone.localdate() + dt.timedelta(days=30)
    world.store.save()

    for by, to, error in (
        (manager, world.other_store, NotAllowed),
        (head, world.store, StoreMissing),
        (make.fresh(head), closed, StoreClosed),
    ):
        with pytest.raises(error):
            pass_on_store(by=by, store=world.store, to_store=to)
    assert current(world.member) == [before]

    assert pass_on_store(by=head, store=world.store, to_store=world.other_store) == 1
    [pool] = current(world.member)
    before.refresh_from_db()
    assert (pool.staff, pool.store, before.end) == (None, world.other_store, Binding.End.STORE_CLOSED)
    assert pass_on_store(by=head, store=world.store, to_store=world.other_store) == 0
