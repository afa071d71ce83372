from __future__ import annotations

from django.urls import path

from madoguchi.console.bindings import numbers

urlpatterns = [
    path("bindings", numbers.page, name="binding_numbers"),
    path("bindings/numbers/<slug:name>.csv", numbers.table, name="binding_table"),
]
