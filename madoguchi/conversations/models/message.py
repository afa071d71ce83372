from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Message(models.Model):
    """One bubble, note or quiet line of a thread.

    Shown in the order of ``occurred_at`` (the provider's time: events come late and out of order), then id.
    ``changed_at`` moves whenever a bubble would look different; a page asks for all that changed since its last look.
    """

    class Direction(models.TextChoices):
        INBOUND = "inbound", _("From the customer")
        OUTBOUND = "outbound", _("To the customer")
        NOTE = "note", _("Internal note")
        SYSTEM = "system", _("System line")

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        STICKER = "sticker", _("Sticker")
        IMAGE = "image", _("Image")
        VIDEO = "video", _("Video")
        AUDIO = "audio", _("Audio")
        FILE = "file", _("File")
        LOCATION = "location", _("Location")
        POSTBACK = "postback", _("Button tapped")
        EVENT = "event", _("Event")
        OTHER = "other", _("Message of an unknown kind")

    conversation = models.ForeignKey(
        "conversations.Conversation", models.CASCADE, related_name="messages", db_index=False
    )
    exchange = models.ForeignKey("conversations.Exchange", models.CASCADE, related_name="messages")
    direction = models.CharField(max_length=8, choices=Direction.choices)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    text = models.TextField(blank=True)
    details = models.JSONField(default=dict, blank=True)
    """By kind. sticker: package_id, sticker_id, keywords, text. location: title, address, latitude, longitude.
    postback: data, params. text: emojis, mentions. event: name and what fills its sentence (conversations.system)."""
    media = models.ForeignKey("channels.Media", models.PROTECT, related_name="+", null=True, blank=True, db_index=False)
    provider_message_id = models.CharField(max_length=40, null=True, blank=True)
    quote_token = models.CharField(max_length=200, blank=True)
    quoted_provider_message_id = models.CharField(max_length=40, blank=True)
    """The message this one answers, by the provider's id: it may be one we never saw."""
    author = models.ForeignKey(
        "organization.Staff", models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    brand = models.ForeignKey(
        "organization.Brand", models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    """In whose voice it went out."""
    binding = models.ForeignKey(
        "bindings.Binding", models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    """Who looked after the customer when this was said, for credit; null: nobody."""
    outbound = models.ForeignKey(
        "channels.OutboundMessage", models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    client_key = models.UUIDField(null=True, blank=True)
    """Made by the form: a double click is one message."""
    client_part = models.PositiveSmallIntegerField(default=0)
    occurred_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    unsent_at = models.DateTimeField(null=True, blank=True)
    """The customer took it back: text and media are hidden from then on."""
    search = ArrayField(models.CharField(max_length=2), null=True, blank=True)
    """See conversations.terms; null for what has no text."""

    class Meta:
        # The largest table, and the one that grows with every message: foreign keys have an index only where a query
        # follows them.
        indexes: ClassVar = [
            models.Index(fields=["conversation", "-occurred_at", "-id"], name="message_thread"),
            models.Index(fields=["conversation", "changed_at"], name="message_changes"),
            models.Index(fields=["outbound"], condition=Q(outbound__isnull=False), name="message_by_outbound"),
            models.Index(fields=["media"], condition=Q(media__isnull=False), name="message_by_media"),
            models.Index(
                fields=["binding", "occurred_at"], condition=Q(binding__isnull=False), name="message_by_binding"
            ),
            models.Index(
                fields=["exchange", "-occurred_at"], condition=Q(direction="outbound"), name="message_answers"
            ),
            GinIndex(fields=["search"], name="message_search"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["conversation", "provider_message_id"],
                condition=Q(provider_message_id__isnull=False),
                name="message_once_per_provider_id",
            ),
            models.UniqueConstraint(
                fields=["client_key", "client_part"],
                condition=Q(client_key__isnull=False),
                name="message_once_per_client_key",
            ),
            models.CheckConstraint(
                condition=~Q(direction__in=["note"]) | Q(author__isnull=False), name="message_note_has_author"
            ),
            models.CheckConstraint(
                condition=~Q(direction="outbound") | Q(brand__isnull=False), name="message_outbound_has_voice"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.kind} {self.pk}"
