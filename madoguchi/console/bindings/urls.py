from __future__ import annotations

from django.urls import path

from madoguchi.console.bindings import departures, mine, numbers, rules

urlpatterns = [
    path("bindings", numbers.page, name="binding_numbers"),
    path("bindings/numbers/<slug:name>.csv", numbers.table, name="binding_table"),
    path("bindings/rules", rules.page, name="binding_rules"),
    path("bindings/limits", rules.limit, name="first_message_limit"),
    path("bindings/departures", departures.listing, name="departures"),
    path("bindings/departures/new", departures.new, name="departure_new"),
    path("bindings/departures/<str:public_id>", departures.departure, name="departure"),
    path("bindings/departures/<str:public_id>/cancellation", departures.cancel, name="departure_cancel"),
    path("bindings/mine", mine.page, name="my_customers"),
]
