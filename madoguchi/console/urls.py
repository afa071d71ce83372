from __future__ import annotations

from django.urls import include, path

from madoguchi.console.base import brands

urlpatterns = [
    path("", include("madoguchi.console.pwa.urls")),
    path("", include("madoguchi.console.sign_in.urls")),
    path("", include("madoguchi.console.inbox.urls")),
    path("", include("madoguchi.console.today.urls")),
    path("", include("madoguchi.console.codes.urls")),
    path("", include("madoguchi.console.profile.urls")),
    path("", include("madoguchi.console.accounts.urls")),
    path("", include("madoguchi.console.events.urls")),
    path("", include("madoguchi.console.organization.urls")),
    path("", include("madoguchi.console.bindings.urls")),
    path("", include("madoguchi.console.duty.urls")),
    path("", include("madoguchi.console.routing.urls")),
    path("", include("madoguchi.console.menus.urls")),
    path("", include("madoguchi.console.phrases.urls")),
    path("", include("madoguchi.console.alerts.urls")),
    path("brands.css", brands.stylesheet, name="brands_css"),
]
