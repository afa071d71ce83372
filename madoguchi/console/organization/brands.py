from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from madoguchi.channels import links
from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.base.forms import Refusable, render_form, told_in
from madoguchi.console.organization.forms import BrandForm
from madoguchi.console.organization.tabs import frame, searched
from madoguchi.kit.errors import NotFound
from madoguchi.organization import directory, places
from madoguchi.organization.errors import BadIcon
from madoguchi.organization.models import Brand
from madoguchi.organization.permissions import Permission

P = Permission


@require_GET
@requires(P.ORGANIZATION_READ)
def home(request: StaffRequest) -> HttpResponseBase:
    return redirect("brands")


@require_GET
@requires(P.ORGANIZATION_READ)
def listing(request: StaffRequest) -> HttpResponseBase:
    rows = (
        directory.brands_of(request.user).defer("icon").annotate(store_count=Count("presences__store", distinct=True))
    )
    if text := searched(request.GET):
        rows = rows.filter(Q(name__icontains=text) | Q(sender_name__icontains=text) | Q(category__icontains=text))
    return render(request, "console/organization/brands.html", frame(request, "brands") | {"brands": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(P.ORGANIZATION_EDIT)
def new(request: StaffRequest) -> HttpResponseBase:
    return _save(request, BrandForm(request.POST or None), None)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(P.ORGANIZATION_READ)
def edit(request: StaffRequest, public_id: str) -> HttpResponseBase:
    brand = _find(request, public_id)
    return _save(request, BrandForm(request.POST or None, brand=brand), brand)


@require_POST
@requires(P.ORGANIZATION_EDIT)
def icon(request: StaffRequest, public_id: str) -> HttpResponseBase:
    """A new picture, or none: the square is drawn again."""
    brand, file = _find(request, public_id), request.FILES.get("icon")
    try:
        if file is not None and (file.size or 0) > places.ICON_BYTES_MAX:
            raise BadIcon
        places.set_icon(by=request.user, brand=brand, png=file.read() if file else b"")
        messages.success(request, _("Saved."))
    except Refusable as error:
        messages.error(request, error.message)
    return redirect("brand", public_id)


def _save(request: StaffRequest, form: BrandForm, brand: Brand | None) -> HttpResponseBase:
    if form.is_bound and form.is_valid():
        values = dict(form.cleaned_data)
        code = values.pop("code")
        with told_in(form):
            saved = places.save_brand(by=request.user, brand=brand, fields=places.BrandFields(**values), code=code)
            messages.success(request, _("Saved."))
            return redirect("brands") if brand else redirect("brand", saved.public_id)
    context: dict[str, Any] = {"section": "organization", "form": form, "brand": brand}
    if brand:
        context |= {
            "icon_version": links.icon_version(brand),
            "stores": directory.stores_of(request.user).filter(presences__brand=brand).distinct()[:200],
            "may_edit": places.may_edit(request.user, brand),
        }
    else:
        context["may_edit"] = True
    return render_form(request, "console/organization/brand.html", context, form)


def _find(request: StaffRequest, public_id: str) -> Brand:
    brand = directory.brands_of(request.user).filter(public_id=public_id).first()
    if brand is None:
        raise NotFound
    return brand
