from __future__ import annotations

from django.urls import path

from madoguchi.console.today import views

urlpatterns = [
    path("today", views.today, name="today"),
    path("today/now", views.now, name="today_now"),
    path("today/code", views.code, name="today_code"),
]
