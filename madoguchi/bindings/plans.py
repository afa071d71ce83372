"""What a departure means for each customer: an offer by the market's rule, planned once for every current binding."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from madoguchi.bindings import ledger
from madoguchi.bindings.holders import Team, held_brands
from madoguchi.bindings.ledger import Target
from madoguchi.bindings.models import Binding, BindingQuerySet, Departure, Offer, Policy
from madoguchi.duty.schedule import Place
from madoguchi.organization.models import Posting, Store
from madoguchi.organization.permissions import Permission

_CAUSES = {Departure.Kind.EXIT: Offer.Cause.EXIT, Departure.Kind.TRANSFER: Offer.Cause.TRANSFER}
_LIVE = [Offer.State.PLANNED, Offer.State.OPEN]


def plan(departure: Departure, now: dt.datetime, *, due_at: dt.datetime) -> int:
    """For whoever has none yet; how many. Who has another offer open answers that first. In a transaction.

    The number of statements depends on the number of places, not of customers.
    """
    without = concerned(departure).exclude(offers__departure=departure).exclude(offers__state__in=_LIVE)
    ledger.lock_members(list(without.values_list("member", flat=True)))
    rows = list(without.order_by("pk"))
    choose = _Choice(departure, now)
    offers = [
        Offer(
            binding=binding,
            departure=departure,
            cause=_CAUSES[Departure.Kind(departure.kind)],
            to_staff_id=target.staff_id,
            to_store_id=target.store_id,
            to_department_id=target.department_id,
            silence_accepts=departure.rule != Policy.Transfer.ASK or departure.kind == Departure.Kind.EXIT,
            due_at=due_at,
        )
        for binding in rows
        for target in [choose.target(binding)]
    ]
    return len(Offer.objects.bulk_create(offers))


def look_after(now: dt.datetime) -> None:
    """Take in customers who have come since, and finish what is over: the day has passed and nobody is left."""
    for pk in Departure.objects.filter(state=Departure.State.RUNNING).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            departure = lock(pk)
            if departure.state != Departure.State.RUNNING:
                continue
            plan(departure, now, due_at=_told_with_the_others(departure, now))
            if _has_left(departure, now) and not _is_unfinished(departure):
                departure.finish(Departure.State.DONE, now)


def lock(departure_id: int) -> Departure:
    """Before its customers. Offers that point to it do not wait for this lock: their writers hold a customer already."""
    return Departure.objects.select_for_update(of=("self",), no_key=True).get(pk=departure_id)


def concerned(departure: Departure) -> BindingQuerySet:
    """The current bindings that it is about."""
    rows = Binding.objects.current().filter(staff=departure.staff_id)
    if departure.from_store_id is not None:
        rows = rows.filter(store=departure.from_store_id)
    if departure.to_store_id is not None:
        rows = rows.exclude(store=departure.to_store_id)
    return rows


def _is_unfinished(departure: Departure) -> bool:
    return concerned(departure).exists() or departure.offers.filter(state__in=_LIVE).exists()


def _told_with_the_others(departure: Departure, now: dt.datetime) -> dt.datetime:
    """While the day on which customers are told is still to come, newcomers wait for it too."""
    planned = departure.offers.filter(state=Offer.State.PLANNED, try_number=1)
    latest = planned.aggregate(latest=Max("due_at"))["latest"]
    return max(now, latest) if latest else now


def _has_left(departure: Departure, now: dt.datetime) -> bool:
    store = departure.from_store or Store.objects.filter(postings__staff=departure.staff_id).first()
    zone = ZoneInfo(store.market.time_zone) if store else None
    return timezone.localdate(now, zone) >= departure.leaves_on


class _Choice:
    """To whom each customer would go. Teams are read once, and share out evenly what one plan gives them."""

    def __init__(self, departure: Departure, now: dt.datetime) -> None:
        self._departure = departure
        self._now = now
        self._teams: dict[Place, Team] = {}
        self._homes: dict[Place, Place] = {}

    def target(self, binding: Binding) -> Target:
        departure = self._departure
        pool = Target.of(binding).pool
        if departure.kind == Departure.Kind.TRANSFER and departure.rule in (Policy.Transfer.KEEP, Policy.Transfer.ASK):
            return Target(departure.staff_id, departure.to_store_id)
        if departure.rule == Policy.Leaving.SUCCESSOR and departure.successor_id is not None:
            return Target(departure.successor_id, *self._home_of_successor(Place(*pool[1:])))
        if departure.rule == Policy.Leaving.STORE:
            return pool._replace(staff_id=self._colleague(binding))
        return pool

    def _colleague(self, binding: Binding) -> int | None:
        place = Place(binding.store_id, binding.department_id)
        if place not in self._teams:
            self._teams[place] = Team.load_at(place, self._now)
        return self._teams[place].pick(
            binding.brand_ids, member_id=binding.member_id, except_for=[self._departure.staff_id]
        )

    def _home_of_successor(self, place: Place) -> Place:
        """The customer's own store where the successor works there, else one of the successor's."""
        if place not in self._homes:
            self._homes[place] = self._find_home(place)
        return self._homes[place]

    def _find_home(self, place: Place) -> Place:
        successor = self._departure.successor
        assert successor is not None
        if held_brands(successor, place) is not None:
            return place
        holds = Posting.objects.current().filter(
            staff=successor, role__permissions__contains=[Permission.BINDING_HOLD.value]
        )
        posted = holds.exclude(store=None, department=None).order_by("pk").values_list("store", "department").first()
        return Place(*posted) if posted else place
