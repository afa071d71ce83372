"""Where the support admin stands (kit.support says what its pages show)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csp.constants import UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.sites import UnfoldAdminSite

_RELAXED = csp_update({"script-src": [UNSAFE_EVAL], "style-src": [UNSAFE_INLINE]})
"""unfold's pages are built with Alpine, which evaluates expressions (alpinejs.dev/advanced/csp). Only here: what others
wrote stands on these pages as escaped text in tables, and scripts from elsewhere stay forbidden."""

View = Callable[..., Any]


class SupportSite(UnfoldAdminSite):  # type: ignore[misc]  # unfold has no types
    def admin_view(self, view: View, cacheable: bool = False) -> View:
        relaxed: View = _RELAXED(super().admin_view(view, cacheable))
        return relaxed

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one way to sign in, with one rate limit."""
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"), settings.LOGIN_URL)
