from __future__ import annotations

from django.urls import path

from madoguchi.console.phrases import views

urlpatterns = [
    path("phrases", views.phrases, name="phrases"),
    path("phrases/new", views.new, name="phrase_new"),
    path("phrases/preview", views.preview, name="phrase_preview"),
    path("phrases/<int:phrase_id>", views.edit, name="phrase"),
    path("phrases/<int:phrase_id>/removal", views.remove, name="phrase_removal"),
    path("phrases/<int:phrase_id>/up", views.move, {"direction": "up"}, name="phrase_up"),
    path("phrases/<int:phrase_id>/down", views.move, {"direction": "down"}, name="phrase_down"),
]
