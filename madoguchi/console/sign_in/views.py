"""Django's own sign-in with django-axes in front: eight wrong passwords for a name from an address, and it waits."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.i18n import set_language

from madoguchi.console.base.access import public

sign_in = public(
    LoginView.as_view(
        template_name="console/sign_in/sign_in.html",
        redirect_authenticated_user=True,
        extra_context={"languages": settings.LANGUAGES},
    )
)
sign_out = public(LogoutView.as_view(next_page="sign_in"))
language = public(set_language)
"""For those who have not signed in: a cookie. The others have their own language under their name."""


def locked_out(request: HttpRequest, credentials: dict[str, Any], *args: object, **kwargs: object) -> HttpResponse:
    """Called by django-axes (AXES_LOCKOUT_CALLABLE)."""
    return render(request, "console/sign_in/locked_out.html", {"username": credentials.get("username")}, status=429)
