from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.base.forms import render_form, told_in
from madoguchi.console.organization.forms import MarketForm
from madoguchi.console.organization.tabs import frame
from madoguchi.kit.errors import NotFound
from madoguchi.organization import places
from madoguchi.organization.models import Market
from madoguchi.organization.permissions import Permission

P = Permission


@require_GET
@requires(P.ORGANIZATION_READ)
def listing(request: StaffRequest) -> HttpResponseBase:
    context = frame(request, "markets") | {"markets": Market.objects.all()}
    return render(request, "console/organization/markets.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(P.ORGANIZATION_EDIT)
def new(request: StaffRequest) -> HttpResponseBase:
    return _save(request, MarketForm(request.POST or None), None)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(P.ORGANIZATION_READ)
def edit(request: StaffRequest, code: str) -> HttpResponseBase:
    market = Market.objects.filter(code=code).first()
    if market is None:
        raise NotFound
    return _save(request, MarketForm(request.POST or None, market=market), market)


def _save(request: StaffRequest, form: MarketForm, market: Market | None) -> HttpResponseBase:
    if form.is_bound and form.is_valid():
        values = dict(form.cleaned_data)
        code = values.pop("code")
        with told_in(form):
            places.save_market(by=request.user, market=market, fields=places.MarketFields(**values), code=code)
            messages.success(request, _("Saved."))
            return redirect("markets")
    context = {
        "section": "organization",
        "form": form,
        "market": market,
        "may_edit": market is None or places.may_edit(request.user, market),
    }
    return render_form(request, "console/organization/market.html", context, form)
