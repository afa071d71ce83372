from __future__ import annotations

from django.urls import path

from madoguchi.console.codes import keeping, views

urlpatterns = [
    path("codes", views.mine, name="codes"),
    path("codes/mine", views.make_mine, name="code_mine"),
    path("codes/own-line", views.know_me, name="code_know_me"),
    path("codes/all", keeping.listing, name="codes_all"),
    path("codes/new", keeping.new, name="code_new"),
    path("codes/<str:token>", views.code, name="code"),
    path("codes/<str:token>/withdrawal", views.withdraw, name="code_withdrawal"),
    path("codes/<str:token>/<str:kind>", views.file, name="code_file"),
]
