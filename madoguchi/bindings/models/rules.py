"""What a market, a role or a store has laid down, and the uses of a right that are counted."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.bindings.models.ledger import Binding


class Policy(models.Model):
    """A market's written rules. A market without a row goes by the defaults below."""

    class SecondScan(models.TextChoices):
        NEWEST = "newest", _("the newest person looks after them")
        FIRST = "first", _("the first person keeps them")
        ASK = "ask", _("the customer is asked")

    class Leaving(models.TextChoices):
        SUCCESSOR = "successor", _("a named successor")
        STORE = "store", _("the store shares them out among its team")
        POOL = "pool", _("the store's whole team")
        ASK = "ask", _("whomever the customer chooses")

    class Transfer(models.TextChoices):
        KEEP = "keep", _("customers stay with the person")
        STORE = "store", _("customers stay with the store")
        ASK = "ask", _("customers choose")

    market = models.OneToOneField("organization.Market", models.CASCADE, related_name="binding_policy")
    second_scan = models.CharField(max_length=6, choices=SecondScan.choices, default=SecondScan.ASK)
    inactive_days = models.PositiveSmallIntegerField(null=True, blank=True, default=365)
    """Without a word or a tap for so long: to the store. Null: never."""
    leaving = models.CharField(max_length=9, choices=Leaving.choices, default=Leaving.STORE)
    transfer = models.CharField(max_length=5, choices=Transfer.choices, default=Transfer.ASK)
    cover_minutes = models.PositiveSmallIntegerField(default=15)
    """Working minutes without an answer from the person until the store's team covers."""
    answer_hours = models.PositiveSmallIntegerField(default=24)
    """How long a customer may refuse a change."""
    tries = models.PositiveSmallIntegerField(default=3)
    """Offers in all, the first included, while the customer refuses."""
    days_between_tries = models.PositiveSmallIntegerField(default=7)
    rest_days = models.PositiveSmallIntegerField(default=90)
    """After the last refusal nobody is offered again for so long."""
    quiet_from = models.TimeField(null=True, blank=True, default=dt.time(21))
    """Announcements that fall between this and ``quiet_until``, on the market's clock, wait until then. Both null: none
    wait."""
    quiet_until = models.TimeField(null=True, blank=True, default=dt.time(9))

    class Meta:
        verbose_name_plural = _("policies")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(tries__gte=1, answer_hours__gte=1), name="policy_asks_at_least_once"),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False) & ~Q(quiet_from=F("quiet_until")),
                name="policy_quiet_hours_begin_and_end",
            ),
        ]

    def __str__(self) -> str:
        return str(self.market)


class FirstMessageLimit(models.Model):
    """How often a month a person may write first to customers bound to them. A store's row beats a role's; blank: never."""

    role = models.OneToOneField("organization.Role", models.CASCADE, related_name="+", null=True, blank=True)
    store = models.OneToOneField("organization.Store", models.CASCADE, related_name="+", null=True, blank=True)
    per_month = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(role__isnull=False, store__isnull=True) | Q(role__isnull=True, store__isnull=False),
                name="first_message_limit_of_role_or_store",
            )
        ]

    def __str__(self) -> str:
        return f"{self.role or self.store}: {self.per_month}"


class FirstMessage(models.Model):
    """One use of that right. Counted by calendar month on the clock of the store's market."""

    staff = models.ForeignKey("organization.Staff", models.PROTECT, related_name="+")
    binding = models.ForeignKey(Binding, models.PROTECT, related_name="first_messages")
    key = models.UUIDField(unique=True)
    """The form's: a double click is one use."""
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["staff", "at"], name="first_message_by_staff")]

    def __str__(self) -> str:
        return f"{self.staff_id}: {self.binding_id}"
