from __future__ import annotations

from django.urls import path

from madoguchi.console.pwa import views

urlpatterns = [
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("app-icons/<str:purpose>-<int:size>.png", views.icon, name="app_icon"),
    path("worker.js", views.worker, name="service_worker"),
    path("offline", views.offline, name="offline"),
]
