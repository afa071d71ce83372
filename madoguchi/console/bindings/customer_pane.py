"""Who looks after the customer of a thread: in the right pane, with what one may do about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from madoguchi.bindings.actions.staff import bind_by_staff, end_binding, take_on
from madoguchi.bindings.models import ALL_BRANDS, Binding, Offer, Policy
from madoguchi.bindings.policies import policy_of
from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.templatetags.bindings import place_key
from madoguchi.conversations import access
from madoguchi.conversations.models import Conversation
from madoguchi.kit.errors import Invalid, NotFound
from madoguchi.organization.models import Brand, Department, Posting, Staff, Store
from madoguchi.organization.permissions import Permission

P = Permission
PAST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Scoped:
    """One row of the ledger as the pane shows it."""

    binding: Binding
    brands: list[Brand]
    """Empty: all."""
    may_end: bool
    question: Offer | None = None
    """What the customer is or will be asked about it."""


@dataclass(frozen=True, slots=True)
class Team:
    """Who could take the customer at one store."""

    store: Store
    people: list[Staff] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TakingOn:
    """How somebody could look after the customer themselves."""

    places: list[Store | Department]
    """Where: one button each."""
    from_whom: Staff | None
    """Somebody else looks after them now; the market's rule for a second scan decides."""
    rule: str

    @property
    def is_ruled_out(self) -> bool:
        return self.from_whom is not None and self.rule == Policy.SecondScan.FIRST


def bindings_context(found: Conversation, staff: Staff) -> dict[str, Any]:
    """For ``console/bindings/_customer_bindings.html``; at most eight statements. Whoever may see the thread and read
    people sees who looks after the customer, wherever that is."""
    rows = Binding.objects.filter(member=found.member_id).select_related("staff", "store", "department", "by")
    ledger = list(rows.order_by("-started_at", "-pk")[: PAST_SHOWN + 5])
    current = [binding for binding in ledger if binding.ended_at is None]
    brands = _brands(ledger)
    questions = _questions(current)
    return {
        "current_bindings": [_scoped(binding, brands, staff, questions.get(binding.pk)) for binding in current],
        "past_bindings": [_scoped(binding, brands, staff) for binding in ledger if binding.ended_at][:PAST_SHOWN],
        "binding_teams": _teams(found, current, staff),
        "taking_on": _taking_on(found, current, staff),
    }


@require_POST
@requires(P.BINDING_EDIT)
def bind(request: StaffRequest, public_id: str) -> HttpResponseBase:
    """``to`` names a person and the store, as the pane offers them."""
    found = access.find(public_id, request.user)
    person, _separator, store = request.POST.get("to", "").partition("@")
    to_staff = Staff.objects.filter(public_id=person, is_active=True).first()
    to_store = Store.objects.filter(public_id=store).first()
    if to_staff is None or to_store is None:
        raise Invalid
    bind_by_staff(by=request.user, member=found.member, to_staff=to_staff, store=to_store)
    return _shown(request, found)


@require_POST
@requires(P.BINDING_OWN)
def take(request: StaffRequest, public_id: str) -> HttpResponseBase:
    """``at`` names one of the places that the pane offers."""
    found = access.find(public_id, request.user)
    places = {place_key(place): place for place in _own_places(request.user)}
    place = places.get(request.POST.get("at", ""))
    if place is None:
        raise Invalid
    take_on(by=request.user, member=found.member, place=place)
    return _shown(request, found)


@require_POST
@requires(P.BINDING_EDIT)
def end(request: StaffRequest, public_id: str, binding_id: str) -> HttpResponseBase:
    found = access.find(public_id, request.user)
    binding = Binding.objects.filter(public_id=binding_id, member=found.member_id).first()
    if binding is None:
        raise NotFound
    end_binding(by=request.user, binding=binding)
    return _shown(request, found)


def _shown(request: StaffRequest, found: Conversation) -> HttpResponseBase:
    if not request.htmx:
        return redirect("conversation", found.public_id)
    context = {"conversation": found, **bindings_context(found, request.user)}
    response = render(request, "console/bindings/_customer_bindings.html", context)
    response.headers["HX-Trigger"] = "thread-changed"
    return response


def _scoped(binding: Binding, brands: dict[int, Brand], staff: Staff, question: Offer | None = None) -> Scoped:
    edits = staff.reach(P.BINDING_EDIT)
    return Scoped(
        binding,
        [brands[pk] for pk in binding.brand_ids if pk in brands],
        binding.ended_at is None and edits.covers(store_id=binding.store_id, department_id=binding.department_id),
        question,
    )


def _questions(current: list[Binding]) -> dict[int, Offer]:
    live = Offer.objects.filter(binding__in=current, state__in=[Offer.State.PLANNED, Offer.State.OPEN])
    return {offer.binding_id: offer for offer in live.select_related("to_staff")} if current else {}


def _taking_on(found: Conversation, current: list[Binding], staff: Staff) -> TakingOn | None:
    """At the place this is about where the person works there, else at any of theirs."""
    places = _own_places(staff)
    if not places or any(binding.staff_id == staff.pk for binding in current):
        return None
    here = [place for place in places if place in (found.store, found.department)]
    from_whom = next((binding.staff for binding in current if binding.staff_id is not None), None)
    market = (here or places)[0].market or found.contact.account.market
    return TakingOn(here or places, from_whom, policy_of(market).second_scan if from_whom else "")


def _own_places(staff: Staff) -> list[Store | Department]:
    """Where the person is posted themselves and may take customers on; a store that closes for good is no place to begin."""
    reach = staff.reach(P.BINDING_OWN).places
    stores = Store.objects.filter(pk__in=[place.store_id for place in reach if place.store_id], closed_on=None)
    departments = Department.objects.filter(pk__in=[place.department_id for place in reach if place.department_id])
    return [*stores.select_related("market"), *departments.select_related("market")] if reach else []


def _brands(ledger: list[Binding]) -> dict[int, Brand]:
    wanted = {pk for binding in ledger for pk in binding.brand_ids} - {ALL_BRANDS}
    return Brand.objects.defer("icon").in_bulk(wanted) if wanted else {}


def _teams(found: Conversation, current: list[Binding], staff: Staff) -> list[Team]:
    """At the stores this is about, else at the person's own; only where they may bind, and only who may hold."""
    edits = staff.reach(P.BINDING_EDIT)
    about = {found.store_id, *(binding.store_id for binding in current)} - {None}
    stores = [pk for pk in about if edits.covers(store_id=pk)] or [p.store_id for p in edits.places if p.store_id]
    if not stores:
        return []
    holding = Posting.objects.current().filter(
        store__in=stores, staff__is_active=True, role__permissions__contains=[P.BINDING_HOLD.value]
    )
    teams: dict[int, Team] = {}
    for posting in holding.select_related("staff", "store").order_by("store__code", "staff__display_name"):
        assert posting.store is not None, "asked for by store"
        people = teams.setdefault(posting.store.pk, Team(posting.store)).people
        if posting.staff not in people:
            people.append(posting.staff)
    return list(teams.values())
