"""Addresses as ``channels.links`` writes them; a test holds the two together."""

from __future__ import annotations

from django.urls import path

from madoguchi.door import views

urlpatterns = [
    path("files/<str:token>/<str:name>", views.file, name="door_file"),
    path("brands/<str:public_id>/icon.png", views.brand_icon, name="door_brand_icon"),
]
