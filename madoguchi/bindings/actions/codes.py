from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from madoguchi.bindings.errors import (
    AccountUnavailable,
    AlreadyRevoked,
    BadExpiry,
    CannotHold,
    PlaceMissing,
    StoreClosed,
)
from madoguchi.bindings.holders import covers, held_brands, is_closed
from madoguchi.bindings.models import Code
from madoguchi.channels.models import Account
from madoguchi.duty.schedule import Place
from madoguchi.kit.errors import NotAllowed
from madoguchi.organization.models import Brand, Department, Staff, Store
from madoguchi.organization.permissions import Permission


@transaction.atomic
def issue_code(
    *,
    by: Staff,
    account: Account,
    staff: Staff | None = None,
    store: Store | None = None,
    department: Department | None = None,
    brands: Iterable[Brand] = (),
    label: str = "",
    expires_at: dt.datetime | None = None,
    purpose: Code.Purpose = Code.Purpose.BIND,
    now: dt.datetime | None = None,
) -> Code:
    """A new code of a person (``staff``) or of a team, at a store or in a department.

    Everybody who may hold customers there issues codes of their own; codes of colleagues and of teams need
    ``binding:edit``. Without ``brands`` it binds for whatever the person serves there. Raises PlaceMissing, NotAllowed,
    AccountUnavailable, StoreClosed, CannotHold, BadExpiry.
    """
    now = now or timezone.now()
    if (store is None) == (department is None) or (staff is None and purpose == Code.Purpose.KNOW_STAFF):
        raise PlaceMissing
    place = Place(store.pk if store else None, department.pk if department else None)
    _require(by, staff, place)
    if not account.is_active:
        raise AccountUnavailable
    if is_closed(store, now):
        raise StoreClosed
    if expires_at is not None and expires_at <= now:
        raise BadExpiry
    wanted = sorted({brand.pk for brand in brands})
    if staff is not None and not covers(held_brands(staff, place), wanted):
        raise CannotHold(staff)

    code = Code.objects.create(
        purpose=purpose,
        account=account,
        staff=staff,
        store=store,
        department=department,
        label=label.strip(),
        created_by=by,
        created_at=now,
        expires_at=expires_at,
    )
    code.brands.set(wanted)
    return code


@transaction.atomic
def revoke_code(*, by: Staff, code: Code) -> Code:
    """It no longer works; bindings that came of it stay. Raises NotAllowed, AlreadyRevoked."""
    code = Code.objects.select_for_update(of=("self",)).get(pk=code.pk)
    _require(by, code.staff, Place(code.store_id, code.department_id))
    if code.is_revoked:
        raise AlreadyRevoked
    code.revoked_at, code.revoked_by = timezone.now(), by
    code.save(update_fields=["revoked_at", "revoked_by"])
    return code


def may_issue(by: Staff, staff: Staff | None, place: Place) -> bool:
    """Whether ``issue_code`` and ``revoke_code`` would let this person at it."""
    if by.reach(Permission.BINDING_EDIT).covers(store_id=place.store_id, department_id=place.department_id):
        return True
    return staff == by and held_brands(by, place) is not None


def _require(by: Staff, staff: Staff | None, place: Place) -> None:
    if not may_issue(by, staff, place):
        raise NotAllowed
