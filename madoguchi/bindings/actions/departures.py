"""Somebody leaves or moves, and every customer of theirs has a say in what becomes of them."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone

from madoguchi.bindings import ledger, plans
from madoguchi.bindings.errors import (
    AlreadyLeaving,
    CannotHold,
    NotRunning,
    StoreClosed,
    StoreMissing,
    SuccessorMissing,
)
from madoguchi.bindings.holders import is_closed
from madoguchi.bindings.models import Binding, Departure, Offer, Policy
from madoguchi.bindings.policies import policy_of, quiet_until
from madoguchi.bindings.tasks import tell_offers
from madoguchi.duty.schedule import Place
from madoguchi.kit.announce import announce
from madoguchi.kit.errors import NotAllowed, NotFound
from madoguchi.organization.models import Market, Staff, Store
from madoguchi.organization.permissions import Permission


@transaction.atomic
def begin_departure(
    *,
    by: Staff,
    staff: Staff,
    kind: Departure.Kind,
    leaves_on: dt.date,
    successor: Staff | None = None,
    from_store: Store | None = None,
    to_store: Store | None = None,
    tell_at: dt.datetime | None = None,
    now: dt.datetime | None = None,
) -> Departure:
    """Plan an offer for each customer of this person, by the rule of the person's market as it is now.

    ``from_store`` limits it to one store (None: all), ``to_store`` is where a transfer goes, ``tell_at`` is when
    customers are told (None: at once; what falls in the quiet hours waits). Customers who come until the person has left
    are taken in too. ``by`` needs ``binding:edit`` wherever the person serves or has customers. Raises NotFound,
    NotAllowed, AlreadyLeaving, SuccessorMissing, CannotHold, StoreMissing, StoreClosed.
    """
    now = now or timezone.now()
    places = _places(staff, from_store)
    _require(by, staff, places)
    if staff.departures.filter(state=Departure.State.RUNNING).exists():
        raise AlreadyLeaving(staff)
    rule = _rule(kind, _market(places))
    if kind == Departure.Kind.TRANSFER:
        _require_destination(from_store, to_store, now)
    elif rule == Policy.Leaving.SUCCESSOR:
        _require_successor(staff, successor)
    try:
        with transaction.atomic():
            departure = Departure.objects.create(
                staff=staff,
                kind=kind,
                rule=rule,
                successor=successor,
                from_store=from_store,
                to_store=to_store,
                leaves_on=leaves_on,
                by=by,
                at=now,
            )
    except IntegrityError:
        raise AlreadyLeaving(staff) from None
    due_at = max(now, tell_at or now)
    if plans.plan(departure, now, due_at=due_at) and due_at == now:
        tell_offers.defer()
    return departure


@transaction.atomic
def cancel_departure(*, by: Staff, departure: Departure, now: dt.datetime | None = None) -> Departure:
    """What customers have not answered yet is withdrawn; what is settled stays. Whoever had been told is told so, outside
    the quiet hours. Raises NotFound, NotAllowed, NotRunning."""
    now = now or timezone.now()
    places = _places(departure.staff, departure.from_store)
    _require(by, departure.staff, places)
    market = _market(places)
    morning = quiet_until(policy_of(market), now) if market else None
    departure = plans.lock(departure.pk)
    if departure.state != Departure.State.RUNNING:
        raise NotRunning
    live = Offer.objects.filter(departure=departure, state__in=[Offer.State.PLANNED, Offer.State.OPEN])
    ledger.lock_members(list(live.values_list("binding__member", flat=True)))
    for offer in live.order_by("pk"):
        offer.withdraw(now)
        announce("offer.settled", at=morning, offer_id=offer.pk)
    departure.finish(Departure.State.CANCELLED, now)
    return departure


def may_begin(by: Staff, staff: Staff) -> bool:
    """Whether ``begin_departure`` would let this person plan for that one."""
    places = _places(staff, None)
    return bool(places) and all(_may_edit(by, place) for place in places)


def market_for(staff: Staff, from_store: Store | None = None) -> Market | None:
    """Whose rule a departure of this person would follow; None: the person serves nowhere, the defaults hold."""
    return _market(_places(staff, from_store))


def _places(staff: Staff, from_store: Store | None) -> list[Place]:
    """Where the person works, then where their customers are."""
    if from_store is not None:
        return [Place(from_store.pk)]
    posted = staff.postings.current().exclude(store=None, department=None).values_list("store", "department")
    bound = Binding.objects.current().filter(staff=staff).order_by("store", "department")
    return [Place(*row) for row in dict.fromkeys([*posted, *bound.values_list("store", "department").distinct()])]


def _require(by: Staff, staff: Staff, places: list[Place]) -> None:
    allowed = [_may_edit(by, place) for place in places]
    if not any(allowed):
        raise NotFound if by != staff else NotAllowed
    if not all(allowed):
        raise NotAllowed


def _may_edit(by: Staff, place: Place) -> bool:
    return by.reach(Permission.BINDING_EDIT).covers(store_id=place.store_id, department_id=place.department_id)


def _market(places: list[Place]) -> Market | None:
    for place in places:
        if place.store_id is not None:
            return Market.objects.get(stores=place.store_id)
        if place.department_id is not None:
            market = Market.objects.filter(departments=place.department_id).first()
            if market is not None:
                return market
    return None


def _rule(kind: Departure.Kind, market: Market | None) -> str:
    policy = policy_of(market) if market is not None else Policy()
    return policy.leaving if kind == Departure.Kind.EXIT else policy.transfer


def _require_successor(staff: Staff, successor: Staff | None) -> None:
    if successor is None or successor == staff:
        raise SuccessorMissing
    if not successor.may(Permission.BINDING_HOLD):
        raise CannotHold(successor)
    if successor.departures.filter(state=Departure.State.RUNNING).exists():
        raise AlreadyLeaving(successor)


def _require_destination(from_store: Store | None, to_store: Store | None, now: dt.datetime) -> None:
    if to_store is None or to_store == from_store:
        raise StoreMissing
    if is_closed(to_store, now):
        raise StoreClosed
