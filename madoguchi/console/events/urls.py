from __future__ import annotations

from django.urls import path

from madoguchi.console.events import views

urlpatterns = [
    path("events", views.events, name="events"),
    path("events/kept", views.kept, name="events_kept"),
    path("events/retry", views.retry_all, name="events_retry_all"),
    path("events/<int:event_id>/retry", views.retry, name="event_retry"),
]
