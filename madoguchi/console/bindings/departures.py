"""Somebody leaves or moves: the plan before it begins, what becomes of each customer, and calling it off."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from madoguchi.bindings.actions.departures import begin_departure, cancel_departure, market_for
from madoguchi.bindings.models import Departure, Offer, Policy
from madoguchi.bindings.policies import policy_of, quiet_until
from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.base.forms import render_form, told_in
from madoguchi.console.bindings.departure_form import DepartureForm
from madoguchi.console.bindings.outlook import outlook
from madoguchi.console.bindings.tabs import frame
from madoguchi.kit.errors import NotFound
from madoguchi.organization import directory
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission

P = Permission
S = Offer.State
OFFERS_SHOWN = 200
LATEST_FIRST = (F("answered_at").desc(nulls_last=True), F("told_at").desc(nulls_last=True), "due_at", "pk")


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of a departure's offers stand where; an offer that was refused may be followed by another one."""

    customers: int
    not_yet: int
    deciding: int
    accepted: int
    silent: int
    refused: int
    next_tries: int
    """Planned again for somebody who refused."""
    withdrawn: int

    @property
    def first_offers(self) -> int:
        return self.not_yet + self.deciding + self.accepted + self.silent + self.refused

    @property
    def settled(self) -> int:
        return self.accepted + self.silent + self.refused


def _counted(rows: QuerySet[Departure]) -> QuerySet[Departure]:
    def number(**conditions: object) -> Count:
        return Count("offers", filter=Q(**{f"offers__{name}": value for name, value in conditions.items()}))

    return rows.annotate(
        customers=Count("offers__binding__member", distinct=True),
        not_yet=number(state=S.PLANNED, try_number=1),
        next_tries=number(state=S.PLANNED, try_number__gt=1),
        deciding=number(state=S.OPEN),
        accepted=number(state=S.ACCEPTED),
        silent=number(state=S.SILENT),
        refused=number(state=S.REFUSED),
        withdrawn=number(state=S.WITHDRAWN),
    )


def progress(departure: Departure) -> Progress:
    """Of a row that ``_counted`` has annotated."""
    return Progress(**{name: getattr(departure, name) for name in Progress.__dataclass_fields__})


def visible_to(staff: Staff) -> QuerySet[Departure]:
    """Of people at the places where one may edit bindings."""
    people = directory.people_of(staff, P.BINDING_EDIT)
    rows = Departure.objects.filter(staff__in=people.values("pk"))
    return rows.select_related("staff", "successor", "from_store", "to_store", "by")


@require_GET
@requires(P.BINDING_EDIT)
def listing(request: StaffRequest) -> HttpResponseBase:
    """Those under way first; it refreshes itself when customers answer."""
    rows = list(_counted(visible_to(request.user)).order_by("-at")[:100])
    rows.sort(key=lambda row: row.state != Departure.State.RUNNING)
    context = frame(request, "departures") | {"departures": [(row, progress(row)) for row in rows]}
    return render(request, "console/bindings/departures.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(P.BINDING_EDIT)
def new(request: StaffRequest) -> HttpResponseBase:
    """GET with a person shows what it would mean; POST begins it."""
    now = timezone.now()
    form = DepartureForm(request.POST if request.method == "POST" else request.GET, by=request.user)
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            departure = begin_departure(by=request.user, now=now, **form.departure_fields())
            messages.success(request, _("Under way. Customers are told, and each has a say."))
            return redirect("departure", departure.public_id)
    if request.method != "POST":
        form.errors.clear()  # nobody has asked for it yet
    context = frame(request, "departures") | {
        "form": form,
        "person": form.chosen_person,
        "outlook": outlook(form, now) if form.chosen_person else None,
    }
    return render_form(request, "console/bindings/departure_new.html", context, form)


@require_GET
@requires(P.BINDING_EDIT)
def departure(request: StaffRequest, public_id: str) -> HttpResponseBase:
    found = _find(request.user, public_id, counted=True)
    offers = found.offers.select_related("binding__member", "to_staff", "to_store", "to_department")
    chosen = request.GET.get("state", "")
    if chosen in S.values:
        offers = offers.filter(state=chosen)
    numbers = progress(found)
    context = frame(request, "departures") | {
        "departure": found,
        "progress": numbers,
        "waits_until": _waits_until(found) if numbers.not_yet or numbers.next_tries else None,
        "rule": _rule(found),
        "offers": offers.order_by(*LATEST_FIRST)[:OFFERS_SHOWN],
        "chosen": chosen,
        "states": S.choices,
    }
    return render(request, "console/bindings/departure.html", context)


@require_POST
@requires(P.BINDING_EDIT)
def cancel(request: StaffRequest, public_id: str) -> HttpResponseBase:
    cancel_departure(by=request.user, departure=_find(request.user, public_id))
    messages.success(request, _("Called off. What was settled stays; nobody else is told."))
    return redirect("departure", public_id)


def _waits_until(departure: Departure) -> dt.datetime | None:
    """It is night where the customers are; None: it is not."""
    market = market_for(departure.staff, departure.from_store)
    return quiet_until(policy_of(market), timezone.now()) if market else None


def _find(staff: Staff, public_id: str, *, counted: bool = False) -> Departure:
    rows = visible_to(staff).filter(public_id=public_id)
    found = (_counted(rows) if counted else rows).first()
    if found is None:
        raise NotFound
    return found


def _rule(departure: Departure) -> str:
    """As it was when the plan began."""
    choices = Policy.Leaving.choices if departure.kind == Departure.Kind.EXIT else Policy.Transfer.choices
    return str(dict(choices)[departure.rule])
