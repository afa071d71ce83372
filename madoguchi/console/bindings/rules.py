"""A market's rules as sentences one can change in place, and who may write first how often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from madoguchi.bindings.actions import policies
from madoguchi.bindings.models import FirstMessageLimit
from madoguchi.bindings.policies import policy_of
from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.base.forms import render_form, told_in
from madoguchi.console.bindings import samples
from madoguchi.console.bindings.filters import Filters
from madoguchi.console.bindings.forms import LimitForm, PolicyForm
from madoguchi.console.bindings.tabs import frame
from madoguchi.kit.errors import Invalid, NotFound
from madoguchi.organization import directory
from madoguchi.organization.models import Market, Role, Staff, Store
from madoguchi.organization.permissions import Permission
from madoguchi.organization.reach import Place

P = Permission


@require_http_methods(["GET", "HEAD", "POST"])
@requires(P.BINDING_READ)
def page(request: StaffRequest) -> HttpResponseBase:
    """GET with the form's values is the preview of what they would mean; POST saves them."""
    filters = Filters(request.user, request.GET)
    market = filters.market or filters.main_market
    if market is None:
        raise NotFound
    policy, may_edit = policy_of(market), policies.may_configure(request.user, market)
    form = PolicyForm(_values(request), policy=policy, may_edit=may_edit)
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            policies.save_policy(by=request.user, market=market, fields=form.policy_fields())
            messages.success(request, _("Saved."))
            return redirect(f"{reverse('binding_rules')}?{urlencode({'market': market.code})}")
    shown = form if form.is_bound else PolicyForm(form.initial, policy=policy, may_edit=may_edit)
    context = frame(request, "binding_rules") | {
        "markets": filters.markets,
        "market": market,
        "form": form,
        "may_edit": may_edit,
        "samples": samples.of_policy(samples.Cast.of(market), shown.policy_fields(), timezone.now())
        if shown.is_valid()
        else [],
    }
    if request.method == "GET" and request.htmx and "second_scan" in request.GET:
        return render(request, "console/bindings/_samples.html", context)
    return render_form(request, "console/bindings/rules.html", context | _limits(request.user, market), form)


@require_POST
@requires(P.BINDING_CONFIGURE)
def limit(request: StaffRequest) -> HttpResponseBase:
    """Set one, or (a store's, by ``remove``) take it away."""
    form = LimitForm(request.POST)
    if not form.is_valid():
        raise Invalid
    role, store = form.cleaned_data["role"], form.cleaned_data["store"]
    if store is not None and "remove" in request.POST:
        policies.remove_store_limit(by=request.user, store=store)
    else:
        policies.save_first_message_limit(
            by=request.user, role=role, store=store, per_month=form.cleaned_data["per_month"]
        )
    messages.success(request, _("Saved."))
    market = request.POST.get("market", "")
    return redirect(f"{reverse('binding_rules')}?{urlencode({'market': market})}#limits")


@dataclass(frozen=True, slots=True)
class LimitRow:
    target: Role | Store
    per_month: int | None

    @property
    def key(self) -> str:
        return self.target.public_id if isinstance(self.target, Store) else self.target.code


def _limits(staff: Staff, market: Market) -> dict[str, Any]:
    """Of all roles that may hold customers, and of the market's stores that have one of their own."""
    found = list(FirstMessageLimit.objects.select_related("role", "store__market"))
    of_role = {row.role_id: row.per_month for row in found if row.role_id}
    holding = Role.objects.filter(permissions__contains=[P.BINDING_HOLD.value])
    stores = [row.store for row in found if row.store and row.store.market_id == market.pk]
    of_store = {row.store_id: row.per_month for row in found if row.store_id}
    may_configure = directory.stores_of(staff, P.BINDING_CONFIGURE).filter(market=market, closed_on=None)
    return {
        "role_limits": [LimitRow(role, of_role.get(role.pk)) for role in holding],
        "store_limits": [LimitRow(store, of_store[store.pk]) for store in stores],
        "may_limit_roles": staff.reach(P.BINDING_CONFIGURE).contains(Place()),
        "limit_stores": [store for store in may_configure if store.pk not in of_store],
    }


def _values(request: StaffRequest) -> Any:
    if request.method == "POST":
        return request.POST
    return request.GET if "second_scan" in request.GET else None
