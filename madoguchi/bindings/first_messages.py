"""Who may write first to a customer who has asked nothing, and how often a month.

A store's limit beats a role's; a blank limit, or none at all, means never. Of several roles at a store the most generous
counts. Months are those of the store's market; each begins anew on the 1st.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from madoguchi.bindings.errors import CustomerWantsNoFirstMessages, FirstMessageLimitReached, NotYourCustomer
from madoguchi.bindings.models import Binding, FirstMessage, FirstMessageLimit
from madoguchi.organization.models import Staff, Store


@dataclass(frozen=True, slots=True)
class Allowance:
    limit: int | None
    """A month; None: may not write first at all."""
    used: int
    """In the running month, at all stores together."""

    @property
    def left(self) -> int:
        return max(0, (self.limit or 0) - self.used)


def allowance(staff: Staff, store: Store | None, now: dt.datetime) -> Allowance:
    """``store`` is where the customer is bound; None: to somebody who works in a department."""
    used = FirstMessage.objects.filter(staff=staff, at__gte=_month_began(store, now)).count()
    return Allowance(_limit(staff, store), used)


@transaction.atomic
def claim(*, staff: Staff, member_id: int, brand_id: int | None, key: UUID, now: dt.datetime) -> FirstMessage:
    """Use the right once, in the caller's transaction: what is not sent is not counted.

    Two uses at once wait for each other on the person's row, so that they cannot exceed the limit together. The same
    ``key`` again is the same use. Raises NotYourCustomer, CustomerWantsNoFirstMessages, FirstMessageLimitReached.
    """
    Staff.objects.select_for_update(no_key=True).get(pk=staff.pk)
    binding = binding_to(staff, member_id, brand_id)
    if binding is None:
        raise NotYourCustomer
    if not binding.may_write_first:
        raise CustomerWantsNoFirstMessages
    if used_before := FirstMessage.objects.filter(key=key, staff=staff).first():
        return used_before
    allowed = allowance(staff, binding.store, now)
    if not allowed.left:
        raise FirstMessageLimitReached(allowed.limit)
    return FirstMessage.objects.create(staff=staff, binding=binding, key=key, at=now)


def binding_to(staff: Staff, member_id: int, brand_id: int | None) -> Binding | None:
    """The current one between these two: for the brand spoken about, else for any."""
    own = Binding.objects.current().filter(member=member_id, staff=staff).select_related("store__market")
    return own.for_brand(brand_id).first() or own.order_by("pk").first()


def _limit(staff: Staff, store: Store | None) -> int | None:
    if store is not None and (row := FirstMessageLimit.objects.filter(store=store).first()):
        return row.per_month
    roles = [
        posting.role_id for posting in staff.postings.current() if store is None or _serves(posting.store_id, store)
    ]
    limits = FirstMessageLimit.objects.filter(role__in=roles, per_month__isnull=False)
    return max((row.per_month for row in limits if row.per_month is not None), default=None)


def _serves(store_id: int | None, store: Store) -> bool:
    return store_id is None or store_id == store.pk


def _month_began(store: Store | None, now: dt.datetime) -> dt.datetime:
    zone = ZoneInfo(store.market.time_zone) if store else timezone.get_default_timezone()
    return now.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
