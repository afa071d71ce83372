"""How the console says no."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from madoguchi.console.base.access import public


def refusal(request: HttpRequest, message: str, status: int) -> HttpResponse:
    """A toast when the page asked by htmx (base.html sends all 4xx and 5xx to #toasts), a page of its own otherwise."""
    template = "console/parts/_toast.html" if getattr(request, "htmx", False) else "console/refusal.html"
    return render(request, template, {"message": message, "status": status}, status=status)


@public
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal(request, _("This does not exist, or it is not yours to see."), 404)


@public
def server_error(request: HttpRequest) -> HttpResponse:
    return refusal(request, _("Something broke on our side. It has been written down; please try again."), 500)


@public
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return refusal(request, _("This page was open too long. Reload it and try again; what you wrote is kept."), 403)
