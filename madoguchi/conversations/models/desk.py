"""What makes the work at the desk lighter: phrases, mentions, and who is at a thread right now."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Mention(models.Model):
    """A note asked a colleague. It lets them see the thread even when it is not at their place."""

    message = models.ForeignKey("conversations.Message", models.CASCADE, related_name="mentions")
    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="mentions")
    staff = models.ForeignKey("organization.Staff", models.CASCADE, related_name="mentions")
    at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["staff", "conversation"], name="mention_by_staff")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["message", "staff"], name="mention_once")]

    def __str__(self) -> str:
        return f"{self.message_id}: {self.staff_id}"


class QuickPhrase(models.Model):
    """A sentence that staff send often. ``{customer}``, ``{me}``, ``{brand}`` and ``{store}`` are filled in."""

    title = models.CharField(max_length=40)
    text = models.TextField(max_length=1000)
    shortcut = models.SlugField(max_length=20, blank=True)
    locale = models.CharField(max_length=10, blank=True)
    """Language of the customer it is for; empty: any."""
    brand = models.ForeignKey("organization.Brand", models.CASCADE, related_name="+", null=True, blank=True)
    store = models.ForeignKey("organization.Store", models.CASCADE, related_name="+", null=True, blank=True)
    owner = models.ForeignKey("organization.Staff", models.CASCADE, related_name="phrases", null=True, blank=True)
    """Null: everybody's."""
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "title"]

    def __str__(self) -> str:
        return self.title


class Presence(models.Model):
    """Somebody has the thread open, or is writing in it. A row counts only while it is fresh."""

    FRESH_FOR = dt.timedelta(seconds=45)

    class Doing(models.TextChoices):
        VIEWING = "viewing", _("is looking at this")
        ANSWERING = "answering", _("is writing an answer")

    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="presences")
    staff = models.ForeignKey("organization.Staff", models.CASCADE, related_name="+")
    doing = models.CharField(max_length=9, choices=Doing.choices)
    seen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["conversation", "staff"], name="presence_once")]
        indexes: ClassVar = [
            models.Index(fields=["seen_at"], name="presence_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}: {self.staff_id} {self.doing}"
