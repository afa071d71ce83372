"""What a draft was before."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from madoguchi.menus.models.design import Version


class DraftStep(models.Model):
    """A draft as it was before somebody changed it, so that the change can be taken back."""

    MOST = 50

    version = models.ForeignKey(Version, models.CASCADE, related_name="draft_steps")
    design = models.JSONField()
    """As ``drafts.read`` gives it."""
    by = models.ForeignKey("organization.Staff", models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.version_id} {self.at:%F %T}"
