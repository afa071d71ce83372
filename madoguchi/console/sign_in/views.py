"""Django's own sign-in with django-axes in front: eight wrong passwords for a name from an address, and it waits."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseBase
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


@public
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """What this browser keeps goes too: drafts, the code for offline use, notifications (w3.org/TR/clear-site-data)."""
    response = _sign_out(request)
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


_sign_out = LogoutView.as_view(next_page="sign_in")
language = public(set_language)
"""For those who have not signed in: a cookie. The others have their own language under their name."""


def locked_out(request: HttpRequest, credentials: dict[str, Any], *args: object, **kwargs: object) -> HttpResponse:
    """Called by django-axes (AXES_LOCKOUT_CALLABLE)."""
    return render(request, "console/sign_in/locked_out.html", {"username": credentials.get("username")}, status=429)
