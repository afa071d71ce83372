"""What customers would read, shown before anything is decided: the real sentences, filled with rows that are not saved."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.bindings import answers
from madoguchi.bindings.actions.policies import PolicyFields
from madoguchi.bindings.models import Binding, Departure, Offer, Policy, Scan
from madoguchi.channels.models import Contact
from madoguchi.members.models import Member
from madoguchi.organization.models import Department, Market, Staff, Store


@dataclass(frozen=True, slots=True)
class Said:
    about: str | Promise
    """When they read it, in the reader's language."""
    text: str
    """In the customers' language."""
    buttons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays in a preview: real names of one place where there are some."""

    market: Market
    store: Store
    person: Staff
    colleague: Staff
    other_store: Store

    @classmethod
    def of(cls, market: Market) -> Cast:
        store, other = [*market.stores.filter(closed_on=None)[:2], *_unsaved_stores(market)][:2]
        people = (
            Staff.objects.filter(postings__store=store, is_active=True).distinct() if store.pk else Staff.objects.none()
        )
        person, colleague = [*people[:2], Staff(pk=-1, display_name=_("Chen")), Staff(pk=-2, display_name=_("Lin"))][:2]
        return cls(market, store, person, colleague, other)


def of_policy(cast: Cast, fields: PolicyFields, now: dt.datetime) -> list[Said]:
    """One for a second scan, one for somebody who leaves, one for somebody who moves."""
    exit_, move = (
        Departure(
            kind=kind,
            rule=rule,
            staff=cast.person,
            successor=cast.colleague,
            to_store=cast.other_store if kind == Departure.Kind.TRANSFER else None,
            leaves_on=now.date(),
        )
        for kind, rule in (
            (Departure.Kind.EXIT, fields.leaving),
            (Departure.Kind.TRANSFER, fields.transfer),
        )
    )
    answer_by = now + dt.timedelta(hours=fields.answer_hours)
    return [
        _second_scan(cast, fields.second_scan, answer_by),
        of_departure(exit_, cast.store, cast.market, answer_by, colleague=cast.colleague),
        of_departure(move, cast.store, cast.market, answer_by, colleague=cast.colleague),
    ]


def of_departure(
    departure: Departure,
    place: Store | Department,
    market: Market,
    answer_by: dt.datetime,
    *,
    colleague: Staff | None = None,
) -> Said:
    """What the first customer at this place will read. ``colleague``: to whom the store would give them."""
    binding = _binding(departure.staff, place)
    is_transfer = departure.kind == Departure.Kind.TRANSFER
    to_staff, to_place = None, place
    if is_transfer and departure.rule in (Policy.Transfer.KEEP, Policy.Transfer.ASK):
        to_staff, to_place = departure.staff, departure.to_store or place
    elif departure.rule == Policy.Leaving.SUCCESSOR:
        to_staff = departure.successor
    elif departure.rule == Policy.Leaving.STORE:
        to_staff = colleague
    offer = Offer(
        binding=binding,
        departure=departure,
        cause=Offer.Cause.TRANSFER if is_transfer else Offer.Cause.EXIT,
        to_staff=to_staff,
        silence_accepts=not is_transfer or departure.rule != Policy.Transfer.ASK,
        answer_by=answer_by,
        **_at(to_place),
    )
    about = (
        gettext_lazy("When somebody moves to another store") if is_transfer else gettext_lazy("When somebody leaves")
    )
    return _announced(about, offer, market)


def _second_scan(cast: Cast, rule: str, answer_by: dt.datetime) -> Said:
    about = gettext_lazy("After scanning a second person's code")
    if rule == Policy.SecondScan.ASK:
        offer = Offer(
            binding=_binding(cast.person, cast.store),
            cause=Offer.Cause.SECOND_SCAN,
            to_staff=cast.colleague,
            to_store=cast.store,
            silence_accepts=False,
            answer_by=answer_by,
        )
        return _announced(about, offer, cast.market)
    is_newest = rule == Policy.SecondScan.NEWEST
    scan = Scan(
        outcome=Scan.Outcome.BOUND if is_newest else Scan.Outcome.KEPT,
        binding=_binding(cast.colleague if is_newest else cast.person, cast.store),
    )
    with translation.override(cast.market.locale):
        return Said(about, answers.sentence(scan))


def _announced(about: str | Promise, offer: Offer, market: Market) -> Said:
    with translation.override(market.locale):
        text, choices = answers.announcement(offer, Contact(pk=0))
    return Said(about, text, tuple(choice.label for choice in choices))


def _binding(staff: Staff, place: Store | Department) -> Binding:
    return Binding(member=Member(), staff=staff, **_at(place, "store", "department"))


def _at(place: Store | Department, store: str = "to_store", department: str = "to_department") -> dict[str, Any]:
    return {store: place} if isinstance(place, Store) else {department: place}


def _unsaved_stores(market: Market) -> list[Store]:
    return [Store(name=_("Main store"), market=market), Store(name=_("Second store"), market=market)]
