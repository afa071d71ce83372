from __future__ import annotations

from django.urls import path

from madoguchi.console.accounts import views

urlpatterns = [
    path("accounts", views.accounts, name="accounts"),
    path("accounts/banner", views.banner, name="account_banner"),
    path("accounts/new", views.new, name="account_new"),
    path("accounts/<str:public_id>", views.edit, name="account"),
    path("accounts/<str:public_id>/check", views.check, name="account_check"),
]
