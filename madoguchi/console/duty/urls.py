from __future__ import annotations

from django.urls import path

from madoguchi.console.duty import mine

urlpatterns = [
    path("duty/mine", mine.duty_mine, name="duty_mine"),
]
