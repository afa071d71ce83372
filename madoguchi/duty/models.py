"""Rows about working time. Places are a store or a department, never both; clocks are those of the place's market."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.kit.period import Period

_ONE_PLACE = Q(store__isnull=False, department__isnull=True) | Q(store__isnull=True, department__isnull=False)


class OpeningHours(models.Model):
    """A place is open on a weekday from one time to another; a day may have several rows. No row at all: always open."""

    store = models.ForeignKey("organization.Store", models.CASCADE, related_name="+", null=True, blank=True)
    department = models.ForeignKey("organization.Department", models.CASCADE, related_name="+", null=True, blank=True)
    weekday = models.PositiveSmallIntegerField(validators=[MaxValueValidator(6)])
    """0 is Monday."""
    opens_at = models.TimeField()
    closes_at = models.TimeField()
    """Midnight stands for the end of the day."""

    class Meta:
        ordering: ClassVar = ["weekday", "opens_at"]
        verbose_name_plural = _("opening hours")
        constraints: ClassVar = [
            models.CheckConstraint(condition=_ONE_PLACE, name="opening_hours_one_place"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="opening_hours_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens_at}–{self.closes_at}"


class DayException(models.Model):
    """A single day that is not like its weekday: of a store, a department, or a whole market. Closed without times."""

    market = models.ForeignKey("organization.Market", models.CASCADE, related_name="+", null=True, blank=True)
    store = models.ForeignKey("organization.Store", models.CASCADE, related_name="+", null=True, blank=True)
    department = models.ForeignKey("organization.Department", models.CASCADE, related_name="+", null=True, blank=True)
    on = models.DateField()
    opens_at = models.TimeField(null=True, blank=True)
    closes_at = models.TimeField(null=True, blank=True)
    reason = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering: ClassVar = ["on"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(market__isnull=False, store__isnull=True, department__isnull=True)
                | Q(market__isnull=True) & _ONE_PLACE,
                name="day_exception_one_place",
            ),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True, closes_at__isnull=True)
                | Q(opens_at__isnull=False, closes_at__isnull=False),
                name="day_exception_both_times_or_none",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.reason}"


class HolidayRule(models.Model):
    """Whether a place keeps the public holidays of its market (package ``holidays``). No row: stores do not, departments
    do."""

    store = models.OneToOneField("organization.Store", models.CASCADE, related_name="+", null=True, blank=True)
    department = models.OneToOneField(
        "organization.Department", models.CASCADE, related_name="+", null=True, blank=True
    )
    is_closed = models.BooleanField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=_ONE_PLACE, name="holiday_rule_one_place")]

    def __str__(self) -> str:
        return f"{self.store or self.department}: {self.is_closed}"


class RosterUpload(models.Model):
    """A roster that came as a file; its shifts point to it."""

    by = models.ForeignKey("organization.Staff", models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    month = models.DateField()
    """Its first day."""
    shifts_made = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.file_name


class Shift(models.Model):
    """Somebody works at a place from one moment to another. Nobody works two shifts at once, at whatever place."""

    staff = models.ForeignKey("organization.Staff", models.CASCADE, related_name="shifts")
    store = models.ForeignKey("organization.Store", models.CASCADE, related_name="shifts", null=True, blank=True)
    department = models.ForeignKey(
        "organization.Department", models.CASCADE, related_name="shifts", null=True, blank=True
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    upload = models.ForeignKey(RosterUpload, models.SET_NULL, related_name="shifts", null=True, blank=True)
    """Null: written in the console."""

    class Meta:
        ordering: ClassVar = ["starts_at"]
        indexes: ClassVar = [models.Index(fields=["starts_at", "ends_at"], name="shift_by_time")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=_ONE_PLACE, name="shift_one_place"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="shift_ends_after_start"),
            ExclusionConstraint(
                name="shift_one_at_a_time",
                expressions=[
                    ("staff", RangeOperators.EQUAL),
                    (Period("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id}: {self.starts_at:%F %H:%M}"


class Leave(models.Model):
    """Away for longer than a day off: customers are covered by the team meanwhile."""

    staff = models.ForeignKey("organization.Staff", models.CASCADE, related_name="leaves")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=60, blank=True)
    by = models.ForeignKey("organization.Staff", models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["starts_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="leave_ends_after_start")
        ]

    def __str__(self) -> str:
        return f"{self.staff_id}: {self.starts_at:%F}"


class Seat(models.Model):
    """How much a person can carry, and whether they said by hand that they are on or off duty.

    Whoever gives somebody a conversation locks this row first, so that two givers cannot exceed the capacity together.
    Every person has one from the first time it is asked for (``duty.actions.lock_seats``).
    """

    CAPACITY = 8

    staff = models.OneToOneField("organization.Staff", models.CASCADE, related_name="seat", primary_key=True)
    capacity = models.PositiveSmallIntegerField(default=CAPACITY)
    """Open conversations that may be given to the person; 0: gives nobody work, takes what they choose."""
    is_on_duty = models.BooleanField(null=True, blank=True)
    """Said by hand; null: as the roster says."""
    said_until = models.DateTimeField(null=True, blank=True)
    """From then on the roster counts again."""
    last_given_at = models.DateTimeField(null=True, blank=True)
    """For round robin: the longest ago is next."""

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(is_on_duty__isnull=True, said_until__isnull=True)
                | Q(is_on_duty__isnull=False, said_until__isnull=False),
                name="seat_said_until_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.staff_id}: {self.capacity}"
