"""What happens by itself: offers whose time has come, plans, places that have closed. Each is safe to run twice."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from madoguchi.bindings import closures, offers, plans


@app.periodic(cron="* * * * *")
@app.task(name="madoguchi.bindings.tasks.look_after_offers")
def look_after_offers(timestamp: int) -> None:  # noqa: ARG001  # procrastinate passes it
    now = timezone.now()
    plans.look_after(now)
    offers.tell_due(now)
    offers.settle_silent(now)


@app.task(name="madoguchi.bindings.tasks.tell_offers")
def tell_offers() -> None:
    """Whatever is due, at once; the job of the minute comes by anyway."""
    while offers.tell_due(timezone.now()) == offers.BATCH:
        pass


@app.periodic(cron="23 * * * *")
@app.task(name="madoguchi.bindings.tasks.look_after_closed_stores")
def look_after_closed_stores(timestamp: int) -> None:  # noqa: ARG001  # procrastinate passes it
    closures.end_at_closed_stores(timezone.now())
