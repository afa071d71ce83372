"""What routing does by itself beside the router's own loop. Safe to run twice."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from madoguchi.routing import holders


@app.periodic(cron="* * * * *")
@app.task(name="madoguchi.routing.tasks.look_at_holders")
def look_at_holders(timestamp: int) -> None:  # noqa: ARG001  # procrastinate passes it
    holders.look_at_holders(timezone.now())
