from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

from django.db import transaction

from madoguchi.bindings.errors import BadPolicy, PlaceMissing, QuietHoursIncomplete
from madoguchi.bindings.models import FirstMessageLimit, Policy
from madoguchi.kit.errors import NotAllowed
from madoguchi.organization.models import Market, Role, Staff, Store
from madoguchi.organization.permissions import Permission
from madoguchi.organization.reach import Place

DAYS_MAX = 3_660
TRIES_MAX = 10
HOURS_MAX = 24 * 30
MINUTES_MAX = 60 * 24
PER_MONTH_MAX = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFields:
    """As ``Policy``, which says what each means; ``inactive_days`` None: never; both quiet hours None: none."""

    second_scan: Policy.SecondScan = Policy.SecondScan.ASK
    inactive_days: int | None = 365
    leaving: Policy.Leaving = Policy.Leaving.STORE
    transfer: Policy.Transfer = Policy.Transfer.ASK
    cover_minutes: int = 15
    answer_hours: int = 24
    tries: int = 3
    days_between_tries: int = 7
    rest_days: int = 90
    quiet_from: dt.time | None = dt.time(21)
    quiet_until: dt.time | None = dt.time(9)


@transaction.atomic
def save_policy(*, by: Staff, market: Market, fields: PolicyFields) -> Policy:
    """For what happens from now on: plans that are under way keep the rule they began with. Raises NotAllowed, BadPolicy,
    QuietHoursIncomplete."""
    if not may_configure(by, market):
        raise NotAllowed
    _refuse_nonsense(fields)
    return Policy.objects.update_or_create(market=market, defaults=asdict(fields))[0]


@transaction.atomic
def save_first_message_limit(
    *, by: Staff, role: Role | None = None, store: Store | None = None, per_month: int | None
) -> FirstMessageLimit:
    """How often a month a role, or whoever serves at a store, may write first; None: never.

    A store's limit needs ``binding:configure`` there, a role's in the whole company. Raises PlaceMissing, NotAllowed,
    BadPolicy.
    """
    if (role is None) == (store is None):
        raise PlaceMissing
    place = Place(store_id=store.pk) if store else Place()
    if not by.reach(Permission.BINDING_CONFIGURE).contains(place):
        raise NotAllowed
    if per_month is not None and not 0 <= per_month <= PER_MONTH_MAX:
        raise BadPolicy
    return FirstMessageLimit.objects.update_or_create(role=role, store=store, defaults={"per_month": per_month})[0]


@transaction.atomic
def remove_store_limit(*, by: Staff, store: Store) -> None:
    """From then on the roles' limits hold there again. Raises NotAllowed."""
    if not by.reach(Permission.BINDING_CONFIGURE).contains(Place(store_id=store.pk)):
        raise NotAllowed
    FirstMessageLimit.objects.filter(store=store).delete()


def may_configure(by: Staff, market: Market) -> bool:
    return by.reach(Permission.BINDING_CONFIGURE).contains(Place(market_id=market.pk))


def _refuse_nonsense(fields: PolicyFields) -> None:
    within = [
        (fields.tries, TRIES_MAX),
        (fields.answer_hours, HOURS_MAX),
        (fields.days_between_tries, DAYS_MAX),
        (fields.rest_days, DAYS_MAX),
        (fields.cover_minutes, MINUTES_MAX),
        (1 if fields.inactive_days is None else fields.inactive_days, DAYS_MAX),
    ]
    if any(not 1 <= value <= most for value, most in within):
        raise BadPolicy
    begin, end = fields.quiet_from, fields.quiet_until
    if (begin is None) != (end is None) or (begin is not None and begin == end):
        raise QuietHoursIncomplete
