"""What stands at LINE, and how it gets there."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.kit.public_id import new_public_id
from madoguchi.menus.models.design import Menu, Tab, Version


class RichMenu(models.Model):
    """What stands, or is to stand, at LINE: one picture with its areas. Versions that look the same share it."""

    account = models.ForeignKey("channels.Account", models.CASCADE, related_name="rich_menus")
    content_hash = models.CharField(max_length=64)
    """Of all that decides how it looks and what its areas do; its beginning is in the name it has at LINE."""
    line_id = models.CharField(max_length=60, blank=True)
    """Empty: not made yet, or we have not heard."""
    created_at = models.DateTimeField(null=True, blank=True)
    """When LINE was asked to make it: counts against the 100 of an hour."""
    uploaded_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["account", "created_at"], name="rich_menu_by_creation")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "content_hash"],
                condition=Q(deleted_at__isnull=True),
                name="rich_menu_once_per_content",
            ),
            models.UniqueConstraint(fields=["line_id"], condition=~Q(line_id=""), name="rich_menu_line_id_once"),
            models.CheckConstraint(
                condition=Q(uploaded_at__isnull=True) | ~Q(line_id=""), name="rich_menu_made_before_picture"
            ),
        ]

    def __str__(self) -> str:
        return self.line_id or self.content_hash[:12]

    @property
    def is_ready(self) -> bool:
        return self.uploaded_at is not None and self.deleted_at is None


class Page(models.Model):
    """A tab in one language, and the rich menu that shows it."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="pages")
    tab = models.ForeignKey(Tab, models.CASCADE, related_name="pages")
    locale = models.CharField(max_length=10)
    alias = models.CharField(max_length=32)
    rich_menu = models.ForeignKey(RichMenu, models.PROTECT, related_name="pages")

    class Meta:
        ordering: ClassVar = ["tab__variant__position", "locale", "tab__position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tab", "locale"], name="menu_page_once"),
            models.UniqueConstraint(fields=["version", "alias"], name="menu_page_alias_once"),
        ]

    def __str__(self) -> str:
        return self.alias


class Publication(models.Model):
    """A version on its way to the customers: decided by somebody, done step by step, whatever happens in between."""

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        WAITING = "waiting", _("Waiting")
        FAILED = "failed", _("Stopped by an error")
        DONE = "done", _("Done")
        GIVEN_UP = "given_up", _("Given up")

    UNFINISHED = ("running", "waiting", "failed")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    menu = models.ForeignKey(Menu, models.CASCADE, related_name="publications")
    version = models.ForeignKey(Version, models.PROTECT, related_name="publications")
    replaces = models.ForeignKey(Version, models.PROTECT, related_name="+", null=True, blank=True)
    """What was live when it was decided."""
    by = models.ForeignKey("organization.Staff", models.PROTECT, related_name="+", null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.RUNNING)
    reason = models.CharField(max_length=300, blank=True)
    """Why it waits or stopped; LINE's own words where LINE spoke."""
    resumes_at = models.DateTimeField(null=True, blank=True)
    """Of one that waits."""
    to_relink = models.PositiveIntegerField(null=True, blank=True)
    """Customers whose menu has to be changed at LINE; null: not counted yet."""
    relinked = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["menu"],
                condition=Q(state__in=["running", "waiting", "failed"]),
                name="publication_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "given_up"], finished_at__isnull=False)
                | (~Q(state__in=["done", "given_up"]) & Q(finished_at__isnull=True)),
                name="publication_finished_has_end",
            ),
            models.CheckConstraint(
                condition=~Q(state="waiting") | Q(resumes_at__isnull=False), name="publication_waiting_has_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.state}"


class Step(models.Model):
    """One call to LINE, or one kind of calls. In order; each can be repeated without harm."""

    class Kind(models.TextChoices):
        CREATE = "create", _("Make the menu")
        UPLOAD = "upload", _("Upload its picture")
        ALIAS = "alias", _("Point the tab to it")
        DEFAULT = "default", _("Show it to everybody")
        RELINK = "relink", _("Give customers the menu that is meant for them")
        SWITCH = "switch", _("Move those who look at an old page")
        DELETE = "delete", _("Delete what nobody needs any more")

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="steps")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    rich_menu = models.ForeignKey(RichMenu, models.PROTECT, related_name="+", null=True, blank=True)
    alias = models.CharField(max_length=32, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["publication", "position"], name="publication_step_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.alias or self.rich_menu_id or ''}"
