from __future__ import annotations

from django.urls import path

from madoguchi.console.alerts import views

urlpatterns = [
    path("alerts/key", views.key, name="alerts_key"),
    path("alerts/subscription", views.subscription, name="alerts_subscription"),
    path("alerts/test", views.test, name="alerts_test"),
]
