"""Changes of who looks after customers, each announced to them with their say in it."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.bindings.models.ledger import Binding, Code
from madoguchi.kit.public_id import new_public_id


class Departure(models.Model):
    """Somebody leaves, or moves to another store: a plan for all their customers, each of whom has a say."""

    class Kind(models.TextChoices):
        EXIT = "exit", _("Leaves the company")
        TRANSFER = "transfer", _("Moves to another store")

    class State(models.TextChoices):
        RUNNING = "running", _("Under way")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Called off")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    staff = models.ForeignKey("organization.Staff", models.PROTECT, related_name="departures")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    rule = models.CharField(max_length=9)
    """A value of Policy.Leaving (exit) or Policy.Transfer (transfer), as it was when the plan began."""
    successor = models.ForeignKey("organization.Staff", models.PROTECT, related_name="+", null=True, blank=True)
    from_store = models.ForeignKey("organization.Store", models.PROTECT, related_name="+", null=True, blank=True)
    """Null: all stores."""
    to_store = models.ForeignKey("organization.Store", models.PROTECT, related_name="+", null=True, blank=True)
    leaves_on = models.DateField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.RUNNING)
    by = models.ForeignKey("organization.Staff", models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["staff"], condition=Q(state="running"), name="departure_one_running_per_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.kind}"

    def finish(self, state: State, now: dt.datetime) -> None:
        self.state, self.ended_at = state, now
        self.save(update_fields=["state", "ended_at"])


class Offer(models.Model):
    """A change of who looks after a customer, told to them beforehand; they answer by a tap, or by saying nothing.

    The customer reads it in the brand's voice. What silence means is part of the offer: after a departure it accepts,
    after a second scan, or when a colleague wants to take them on, it leaves all as it is.
    """

    class Cause(models.TextChoices):
        SECOND_SCAN = "second_scan", _("Scanned another person's code")
        BY_HAND = "by_hand", _("A colleague wants to look after them")
        EXIT = "exit", _("The person leaves")
        TRANSFER = "transfer", _("The person moves to another store")

    class State(models.TextChoices):
        PLANNED = "planned", _("Will be told later")
        OPEN = "open", _("Told; may still refuse")
        ACCEPTED = "accepted", _("Accepted")
        SILENT = "silent", _("No answer")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("No longer needed")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    binding = models.ForeignKey(Binding, models.PROTECT, related_name="offers")
    """The one that would end."""
    departure = models.ForeignKey(Departure, models.PROTECT, related_name="offers", null=True, blank=True)
    code = models.ForeignKey(Code, models.SET_NULL, related_name="+", null=True, blank=True)
    """Of a second scan."""
    cause = models.CharField(max_length=11, choices=Cause.choices)
    to_staff = models.ForeignKey("organization.Staff", models.PROTECT, related_name="+", null=True, blank=True)
    """Null: the store's pool."""
    to_store = models.ForeignKey("organization.Store", models.PROTECT, related_name="+", null=True, blank=True)
    to_department = models.ForeignKey(
        "organization.Department", models.PROTECT, related_name="+", null=True, blank=True
    )
    silence_accepts = models.BooleanField()
    try_number = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=9, choices=State.choices, default=State.PLANNED)
    due_at = models.DateTimeField(default=timezone.now)
    """When the customer is to be told."""
    told_at = models.DateTimeField(null=True, blank=True)
    answer_by = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    result = models.ForeignKey(Binding, models.PROTECT, related_name="+", null=True, blank=True)
    """The binding that came of it."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(state="planned"), name="offer_planned"),
            models.Index(fields=["answer_by"], condition=Q(state="open"), name="offer_open"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["binding"], condition=Q(state__in=["planned", "open"]), name="offer_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="open") | Q(told_at__isnull=False, answer_by__isnull=False),
                name="offer_open_is_told",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.binding_id}: {self.cause} {self.try_number}"

    @property
    def is_live(self) -> bool:
        return self.state in (self.State.PLANNED, self.State.OPEN)

    def tell(self, now: dt.datetime, answer_hours: int) -> None:
        self.state, self.told_at = self.State.OPEN, now
        self.answer_by = now + dt.timedelta(hours=answer_hours)
        self.save(update_fields=["state", "told_at", "answer_by"])

    def settle(self, state: State, now: dt.datetime, result: Binding | None = None) -> None:
        self.state, self.answered_at, self.result = state, now, result
        self.save(update_fields=["state", "answered_at", "result"])

    def withdraw(self, now: dt.datetime) -> None:
        self.settle(self.State.WITHDRAWN, now)


class Rest(models.Model):
    """A customer who has refused often enough is left in peace until then."""

    member = models.OneToOneField("members.Member", models.CASCADE, related_name="+", primary_key=True)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.member_id}: {self.until}"
