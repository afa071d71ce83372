"""What staff enter themselves, without a code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from madoguchi.bindings import ledger
from madoguchi.bindings.arrivals import Arrival, arrive
from madoguchi.bindings.errors import (
    AlreadyBound,
    AlreadyEnded,
    CannotHold,
    KeptByRule,
    NoAddress,
    OwnCustomer,
    StoreClosed,
)
from madoguchi.bindings.holders import covers, held_brands, is_closed
from madoguchi.bindings.ledger import Target
from madoguchi.bindings.models import Binding, Scan, StaffMember, Way
from madoguchi.bindings.policies import policy_for, policy_of, quiet_until
from madoguchi.bindings.queries import contacts_of
from madoguchi.channels.models import Account
from madoguchi.duty.schedule import Place
from madoguchi.kit.announce import announce
from madoguchi.kit.errors import NotFound
from madoguchi.members.models import Member
from madoguchi.organization.models import Brand, Department, Staff, Store
from madoguchi.organization.permissions import Permission


@transaction.atomic
def bind_by_staff(
    *,
    by: Staff,
    member: Member,
    to_staff: Staff,
    store: Store,
    brands: Iterable[Brand] = (),
    now: dt.datetime | None = None,
) -> Binding:
    """Whoever looked after the member for these brands before ends, so ``by`` needs ``binding:edit`` there as well.

    Without ``brands``: whatever ``to_staff`` serves at the store. The customer is told, outside the quiet hours. Raises
    NotFound, NotAllowed, StoreClosed, CannotHold, OwnCustomer, NoAddress, AlreadyBound.
    """
    now = now or timezone.now()
    _lock_visible(member, by)
    by.require(Permission.BINDING_EDIT, store_id=store.pk)
    scope = _scope(to_staff, store, sorted({brand.pk for brand in brands}), member, now)
    account = _account_of(member)
    target = Target(to_staff.pk, store.pk)
    for row in ledger.overlapping(member.pk, scope):
        by.require(Permission.BINDING_EDIT, store_id=row.store_id, department_id=row.department_id)
        if Target.of(row) == target and set(scope) <= set(row.brand_ids):
            raise AlreadyBound(to_staff)
    started = ledger.start(
        member_id=member.pk, target=target, account_id=account.pk, scope=scope, way=Way.STAFF, at=now, by=by
    )
    announce("binding.entered", at=quiet_until(policy_for(started), now), binding_id=started.pk)
    return started


@transaction.atomic
def take_on(*, by: Staff, member: Member, place: Store | Department, now: dt.datetime | None = None) -> Arrival:
    """From now on ``by`` looks after this customer, who stands at the counter with a phone that cannot scan.

    As if the customer had scanned the person's own code: somebody else's customer goes by the market's rule for a second
    scan, and may be asked first. Bound or asked, the customer reads it at once. Raises NotFound, NotAllowed (without
    ``binding:own`` there), StoreClosed, CannotHold, OwnCustomer, NoAddress, AlreadyBound, KeptByRule.
    """
    now = now or timezone.now()
    _lock_visible(member, by)
    at = _place(place)
    by.require(Permission.BINDING_OWN, store_id=at.store_id, department_id=at.department_id)
    scope = _scope(by, place, [], member, now)
    account = _account_of(member)
    if any(row.staff_id == by.pk and set(scope) <= set(row.brand_ids) for row in ledger.overlapping(member.pk, scope)):
        raise AlreadyBound(by)
    arrival = arrive(
        member_id=member.pk,
        target=Target(by.pk, *at),
        scope=scope,
        policy=policy_of(place.market or account.market),
        account_id=account.pk,
        way=Way.STAFF,
        at=now,
        by=by,
    )
    if arrival.outcome == Scan.Outcome.KEPT:
        assert arrival.binding.staff is not None, "only a person keeps a customer from a person"
        raise KeptByRule(arrival.binding.staff)
    if arrival.outcome == Scan.Outcome.BOUND:
        announce("binding.entered", binding_id=arrival.binding.pk)
    return arrival


@transaction.atomic
def end_binding(*, by: Staff, binding: Binding, now: dt.datetime | None = None) -> Binding:
    """Nobody in particular looks after the customer any more. Raises NotFound, NotAllowed, AlreadyEnded."""
    if not Binding.objects.visible_to(by).filter(pk=binding.pk).exists():
        raise NotFound
    ledger.lock_members([binding.member_id])
    binding = Binding.objects.get(pk=binding.pk)
    by.require(Permission.BINDING_EDIT, store_id=binding.store_id, department_id=binding.department_id)
    if binding.ended_at is not None:
        raise AlreadyEnded
    return ledger.end(binding, Binding.End.BY_STAFF, now or timezone.now(), by=by)


def _lock_visible(member: Member, by: Staff) -> None:
    if not Member.objects.visible_to(by).filter(pk=member.pk).exists():
        raise NotFound
    ledger.lock_members([member.pk])


def _scope(
    to_staff: Staff, place: Store | Department, wanted: list[int], member: Member, now: dt.datetime
) -> list[int]:
    """What the person would look after there: the brands wanted, else all that they serve."""
    if isinstance(place, Store) and is_closed(place, now):
        raise StoreClosed
    held = held_brands(to_staff, _place(place))
    scope = wanted or held
    if held is None or scope is None or not covers(held, scope):
        raise CannotHold(to_staff)
    if StaffMember.objects.filter(staff=to_staff, member=member).exists():
        raise OwnCustomer
    return scope


def _account_of(member: Member) -> Account:
    """Where the customer was in touch last."""
    contact = next(iter(contacts_of(member.pk)), None)
    if contact is None:
        raise NoAddress
    return contact.account


def _place(place: Store | Department) -> Place:
    return Place(place.pk) if isinstance(place, Store) else Place(department_id=place.pk)
