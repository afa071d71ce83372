from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from madoguchi.alerts.actions import endpoint_digests
from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.base.forms import render_form, told_in
from madoguchi.console.profile.forms import PasswordForm, ProfileForm
from madoguchi.conversations.models import QuickPhrase
from madoguchi.organization import actions
from madoguchi.organization.models import Posting, Staff


@require_http_methods(["GET", "HEAD", "POST"])
@requires()
def profile(request: StaffRequest) -> HttpResponseBase:
    staff = request.user
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=_present(staff))
    if form.is_bound and form.is_valid():
        with told_in(form):
            _save(staff, form.cleaned_data)
            with translation.override(staff.locale):
                messages.success(request, _("Saved."))
            return redirect("profile")
    return _page(request, form, PasswordForm())


@require_POST
@requires()
def password(request: StaffRequest) -> HttpResponseBase:
    """Other sessions of the person end; this one goes on."""
    form = PasswordForm(request.POST)
    if form.is_valid():
        with told_in(form):
            staff = actions.change_password(staff=request.user, **form.cleaned_data)
            update_session_auth_hash(request, staff)
            messages.success(request, _("Your password is changed. Other devices are signed out."))
            return redirect("profile")
    return _page(request, ProfileForm(initial=_present(request.user)), form)


def _present(staff: Staff) -> dict[str, str]:
    return {name: getattr(staff, name) for name in ProfileForm.base_fields}


@transaction.atomic
def _save(staff: Staff, wanted: dict[str, str]) -> None:
    actions.set_display_name(staff=staff, display_name=wanted["display_name"])
    actions.set_language(staff=staff, locale=wanted["locale"])
    actions.set_theme(staff=staff, theme=wanted["theme"])
    actions.set_text_size(staff=staff, text_size=wanted["text_size"])


def _page(request: StaffRequest, form: ProfileForm, password_form: PasswordForm) -> HttpResponseBase:
    context: dict[str, Any] = {
        "section": "profile",
        "form": form,
        "password_form": password_form,
        "postings": _postings(request.user),
        "devices": endpoint_digests(request.user),
        "phrases": QuickPhrase.objects.filter(owner=request.user)[:50],
    }
    return render_form(request, "console/profile/profile.html", context, form, password_form)


def _postings(staff: Staff) -> list[Posting]:
    rows = staff.postings.current(timezone.localdate())
    return list(rows.select_related("role", "store", "department", "market").prefetch_related("brands"))
