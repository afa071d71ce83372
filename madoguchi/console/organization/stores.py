from __future__ import annotations

from django.contrib import messages
from django.db.models import Prefetch, Q
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.base.forms import render_form, told_in
from madoguchi.console.organization.forms import StoreForm
from madoguchi.console.organization.tabs import frame, searched, working_here
from madoguchi.kit.errors import NotFound
from madoguchi.organization import directory, places
from madoguchi.organization.models import Brand, Market, Store
from madoguchi.organization.permissions import Permission

P = Permission


@require_GET
@requires(P.ORGANIZATION_READ)
def listing(request: StaffRequest) -> HttpResponseBase:
    brands = Prefetch("brands", Brand.objects.only("public_id", "name", "mark").distinct())
    rows = directory.stores_of(request.user).select_related("market").prefetch_related(brands)
    if text := searched(request.GET):
        rows = rows.filter(Q(name__icontains=text) | Q(address__icontains=text) | Q(code__icontains=text))
    if market := request.GET.get("market"):
        rows = rows.filter(market__code=market)
    if kind := request.GET.get("kind"):
        rows = rows.filter(kind=kind)
    context = frame(request, "stores") | {
        "stores": rows,
        "markets": Market.objects.all(),
        "kinds": Store.Kind.choices,
    }
    return render(request, "console/organization/stores.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(P.ORGANIZATION_EDIT)
def new(request: StaffRequest) -> HttpResponseBase:
    if not Market.objects.exists():
        messages.info(request, _("Before a store can be added, add the market that it is in."))
        return redirect("market_new")
    return _save(request, StoreForm(request.POST or None), None)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(P.ORGANIZATION_READ)
def edit(request: StaffRequest, public_id: str) -> HttpResponseBase:
    store = directory.stores_of(request.user).select_related("market").filter(public_id=public_id).first()
    if store is None:
        raise NotFound
    return _save(request, StoreForm(request.POST or None, store=store), store)


def _save(request: StaffRequest, form: StoreForm, store: Store | None) -> HttpResponseBase:
    if form.is_bound and form.is_valid():
        values = dict(form.cleaned_data)
        code, brands = values.pop("code"), values.pop("brands")
        values["kind"] = Store.Kind(values["kind"])
        with told_in(form):
            places.save_store(
                by=request.user, store=store, fields=places.StoreFields(**values), brands=brands, code=code
            )
            messages.success(request, _("Saved."))
            return redirect("stores")
    context = {
        "section": "organization",
        "form": form,
        "store": store,
        "may_edit": store is None or places.may_edit(request.user, store),
        "postings": working_here(store) if store else [],
    }
    return render_form(request, "console/organization/store.html", context, form)
