from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("support/", admin.site.urls),
    path("", include("madoguchi.door.urls")),
    path("", include("madoguchi.console.urls")),
]
handler404 = "madoguchi.console.base.errors.not_found"
handler500 = "madoguchi.console.base.errors.server_error"
