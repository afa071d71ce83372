from __future__ import annotations

from django.urls import path

from madoguchi.console.sign_in import views

urlpatterns = [
    path("sign-in", views.sign_in, name="sign_in"),
    path("language", views.language, name="language"),
    path("sign-out", views.sign_out, name="sign_out"),
]
