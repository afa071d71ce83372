"""Who sees what, and what they tap."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Func, Q

from madoguchi.menus.models.publishing import RichMenu


class MemberMenu(models.Model):
    """Which rich menu a customer is to see, and which one LINE has been told. Whoever sees the default has no row, or
    one with neither.

    One statement writes a million of these from the tables themselves; looking each key up again would take it longer
    than all the rest. Rich menus are never deleted here, and an account's contacts go before it.
    """

    contact = models.OneToOneField("channels.Contact", models.CASCADE, primary_key=True, related_name="menu")
    account = models.ForeignKey(
        "channels.Account", models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    wanted = models.ForeignKey(
        RichMenu, models.PROTECT, related_name="+", null=True, blank=True, db_index=False, db_constraint=False
    )
    linked = models.ForeignKey(
        RichMenu, models.PROTECT, related_name="+", null=True, blank=True, db_index=False, db_constraint=False
    )
    is_due = models.GeneratedField(
        expression=Func(
            F("wanted"),
            F("linked"),
            template="(%(expressions)s)",
            arg_joiner=" IS DISTINCT FROM ",
            output_field=models.BooleanField(),
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["account", "wanted", "contact"], condition=Q(is_due=True), name="member_menu_due"),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id}: {self.wanted_id}"


class Recheck(models.Model):
    """Something about this customer changed: look again at which menu is meant for them."""

    contact = models.OneToOneField("channels.Contact", models.CASCADE, primary_key=True, related_name="+")
    due_at = models.DateTimeField()
    forget_link = models.BooleanField(default=False)
    """LINE may have forgotten what it was told: the customer blocked us in between."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["due_at"], name="menu_recheck_due")]

    def __str__(self) -> str:
        return f"{self.contact_id}: {self.due_at}"


class Tap(models.Model):
    """A customer tapped a cell."""

    account = models.ForeignKey("channels.Account", models.CASCADE, related_name="+", db_index=False)
    contact = models.ForeignKey("channels.Contact", models.CASCADE, related_name="taps", null=True, blank=True)
    """Null: a link was opened; LINE does not say by whom."""
    key = models.CharField(max_length=40)
    variant_code = models.CharField(max_length=8, blank=True)
    """Of the variant the customer saw; empty: not known."""
    tab_position = models.PositiveSmallIntegerField(null=True, blank=True)
    event = models.BigIntegerField(null=True, blank=True)
    """The raw event it was read from."""
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["account", "at"], name="tap_by_account"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event"], condition=Q(event__isnull=False), name="tap_once_per_event"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.at:%F %T}"


class Turn(models.Model):
    """A customer turned from one tab to another."""

    account = models.ForeignKey("channels.Account", models.CASCADE, related_name="+", db_index=False)
    contact = models.ForeignKey("channels.Contact", models.CASCADE, related_name="+", null=True, blank=True)
    """Null: somebody who has never written nor become a friend."""
    variant_code = models.CharField(max_length=8)
    from_position = models.PositiveSmallIntegerField()
    to_position = models.PositiveSmallIntegerField()
    is_shown = models.BooleanField()
    """False: LINE found nothing behind the tab."""
    event = models.BigIntegerField(unique=True)
    """The raw event it was read from."""
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["account", "at"], name="turn_by_account"),
        ]

    def __str__(self) -> str:
        return f"{self.variant_code} {self.from_position} → {self.to_position} {self.at:%F %T}"
