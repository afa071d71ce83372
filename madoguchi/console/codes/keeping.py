"""Keeping the codes of a place: who has one, what came of it, and making more."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from madoguchi.bindings.actions.codes import issue_code
from madoguchi.bindings.models import Code
from madoguchi.bindings.tokens import read
from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.base.forms import render_form, told_in
from madoguchi.console.codes import rows
from madoguchi.console.codes.forms import CodeForm
from madoguchi.console.codes.views import frame
from madoguchi.organization import directory
from madoguchi.organization.permissions import Permission

P = Permission
PAGE = 60


@require_GET
@requires(P.BINDING_EDIT)
def listing(request: StaffRequest) -> HttpResponseBase:
    found, filters = rows.visible_to(request.user).filter(purpose=Code.Purpose.BIND), request.GET
    found = _in_state(found, filters.get("state", ""))
    if text := filters.get("q", "").strip()[:100]:
        named = Q(staff__display_name__icontains=text) | Q(label__icontains=text) | Q(store__name__icontains=text)
        found = found.filter(named | Q(token=read(text)))
    if store := filters.get("store"):
        found = found.filter(store__public_id=store)
    page = filters.get("page", "")
    number = min(int(page), 1_000) if page.isdecimal() and len(page) < 6 else 0
    listed = list(found.order_by("-created_at", "-pk")[number * PAGE : (number + 1) * PAGE + 1])
    context = frame(request, "codes_all") | {
        "codes": listed[:PAGE],
        "now": timezone.now(),
        "next_page": number + 1 if len(listed) > PAGE else None,
        "filters": filters,
        "is_filtered": any(filters.values()),
        "stores": directory.stores_of(request.user, P.BINDING_EDIT).only("public_id", "name"),
    }
    return render(request, "console/codes/codes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(P.BINDING_EDIT)
def new(request: StaffRequest) -> HttpResponseBase:
    """By htmx, on another place: the form again, with the people who work there."""
    form = CodeForm(request.POST if request.method == "POST" else None, by=request.user, chosen=request.GET)
    if form.is_bound and form.is_valid():
        with told_in(form):
            code = issue_code(by=request.user, **form.code())
            messages.success(request, _("The code is ready. Print the card, or copy the link."))
            return redirect("code", code.token)
    context = {"section": "codes", "form": form}
    return render_form(request, "console/codes/new.html", context, form)


def _in_state(found: QuerySet[Code], state: str) -> QuerySet[Code]:
    now = timezone.now()
    if state == "withdrawn":
        return found.exclude(revoked_at=None)
    if state == "expired":
        return found.filter(revoked_at=None, expires_at__lte=now)
    return found.filter(rows.working(now))
