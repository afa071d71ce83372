"""What staff enter themselves, without a code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from madoguchi.bindings import ledger
from madoguchi.bindings.errors import AlreadyBound, AlreadyEnded, CannotHold, NoAddress, OwnCustomer, StoreClosed
from madoguchi.bindings.holders import covers, held_brands, is_closed
from madoguchi.bindings.ledger import Target
from madoguchi.bindings.models import Binding, StaffMember, Way
from madoguchi.bindings.queries import contacts_of
from madoguchi.duty.schedule import Place
from madoguchi.kit.errors import NotFound
from madoguchi.members.models import Member
from madoguchi.organization.models import Brand, Staff, Store
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

    Without ``brands``: whatever ``to_staff`` serves at the store. Raises NotFound, NotAllowed, StoreClosed, CannotHold,
    OwnCustomer, NoAddress, AlreadyBound.
    """
    now = now or timezone.now()
    if not Member.objects.visible_to(by).filter(pk=member.pk).exists():
        raise NotFound
    ledger.lock_members([member.pk])
    by.require(Permission.BINDING_EDIT, store_id=store.pk)
    if is_closed(store, now):
        raise StoreClosed
    held = held_brands(to_staff, Place(store.pk))
    scope = sorted({brand.pk for brand in brands}) or held
    if held is None or scope is None or not covers(held, scope):
        raise CannotHold(to_staff)
    if StaffMember.objects.filter(staff=to_staff, member=member).exists():
        raise OwnCustomer
    contact = next(iter(contacts_of(member.pk)), None)
    if contact is None:
        raise NoAddress
    standing = ledger.overlapping(member.pk, scope)
    target = Target(to_staff.pk, store.pk)
    for row in standing:
        by.require(Permission.BINDING_EDIT, store_id=row.store_id, department_id=row.department_id)
        if Target.of(row) == target and set(scope) <= set(row.brand_ids):
            raise AlreadyBound(to_staff)
    return ledger.start(
        member_id=member.pk,
        target=target,
        account_id=contact.account_id,
        scope=scope,
        way=Way.STAFF,
        at=now,
        by=by,
    )


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
