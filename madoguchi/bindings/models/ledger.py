"""The ledger: how a customer comes to a person or a store, and who looks after them from when to when."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeBoundary, RangeOperators
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.bindings.tokens import new_code
from madoguchi.kit.period import Period
from madoguchi.kit.public_id import new_public_id
from madoguchi.organization.permissions import Permission

if TYPE_CHECKING:
    from madoguchi.organization.models import Staff

ALL_BRANDS = 0
"""In ``brand_ids``: so that an all-brands scope overlaps only with another one."""


class Code(models.Model):
    """What a QR code, a link or a typed code stands for: a person at a store, or a team that shares its customers out."""

    class Purpose(models.TextChoices):
        BIND = "bind", _("Binds customers")
        KNOW_STAFF = "know_staff", _("Tells which LINE user the person is")

    token = models.CharField(max_length=16, unique=True, default=new_code)
    """Ten letters and digits without look-alikes: 50 random bits."""
    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.BIND)
    account = models.ForeignKey("channels.Account", models.CASCADE, related_name="+")
    staff = models.ForeignKey("organization.Staff", models.CASCADE, related_name="codes", null=True, blank=True)
    """Null: of the team at the store or in the department."""
    store = models.ForeignKey("organization.Store", models.CASCADE, related_name="codes", null=True, blank=True)
    department = models.ForeignKey(
        "organization.Department", models.CASCADE, related_name="codes", null=True, blank=True
    )
    brands = models.ManyToManyField("organization.Brand", related_name="+", blank=True)
    """The scope of what it binds; none: all brands."""
    label = models.CharField(max_length=60, blank=True)
    """What staff call it: counter card by the till, autumn fair."""
    created_by = models.ForeignKey("organization.Staff", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey("organization.Staff", models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["staff", "-created_at"], name="code_by_staff")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(store__isnull=False, department__isnull=True)
                | Q(store__isnull=True, department__isnull=False),
                name="code_at_one_place",
            ),
            models.CheckConstraint(
                condition=Q(purpose="bind") | Q(staff__isnull=False), name="code_of_somebody_unless_it_binds"
            ),
        ]

    def __str__(self) -> str:
        return self.token

    @property
    def is_revoked(self) -> bool:
        return self.revoked_at is not None

    def has_expired(self, now: dt.datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now


class Way(models.TextChoices):
    """How a binding came about."""

    LIFF = "liff", _("One tap after scanning")
    TEXT = "text", _("Sent the code from a QR code")
    TYPED = "typed", _("Typed the code")
    STAFF = "staff", _("Entered by staff")
    CUSTOMER = "customer", _("Chosen by the customer in the menu")
    OFFER = "offer", _("Passed on with the customer's say")
    RULE = "rule", _("By the market's rule")
    IMPORT = "import", _("Imported")


class BindingQuerySet(models.QuerySet["Binding"]):
    def current(self) -> BindingQuerySet:
        return self.filter(ended_at__isnull=True)

    def at(self, moment: dt.datetime) -> BindingQuerySet:
        return self.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=moment), started_at__lte=moment)

    def for_brand(self, brand_id: int | None) -> BindingQuerySet:
        """Those that look after this brand; the narrower scope first."""
        scope = Q(brand_ids__contains=[ALL_BRANDS])
        if brand_id is not None:
            scope |= Q(brand_ids__contains=[brand_id])
        return self.filter(scope).order_by(F("brand_ids").desc(), "pk")  # {0} sorts below every brand's number

    def visible_to(self, staff: Staff) -> BindingQuerySet:
        """One's own, and those at places where one may read bindings."""
        reach = staff.reach(Permission.BINDING_READ)
        if reach.is_everything:
            return self.all()
        there = Q(store__in=sorted(reach.store_ids)) | Q(department__in=sorted(reach.department_ids))
        return self.filter(there | Q(staff=staff))


