from __future__ import annotations

from django.urls import path

from madoguchi.console.menus import designer, editing, heat, listing, publishing

_menu = "menus/<str:public_id>"
_version = f"{_menu}/<int:number>"
_publication = f"{_menu}/publications/<str:publication_id>"

urlpatterns = [
    path("menus", listing.listing, name="menus"),
    path(f"{_menu}/draft", listing.begin, name="menu_draft"),
    path(f"{_menu}/taps", heat.heat_map, name="menu_heat"),
    path(f"{_menu}/versions", publishing.history, name="menu_history"),
    path(f"{_menu}/return", publishing.roll_back, name="menu_roll_back"),
    path(_publication, publishing.publication, name="menu_publication"),
    path(f"{_publication}/resumption", publishing.resume, name="menu_resume"),
    path(f"{_publication}/end", publishing.give_up, name="menu_give_up"),
    path(_version, designer.designer, name="menu_version"),
    path(f"{_version}/removal", listing.discard, name="menu_removal"),
    path(f"{_version}/publication", publishing.plan_page, name="menu_plan"),
    path(
        f"{_version}/picture/<str:variant>/<int:tab>/<str:locale>/<str:fingerprint>", designer.picture,
        name="menu_picture",
    ),
    path(f"{_version}/edit/<slug:deed>", editing.edit, name="menu_edit"),
]  # fmt: skip
