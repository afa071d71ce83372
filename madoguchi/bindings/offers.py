"""An offer's life: planned, told, then accepted, refused or left without an answer.

Each step is a transaction of its own under the lock on the member, and looks again at what it found: any number of
workers may do this at once, and a crash in between leaves the next step to whoever comes by.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from madoguchi.bindings import ledger
from madoguchi.bindings.holders import Team, held_brands, scope_of
from madoguchi.bindings.ledger import Target
from madoguchi.bindings.models import Binding, Code, Departure, Offer, Policy, Rest, StaffMember, Way
from madoguchi.bindings.policies import in_market, policy_for, quiet_markets
from madoguchi.bindings.queries import is_addressable
from madoguchi.duty.schedule import Place
from madoguchi.kit.announce import announce

BATCH = 500
State = Offer.State


def ask(standing: Binding, target: Target, policy: Policy, now: dt.datetime, *, code: Code | None) -> Offer:
    """The customer has scanned somebody else's ``code``, or (None) somebody else at the counter wants to take them on.

    Told at once, because the customer is there; silence keeps whom they had. The same question again asks no second time,
    another person's takes its place.
    """
    live = standing.offers.filter(state__in=[State.PLANNED, State.OPEN]).first()
    if live is not None:
        if live.departure_id is None and live.to_staff_id == target.staff_id:
            return live
        live.withdraw(now)
        announce("offer.settled", offer_id=live.pk)
    offer = Offer.objects.create(
        binding=standing,
        code=code,
        cause=Offer.Cause.SECOND_SCAN if code else Offer.Cause.BY_HAND,
        to_staff_id=target.staff_id,
        to_store_id=target.store_id,
        to_department_id=target.department_id,
        silence_accepts=False,
        due_at=now,
    )
    offer.tell(now, policy.answer_hours)
    announce("offer.told", offer_id=offer.pk)
    return offer


def tell_due(now: dt.datetime, limit: int = BATCH) -> int:
    """Open what is planned for now; where a market sleeps it waits until morning. Returns how many it looked at."""
    due = Offer.objects.filter(state=State.PLANNED, due_at__lte=now)
    for market in quiet_markets(now):
        due = due.exclude(in_market(market, "binding__"))
    pks = list(due.order_by("due_at", "pk").values_list("pk", flat=True)[:limit])
    for pk in pks:
        _tell(pk, now)
    return len(pks)


def settle_silent(now: dt.datetime, limit: int = BATCH) -> int:
    """Whoever has not answered in time has answered by that. Returns how many it looked at."""
    over = Offer.objects.filter(state=State.OPEN, answer_by__lte=now).order_by("answer_by", "pk")
    pks = list(over.values_list("pk", flat=True)[:limit])
    for pk in pks:
        with transaction.atomic():
            offer = lock(pk)
            if offer.state == State.OPEN and offer.answer_by is not None and offer.answer_by <= now:
                settle(offer, State.SILENT, now)
    return len(pks)


def lock(offer_id: int) -> Offer:
    """As it is once nobody else changes anything about its customer; held until the transaction ends."""
    member_id = Offer.objects.values_list("binding__member", flat=True).get(pk=offer_id)
    ledger.lock_members([member_id])
    related = ("binding__account", "binding__store__market", "binding__department__market", "departure", "code")
    return Offer.objects.select_related("to_staff", *related).get(pk=offer_id)


@transaction.atomic
def _tell(offer_id: int, now: dt.datetime) -> None:
    """Whoever cannot be told, and whoever is to be left in peace, is spared the message, not the change."""
    offer = lock(offer_id)
    if offer.state != State.PLANNED or offer.due_at > now:
        return
    binding = offer.binding
    if Rest.objects.filter(member=binding.member_id, until__gt=now).exists() or not _can_take(offer):
        result = _to_pool(offer, _end_of(offer), Way.RULE, now)
        offer.settle(State.WITHDRAWN, now, result)
        announce("offer.settled", offer_id=offer.pk)
    elif is_addressable(binding):
        offer.tell(now, policy_for(binding).answer_hours)
        announce("offer.told", offer_id=offer.pk)
    else:
        settle(offer, State.SILENT, now)


def settle(offer: Offer, state: State, now: dt.datetime) -> None:
    """``state``: ACCEPTED, REFUSED or SILENT. Under the lock of ``lock``."""
    is_accepted = state == State.ACCEPTED or (state == State.SILENT and offer.silence_accepts)
    result: Binding | None
    if is_accepted and _can_take(offer):
        result = _change(offer, now)
    elif offer.departure is None:
        result = None
    else:
        end = Binding.End.REFUSED if state == State.REFUSED else _end_of(offer)
        result = _to_pool(offer, end, Way.OFFER, now)
    offer.settle(state, now, result)
    announce("offer.settled", offer_id=offer.pk)
    if state == State.REFUSED and offer.departure is not None and result is not None:
        _try_again_later(offer, offer.departure, result, now)


def _can_take(offer: Offer) -> bool:
    """Things change between planning and answering: the person offered may have left too, or lost the posting; and a named
    successor may be a customer themself."""
    staff = offer.to_staff
    if staff is None:
        return True
    if offer.departure is not None and staff.pk == offer.departure.staff_id:
        return staff.is_active  # goes along to a store where the posting may only begin later
    if held_brands(staff, Place(offer.to_store_id, offer.to_department_id)) is None:
        return False
    if StaffMember.objects.filter(staff=staff, member=offer.binding.member_id).exists():
        return False
    return not staff.departures.filter(state=Departure.State.RUNNING).exists()


def _change(offer: Offer, now: dt.datetime) -> Binding:
    binding = offer.binding
    return ledger.start(
        member_id=binding.member_id,
        target=Target(offer.to_staff_id, offer.to_store_id, offer.to_department_id),
        account_id=binding.account_id,
        scope=_scope(offer),
        way=Way.OFFER,
        at=now,
        code=offer.code,
        predecessor=binding if offer.departure else None,
        because=_end_of(offer),
        settles=offer,
    )


def _scope(offer: Offer) -> Sequence[int]:
    """A departure passes on what there was; who takes somebody on gets what the code says, or what they serve there."""
    if offer.departure is not None or offer.to_staff is None:
        return offer.binding.brand_ids
    if offer.code is not None:
        return scope_of(offer.code, offer.to_staff)
    return held_brands(offer.to_staff, Place(offer.to_store_id, offer.to_department_id)) or offer.binding.brand_ids


def _to_pool(offer: Offer, end: Binding.End, way: Way, now: dt.datetime) -> Binding:
    """The store's whole team looks after the customer; where it does already, nothing changes."""
    binding = offer.binding
    if binding.staff_id is None:
        return binding
    return ledger.pass_on(binding, to=Target.of(binding).pool, way=way, end=end, at=now, settles=offer)


