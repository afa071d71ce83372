"""Addresses as ``channels.links`` and ``bindings.links`` write them; tests hold them together."""

from __future__ import annotations

from django.urls import path

from madoguchi.door import bind, menu_links, person, views

urlpatterns = [
    path("files/<str:token>/<str:name>", views.file, name="door_file"),
    path("brands/<str:public_id>/icon.png", views.brand_icon, name="door_brand_icon"),
    path("m/<str:token>", menu_links.follow, name="door_menu_link"),
    path("liff", bind.entry, name="liff"),
    path("liff/bind/<str:token>", bind.bind, name="liff_bind"),
    path("liff/person", person.inside_line, name="liff_person"),
    path("liff/person/<str:account_id>", person.inside_line, name="liff_person_at"),
    path("my-person/<str:token>", person.person, name="door_person"),
    path("my-person/<str:token>/<str:binding_id>/person", person.choose, name="door_choose"),
    path("my-person/<str:token>/<str:binding_id>/end", person.drop, name="door_drop"),
    path("my-person/<str:token>/<str:binding_id>/first-messages", person.first_messages, name="door_first_messages"),
    path("my-person/<str:token>/<str:offer_id>/answer", person.answer, name="door_answer"),
]
