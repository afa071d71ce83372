from __future__ import annotations

from django.urls import path

from madoguchi.console.profile import views

urlpatterns = [
    path("me", views.profile, name="profile"),
    path("me/password", views.password, name="profile_password"),
]