def _end_of(offer: Offer) -> Binding.End:
    return {
        Offer.Cause.SECOND_SCAN: Binding.End.REPLACED,
        Offer.Cause.BY_HAND: Binding.End.REPLACED,
        Offer.Cause.EXIT: Binding.End.STAFF_LEFT,
        Offer.Cause.TRANSFER: Binding.End.TRANSFERRED,
    }[Offer.Cause(offer.cause)]


def _try_again_later(offer: Offer, departure: Departure, pool: Binding, now: dt.datetime) -> None:
    """Somebody else each time, and then peace. Who has chosen the team is asked nothing more."""
    if offer.to_staff_id in (None, departure.staff_id) or departure.state != Departure.State.RUNNING:
        return
    policy = policy_for(pool)
    if offer.try_number >= policy.tries:
        until = now + dt.timedelta(days=policy.rest_days)
        Rest.objects.update_or_create(member_id=pool.member_id, defaults={"until": until})
        return
    place = Place(pool.store_id, pool.department_id)
    refused = Offer.objects.filter(departure=departure, binding__member=pool.member_id, to_staff__isnull=False)
    unwanted = {departure.staff_id, *refused.values_list("to_staff", flat=True)}
    chosen = Team.load_at(place, now).pick(pool.brand_ids, member_id=pool.member_id, except_for=unwanted)
    if chosen is not None:
        Offer.objects.create(
            binding=pool,
            departure=departure,
            cause=offer.cause,
            to_staff_id=chosen,
            to_store_id=place.store_id,
            to_department_id=place.department_id,
            silence_accepts=True,
            try_number=offer.try_number + 1,
            due_at=now + dt.timedelta(days=policy.days_between_tries),
        )