class Binding(models.Model):
    """A person (or, without one, a store's team) looks after a member, for all brands or some, from then until then."""

    class End(models.TextChoices):
        REPLACED = "replaced", _("Another person took their place")
        DROPPED = "dropped", _("The customer ended it")
        INACTIVE = "inactive", _("No contact for a long time")
        STAFF_LEFT = "staff_left", _("The person left")
        TRANSFERRED = "transferred", _("Passed on to a colleague")
        REFUSED = "refused", _("The customer did not want the new person")
        STORE_CLOSED = "store_closed", _("The store closed for good")
        BY_STAFF = "by_staff", _("Ended by staff")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    member = models.ForeignKey("members.Member", models.PROTECT, related_name="bindings", db_index=False)
    staff = models.ForeignKey(
        "organization.Staff", models.PROTECT, related_name="bindings", null=True, blank=True, db_index=False
    )
    """Null: the store's pool."""
    store = models.ForeignKey(
        "organization.Store", models.PROTECT, related_name="bindings", null=True, blank=True, db_index=False
    )
    """Where it came about, and whose team covers. Null only for somebody who works in a department."""
    department = models.ForeignKey(
        "organization.Department", models.PROTECT, related_name="bindings", null=True, blank=True, db_index=False
    )
    account = models.ForeignKey("channels.Account", models.PROTECT, related_name="+", db_index=False)
    brand_ids = ArrayField(models.IntegerField(), default=list)
    """Ids of brands, ascending; [0]: all brands."""
    way = models.CharField(max_length=8, choices=Way.choices)
    code = models.ForeignKey(Code, models.SET_NULL, related_name="bindings", null=True, blank=True)
    by = models.ForeignKey("organization.Staff", models.PROTECT, related_name="+", null=True, blank=True)
    """Null: the customer, or a rule."""
    predecessor = models.ForeignKey("self", models.PROTECT, related_name="successors", null=True, blank=True)
    """The binding that this one continues."""
    may_write_first = models.BooleanField(default=True)
    """The customer's permission to be written to when they have not asked."""
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=12, choices=End.choices, blank=True)
    ended_by = models.ForeignKey("organization.Staff", models.PROTECT, related_name="+", null=True, blank=True)

    objects = BindingQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["member", "-started_at"], name="binding_by_member"),
            models.Index(fields=["staff"], condition=Q(ended_at__isnull=True), name="binding_current_by_staff"),
            models.Index(fields=["store", "started_at"], name="binding_by_store"),
            models.Index(fields=["started_at"], name="binding_by_start"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(store__isnull=False, department__isnull=True)
                | Q(store__isnull=True, department__isnull=False),
                name="binding_at_one_place",
            ),
            models.CheckConstraint(condition=~Q(brand_ids=[]), name="binding_has_scope"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end="") | (Q(ended_at__gte=F("started_at")) & ~Q(end="")),
                name="binding_ends_after_start_with_reason",
            ),
            ExclusionConstraint(
                name="binding_one_at_a_time_per_scope",
                expressions=[
                    ("member", RangeOperators.EQUAL),
                    (OpClass("brand_ids", "gist__int_ops"), RangeOperators.OVERLAPS),
                    (Period("started_at", "ended_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def is_for_all_brands(self) -> bool:
        return self.brand_ids == [ALL_BRANDS]


class Scan(models.Model):
    """Somebody used a code: what became of it, for the funnel and for clear answers. Kept whether it bound or not."""

    class Outcome(models.TextChoices):
        OPENED = "opened", _("Opened the page")
        BOUND = "bound", _("Bound")
        KNOWN = "known", _("Told us which LINE user they are")
        ALREADY = "already", _("Was bound to this person already")
        ASKED = "asked", _("Was asked whether to change")
        KEPT = "kept", _("Stays with the person they had")
        UNKNOWN = "unknown", _("No such code")
        EXPIRED = "expired", _("The code has expired")
        REVOKED = "revoked", _("The code was withdrawn")
        FOREIGN = "foreign", _("The code belongs to another account")
        OWN = "own", _("Own code")
        CLOSED = "closed", _("The store has closed, or the person no longer works there")
        TOO_MANY = "too_many", _("Too many wrong codes")

    code = models.ForeignKey(Code, models.CASCADE, related_name="scans", null=True, blank=True)
    way = models.CharField(max_length=8, choices=Way.choices)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    visitor = models.CharField(max_length=32, blank=True)
    """Random, made by the page: joins the opened page with what became of it."""
    contact = models.ForeignKey("channels.Contact", models.CASCADE, related_name="+", null=True, blank=True)
    member = models.ForeignKey("members.Member", models.CASCADE, related_name="+", null=True, blank=True)
    binding = models.ForeignKey(Binding, models.CASCADE, related_name="scans", null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["code", "at"], name="scan_by_code"),
            models.Index(fields=["contact", "at"], condition=Q(contact__isnull=False), name="scan_by_contact"),
            models.Index(fields=["at"], name="scan_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.code_id}: {self.outcome}"


class StaffMember(models.Model):
    """The LINE user that a member of staff is, where they told us: their own codes do not bind them."""

    staff = models.OneToOneField("organization.Staff", models.CASCADE, related_name="as_member")
    member = models.OneToOneField("members.Member", models.CASCADE, related_name="as_staff")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.staff_id}: {self.member_id}"
