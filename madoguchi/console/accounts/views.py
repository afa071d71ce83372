from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from madoguchi.bindings.links import liff_endpoint
from madoguchi.channels import administration, overview
from madoguchi.channels.models import Account, Provider
from madoguchi.console.accounts import troubles
from madoguchi.console.accounts.forms import AccountForm
from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.base.forms import render_form, told_in
from madoguchi.kit.errors import NotFound
from madoguchi.organization.models import Brand, Department, Market
from madoguchi.organization.permissions import Permission

P = Permission
NEEDED_FIRST = (
    (Market, "market_new", gettext_lazy("Before an account can be connected, add the market that it is for.")),
    (Brand, "brand_new", gettext_lazy("Before an account can be connected, add the brand that speaks by default.")),
    (
        Department,
        "department_new",
        gettext_lazy("Before an account can be connected, add the department that gets what nobody has routed."),
    ),
)
"""What a new installation has none of: model, page, sentence."""


@require_GET
@requires(P.ACCOUNT_READ)
def accounts(request: StaffRequest) -> HttpResponseBase:
    """The page; by htmx only the list, which refreshes itself when an account's state changes."""
    template = "console/accounts/_list.html" if request.htmx else "console/accounts/accounts.html"
    context = {
        "section": "accounts",
        "overviews": overview.overviews(overview.accounts()),
        "may_configure": _may_configure(request),
    }
    return render(request, template, context)


@require_GET
@requires(P.ACCOUNT_READ)
def banner(request: StaffRequest) -> HttpResponseBase:
    return render(request, "console/accounts/_banner.html", {"account_troubles": troubles.of(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(P.ACCOUNT_CONFIGURE)
def new(request: StaffRequest) -> HttpResponseBase:
    for model, page, sentence in NEEDED_FIRST:
        if not model._default_manager.exists():
            messages.info(request, sentence)
            return redirect(page)
    form = AccountForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        with told_in(form):
            account = administration.connect(
                staff=request.user,
                fields=form.account_fields,
                channel_id=data["channel_id"],
                channel_secret=data["channel_secret"],
                access_token=data["access_token"],
            )
            messages.success(request, _("Connected. Now give LINE the webhook address."))
            return redirect("account", account.public_id)
    return _form_page(request, form)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(P.ACCOUNT_CONFIGURE)
def edit(request: StaffRequest, public_id: str) -> HttpResponseBase:
    account = _find(public_id)
    form = AccountForm(request.POST if request.method == "POST" else None, account=account)
    if form.is_bound and form.is_valid():
        with told_in(form):
            administration.edit(
                staff=request.user,
                account_id=account.pk,
                fields=form.account_fields,
                channel_secret=form.cleaned_data["channel_secret"],
                access_token=form.cleaned_data["access_token"],
            )
            messages.success(request, _("Saved."))
            return redirect("accounts")
    return _form_page(request, form, account=account)


@require_POST
@requires(P.ACCOUNT_CONFIGURE)
def check(request: StaffRequest, public_id: str) -> HttpResponseBase:
    finding = administration.check_now(staff=request.user, account_id=_find(public_id).pk)
    (one,) = overview.overviews(overview.accounts().filter(pk=finding.account.pk))
    context = {"overview": one, "finding": finding, "may_configure": True}
    if request.htmx:
        return render(request, "console/accounts/_account.html", context)
    return redirect("accounts")


def _find(public_id: str) -> Account:
    account = overview.accounts().filter(public_id=public_id).first()
    if account is None:
        raise NotFound
    return account


def _may_configure(request: StaffRequest) -> bool:
    return request.user.reach(P.ACCOUNT_CONFIGURE).covers()


def _form_page(request: StaffRequest, form: AccountForm, **more: Any) -> HttpResponseBase:
    if not _may_configure(request):
        messages.info(request, _("Only those who configure accounts for the whole company may change this."))
        return redirect("accounts")
    context = {"section": "accounts", "form": form, "providers": Provider.objects.order_by("name"), **more}
    context["liff_endpoint"] = liff_endpoint()
    return render_form(request, "console/accounts/edit.html", context, form)
