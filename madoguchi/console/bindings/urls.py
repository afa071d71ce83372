from __future__ import annotations

from django.urls import path

from madoguchi.console.bindings import customer_pane, departures, mine, numbers, rules

_customer = "conversations/<str:public_id>/customer/bindings"

urlpatterns = [
    path("bindings", numbers.page, name="binding_numbers"),
    path("bindings/numbers/<slug:name>.csv", numbers.table, name="binding_table"),
    path("bindings/rules", rules.page, name="binding_rules"),
    path("bindings/limits", rules.limit, name="first_message_limit"),
    path("bindings/departures", departures.listing, name="departures"),
    path("bindings/departures/new", departures.new, name="departure_new"),
    path("bindings/departures/<str:public_id>", departures.departure, name="departure"),
    path("bindings/departures/<str:public_id>/cancellation", departures.cancel, name="departure_cancel"),
    path(_customer, customer_pane.bind, name="customer_bind"),
    path(f"{_customer}/own", customer_pane.take, name="customer_take_on"),
    path(f"{_customer}/<str:binding_id>/end", customer_pane.end, name="customer_binding_end"),
    path("bindings/mine", mine.page, name="my_customers"),
]
