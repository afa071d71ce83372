from __future__ import annotations

from django.urls import path

from madoguchi.console.inbox import palette, queue

urlpatterns = [
    path("", queue.home, name="home"),
    path("inbox", queue.inbox, name="inbox"),
    path("palette", palette.palette, name="palette"),
]
