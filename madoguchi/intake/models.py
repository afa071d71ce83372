from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class RawEvent(models.Model):
    """One event exactly as the provider sent it. Written before we answer 200; never changed but for its state."""

    class State(models.TextChoices):
        NEW = "new", _("Waiting")
        DONE = "done", _("Handled")
        KEPT = "kept", _("Kept, nothing to do")
        PARKED = "parked", _("Parked after an error")

    account = models.ForeignKey("channels.Account", models.PROTECT, related_name="+", db_index=False)
    event_id = models.CharField(max_length=80)
    """LINE's webhookEventId; for an event without one, the hash of its bytes."""
    payload = models.JSONField()
    received_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=6, choices=State.choices, default=State.NEW)
    kind = models.CharField(max_length=40, blank=True)
    """The provider's name for it, filled in when it is handled."""
    attempts = models.PositiveSmallIntegerField(default=0)
    handled_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True)
    """parked: the traceback; kept: why there was nothing to do."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "event_id"], name="raw_event_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(state="new"), name="raw_event_new"),
            models.Index(fields=["-id"], condition=Q(state__in=["parked", "kept"]), name="raw_event_odd"),
            models.Index(fields=["handled_at"], condition=Q(state__in=["done", "kept"]), name="raw_event_handled"),
        ]

    def __str__(self) -> str:
        return self.event_id


class Rejection(models.Model):
    """How often the entrance refused a request, by day and reason: all that is kept of a refused request."""

    class Reason(models.TextChoices):
        UNKNOWN_ACCOUNT = "unknown_account", _("Unknown account")
        NO_SIGNATURE = "no_signature", _("No signature")
        WRONG_SIGNATURE = "wrong_signature", _("Wrong signature")
        TOO_LARGE = "too_large", _("Body too large")
        NOT_JSON = "not_json", _("Not JSON, or not a list of events")

    account = models.ForeignKey("channels.Account", models.CASCADE, related_name="+", null=True)
    reason = models.CharField(max_length=16, choices=Reason.choices)
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "reason", "day"], name="rejection_once_per_day", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.reason}: {self.count}"
