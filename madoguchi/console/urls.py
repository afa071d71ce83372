from __future__ import annotations

from django.urls import include, path

from madoguchi.console.base import brands

urlpatterns = [
    path("", include("madoguchi.console.pwa.urls")),
    path("", include("madoguchi.console.sign_in.urls")),
    path("", include("madoguchi.console.inbox.urls")),
    path("brands.css", brands.stylesheet, name="brands_css"),
]
