from __future__ import annotations

from django.utils import translation
from procrastinate.contrib.django import app

from madoguchi.alerts.models import Subscription
from madoguchi.alerts.sending import Alert, send
from madoguchi.alerts.subjects import Subject


@app.task(name="madoguchi.alerts.tasks.deliver")
def deliver(staff_ids: list[int], subject: str, name: str, url: str, tag: str) -> None:
    """To all devices of these people, each in its person's language. Not repeated: a late alert is worse than none."""
    rows = Subscription.objects.filter(staff__in=staff_ids, staff__is_active=True).select_related("staff")
    by_locale: dict[str, list[Subscription]] = {}
    for row in rows.order_by("pk"):
        by_locale.setdefault(row.staff.locale, []).append(row)
    for locale, subscriptions in by_locale.items():
        with translation.override(locale):
            title = translation.gettext("Madoguchi")
            body = str(Subject(subject).label) % {"name": name or translation.gettext("A customer")}
        send(subscriptions, Alert(title, body, url, tag))
