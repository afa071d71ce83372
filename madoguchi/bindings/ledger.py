"""Opening and ending rows of the ledger.

Whoever writes holds the lock on the member, so that two ways in at once meet one after the other; the exclusion
constraint on the rows stands behind that. Several members are locked in the order of their ids, and always before a
conversation.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import NamedTuple, Self

from django.db.models import F, Max
from django.db.models.functions import Greatest

from madoguchi.bindings.models import Binding, Code, Offer, Way
from madoguchi.kit.announce import announce
from madoguchi.members.models import Member
from madoguchi.organization.models import Staff


class Target(NamedTuple):
    """Who looks after a customer: a person at a place, or (no person) the place's whole team, its *pool*."""

    staff_id: int | None
    store_id: int | None
    department_id: int | None = None

    @classmethod
    def of(cls, binding: Binding) -> Self:
        return cls(binding.staff_id, binding.store_id, binding.department_id)

    @property
    def pool(self) -> Target:
        return self._replace(staff_id=None)


def lock_members(member_ids: Collection[int]) -> None:
    """Until the transaction ends. Rows that merely point to a member do not wait for it."""
    rows = Member.objects.filter(pk__in=member_ids).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk"))


def overlapping(member_id: int, scope: Sequence[int]) -> list[Binding]:
    """Current bindings of the same kind of scope that share a brand with this one: all brands, or some."""
    rows = Binding.objects.filter(member=member_id, brand_ids__overlap=list(scope)).current()
    return list(rows.select_related("staff", "store", "department").order_by("pk"))


def start(
    *,
    member_id: int,
    target: Target,
    account_id: int,
    scope: Sequence[int],
    way: Way,
    at: dt.datetime,
    code: Code | None = None,
    by: Staff | None = None,
    predecessor: Binding | None = None,
    because: Binding.End = Binding.End.REPLACED,
    settles: Offer | None = None,
) -> Binding:
    """Open a row; those that it overlaps end (``because``), each going on for the brands that the new one leaves.

    It begins at ``at``, or after what has been written down already for a later time: events come late. The customer's
    word about first messages passes on from the ``predecessor``.
    """
    at = _free_from(member_id, scope, at)
    for former in overlapping(member_id, scope):
        remaining = sorted(set(former.brand_ids) - set(scope))
        _close(former, because, at, by, settles, is_told=not remaining)
        if remaining:
            _go_on(former, remaining, at)
    started = Binding.objects.create(
        member_id=member_id,
        staff_id=target.staff_id,
        store_id=target.store_id,
        department_id=target.department_id,
        account_id=account_id,
        brand_ids=sorted(scope),
        way=way,
        code=code,
        by=by,
        predecessor=predecessor,
        may_write_first=predecessor.may_write_first if predecessor else True,
        started_at=at,
    )
    announce("binding.started", binding_id=started.pk)
    return started


def pass_on(
    binding: Binding,
    *,
    to: Target,
    way: Way,
    end: Binding.End,
    at: dt.datetime,
    by: Staff | None = None,
    settles: Offer | None = None,
) -> Binding:
    """The whole scope of a binding goes to somebody else, or to a team."""
    return start(
        member_id=binding.member_id,
        target=to,
        account_id=binding.account_id,
        scope=binding.brand_ids,
        way=way,
        at=at,
        by=by,
        predecessor=binding,
        because=end,
        settles=settles,
    )


def end(binding: Binding, end: Binding.End, at: dt.datetime, *, by: Staff | None = None) -> Binding:
    """Nobody takes over."""
    _close(binding, end, at, by, settles=None, is_told=True)
    return binding


def _free_from(member_id: int, scope: Sequence[int], at: dt.datetime) -> dt.datetime:
    rows = Binding.objects.filter(member=member_id, brand_ids__overlap=list(scope))
    taken = rows.aggregate(until=Max(Greatest(F("started_at"), F("ended_at"))))["until"]
    return max(at, taken) if taken else at


def _close(
    binding: Binding, end: Binding.End, at: dt.datetime, by: Staff | None, settles: Offer | None, *, is_told: bool
) -> None:
    """What was offered instead of it is no longer needed, except the offer that this settles."""
    binding.ended_at, binding.end, binding.ended_by = max(at, binding.started_at), end, by
    binding.save(update_fields=["ended_at", "end", "ended_by"])
    left = binding.offers.filter(state__in=[Offer.State.PLANNED, Offer.State.OPEN])
    for offer in left.exclude(pk=settles.pk) if settles else left:
        offer.withdraw(at)
        announce("offer.settled", offer_id=offer.pk)
    if is_told:
        announce("binding.ended", binding_id=binding.pk)


def _go_on(former: Binding, brand_ids: list[int], at: dt.datetime) -> None:
    Binding.objects.create(
        member_id=former.member_id,
        staff_id=former.staff_id,
        store_id=former.store_id,
        department_id=former.department_id,
        account_id=former.account_id,
        brand_ids=brand_ids,
        way=former.way,
        code_id=former.code_id,
        by_id=former.by_id,
        predecessor=former,
        may_write_first=former.may_write_first,
        started_at=at,
    )
