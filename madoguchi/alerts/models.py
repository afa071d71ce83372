"""Rows of web push (RFC 8030, RFC 8291, RFC 8292)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from madoguchi.kit.encrypted import EncryptedTextField


class ServerKey(models.Model):
    """Our VAPID key pair: made once per installation, at the first subscription. Browsers tie subscriptions to it."""

    private_key = EncryptedTextField()
    """PEM, P-256."""
    public_key = models.CharField(max_length=120)
    """Uncompressed point, base64url without padding, as browsers want it."""
    is_current = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["is_current"], condition=models.Q(is_current=True), name="server_key_one_current"
            )
        ]

    def __str__(self) -> str:
        return self.public_key[:12]


class Subscription(models.Model):
    """One browser of one person that wants to be told."""

    staff = models.ForeignKey("organization.Staff", models.CASCADE, related_name="subscriptions")
    endpoint = models.URLField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=120)
    auth = EncryptedTextField()
    device = models.CharField(max_length=120, blank=True)
    """As the browser names itself: support finds a lost phone by it."""
    created_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["staff"], name="subscription_by_staff")]

    def __str__(self) -> str:
        return f"{self.staff_id}: {self.device}"
