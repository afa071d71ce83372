"""What customers decide themselves: who looks after them, and who may write to them. Each reaches only their own rows."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from madoguchi.bindings import ledger, offers
from madoguchi.bindings.errors import AlreadyEnded, CannotHold, OfferAnswered, OwnCustomer
from madoguchi.bindings.holders import covers, held_brands
from madoguchi.bindings.ledger import Target
from madoguchi.bindings.models import Binding, Offer, StaffMember, Way
from madoguchi.duty.schedule import Place
from madoguchi.kit.errors import NotFound
from madoguchi.members.models import Member
from madoguchi.organization.models import Staff


@transaction.atomic
def drop_binding(*, member: Member, binding: Binding, now: dt.datetime | None = None) -> Binding:
    """Nobody in particular looks after them any more. Raises NotFound, AlreadyEnded."""
    binding = _own(member, binding)
    return ledger.end(binding, Binding.End.DROPPED, now or timezone.now())


@transaction.atomic
def choose_person(
    *, member: Member, binding: Binding, to_staff: Staff | None, now: dt.datetime | None = None
) -> Binding:
    """A colleague at the same place, or (None) its whole team, from now on. Raises NotFound, AlreadyEnded, CannotHold,
    OwnCustomer."""
    binding = _own(member, binding)
    if binding.staff == to_staff:
        return binding
    if to_staff is not None:
        if not covers(held_brands(to_staff, Place(binding.store_id, binding.department_id)), binding.brand_ids):
            raise CannotHold(to_staff)
        if StaffMember.objects.filter(staff=to_staff, member=member).exists():
            raise OwnCustomer
    target = Target.of(binding)._replace(staff_id=to_staff.pk if to_staff else None)
    at = now or timezone.now()
    return ledger.pass_on(binding, to=target, way=Way.CUSTOMER, end=Binding.End.REPLACED, at=at)


@transaction.atomic
def set_may_write_first(*, member: Member, binding: Binding, may: bool) -> Binding:
    """Raises NotFound, AlreadyEnded."""
    binding = _own(member, binding)
    binding.may_write_first = may
    binding.save(update_fields=["may_write_first"])
    return binding


@transaction.atomic
def answer_offer(*, offer: Offer, member: Member, accept: bool, now: dt.datetime | None = None) -> Offer:
    """The customer's say. Raises NotFound (it is somebody else's), OfferAnswered."""
    offer = offers.lock(offer.pk)
    if offer.binding.member_id != member.pk:
        raise NotFound
    if offer.state != Offer.State.OPEN:
        raise OfferAnswered
    offers.settle(offer, Offer.State.ACCEPTED if accept else Offer.State.REFUSED, now or timezone.now())
    return offer


def _own(member: Member, binding: Binding) -> Binding:
    ledger.lock_members([member.pk])
    rows = Binding.objects.select_related("staff", "store__market", "department__market", "account")
    current = rows.filter(pk=binding.pk, member=member).first()
    if current is None:
        raise NotFound
    if current.ended_at is not None:
        raise AlreadyEnded
    return current
