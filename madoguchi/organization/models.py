"""Rows of the organisation. A person's rights come from postings: a role, at a place, for some brands, for some time."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.kit.errors import NotAllowed
from madoguchi.kit.public_id import new_public_id
from madoguchi.organization.coordinates import Coordinates
from madoguchi.organization.permissions import BuiltInRole, Permission
from madoguchi.organization.reach import Reach


class Market(models.Model):
    """A country or region with its own language, clock and money."""

    code = models.SlugField(max_length=8, unique=True)
    name = models.CharField(max_length=60)
    locale = models.CharField(max_length=10)
    """Language code as Django writes it: zh-hant, zh-hans, ja, en."""
    time_zone = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name


class BrandQuerySet(models.QuerySet["Brand"]):
    def in_use(self) -> BrandQuerySet:
        """Those that can be chosen, without their pictures: lists and forms do not need them."""
        return self.filter(is_active=True).defer("icon")


class Brand(models.Model):
    """A voice: what the customer sees above a bubble. ``sender_name`` is what LINE shows (at most 20 characters)."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    sender_name = models.CharField(max_length=20)
    category = models.CharField(max_length=40, blank=True)
    mark = models.CharField(max_length=2)
    """One or two letters that stand on the brand's small square."""
    color = models.CharField(max_length=7)
    """#rrggbb, dark enough to carry white letters."""
    icon = models.BinaryField(blank=True, default=b"")
    """PNG, square, at most 1 MB (LINE's limit for a sender icon); empty: drawn from mark and colour."""
    is_active = models.BooleanField(default=True)

    objects = BrandQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(color__regex=r"^#[0-9a-f]{6}$"), name="brand_color_is_hex"),
        ]

    def __str__(self) -> str:
        return self.name


class Store(models.Model):
    """A place where customers are served: a counter in a department store, a shop, the online shop, an outside channel."""

    class Kind(models.TextChoices):
        COUNTER = "counter", _("Counter")
        SHOP = "shop", _("Shop")
        ONLINE = "online", _("Online shop")
        OUTSIDE = "outside", _("Outside channel")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    market = models.ForeignKey(Market, models.PROTECT, related_name="stores")
    region = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    brands = models.ManyToManyField(Brand, through="BrandPresence", related_name="stores")
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    """As ``Coordinates``; both or neither."""

    class Meta:
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="store_coordinates_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def coordinates(self) -> Coordinates | None:
        """None: nobody has said where it is."""
        if self.latitude is None or self.longitude is None:
            return None
        return Coordinates(self.latitude, self.longitude)

    @coordinates.setter
    def coordinates(self, at: Coordinates | None) -> None:
        self.latitude, self.longitude = at or (None, None)


class BrandPresence(models.Model):
    """A brand is sold at a store from one day to another (open end: until further notice)."""

    brand = models.ForeignKey(Brand, models.PROTECT, related_name="presences")
    store = models.ForeignKey(Store, models.CASCADE, related_name="presences")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "store", "since"], name="brand_presence_once_per_day"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="brand_presence_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.brand} · {self.store}"


class Department(models.Model):
    """Staff who are not at one store: customer service, repair, online orders."""

    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=60)
    market = models.ForeignKey(Market, models.PROTECT, related_name="departments", null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name


class Role(models.Model):
    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=60, blank=True)
    """Given by the company; empty for a built-in role, whose name is translated."""
    permissions = ArrayField(models.CharField(max_length=40), default=list)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name or str(dict(BuiltInRole.choices).get(self.code, self.code))


class StaffManager(BaseUserManager["Staff"]):
    def create_user(self, username: str, password: str | None = None, **fields: object) -> Staff:
        staff = self.model(username=username, **fields)
        staff.set_password(password)
        staff.save(using=self._db)
        return staff

    def create_superuser(self, username: str, password: str | None = None, **fields: object) -> Staff:
        return self.create_user(username, password, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> Staff:
        return self.get(username=username)


class Staff(AbstractBaseUser):
    """A person who works here and can sign in."""

    class Theme(models.TextChoices):
        SYSTEM = "system", _("As the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class TextSize(models.TextChoices):
        NORMAL = "normal", _("Normal")
        LARGE = "large", _("Large")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    username = models.CharField(_("User name"), max_length=40, unique=True)
    display_name = models.CharField(max_length=40)
    email = models.EmailField(blank=True)
    locale = models.CharField(max_length=10, default="zh-hant")
    theme = models.CharField(max_length=6, choices=Theme.choices, default=Theme.SYSTEM)
    text_size = models.CharField(max_length=6, choices=TextSize.choices, default=TextSize.NORMAL)
    is_active = models.BooleanField(default=True)
    is_superuser = models.BooleanField(default=False)
    """May do everything everywhere, and enter the support admin. For the people who run the installation."""
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar = ["display_name"]
    objects: ClassVar[StaffManager] = StaffManager()

    class Meta:
        ordering: ClassVar = ["display_name"]
        verbose_name = _("staff member")
        verbose_name_plural = _("staff")

    def __str__(self) -> str:
        return self.display_name

    # Django's admin asks these three.
    @property
    def is_staff(self) -> bool:
        return self.is_active and (self.is_superuser or self.reach(Permission.SUPPORT_ADMIN).is_everything)

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff

    def reach(self, permission: Permission) -> Reach:
        """Where this person holds the permission today. Postings are read once per instance of Staff."""
        if not self.is_active:
            return Reach.nowhere()
        if self.is_superuser:
            return Reach.everywhere()
        return Reach.of(posting for posting in self._current_postings() if permission in posting.role.permissions)

    def may(self, permission: Permission) -> bool:
        """True when the permission is held at least somewhere."""
        return bool(self.reach(permission))

    def require(
        self,
        permission: Permission,
        *,
        store_id: int | None = None,
        department_id: int | None = None,
        brand_id: int | None = None,
    ) -> None:
        """Raise NotAllowed unless the permission is held for that place and brand."""
        if not self.reach(permission).covers(store_id=store_id, department_id=department_id, brand_id=brand_id):
            raise NotAllowed

    @property
    def time_zone(self) -> str:
        """Of the market where this person works; empty for somebody of several markets or of the whole company."""
        markets = {place.market for place in (p.store or p.department or p for p in self._current_postings())}
        market = markets.pop() if len(markets) == 1 else None
        return market.time_zone if market else ""

    def _current_postings(self) -> list[Posting]:
        """With all that reach and time zone ask of them, in one statement."""
        cached: list[Posting] | None = self.__dict__.get("_postings")
        if cached is None:
            current = self.postings.current().with_places()
            cached = list(current.select_related("role", "market", "store__market", "department__market"))
            self.__dict__["_postings"] = cached
        return cached

    def forget_postings(self) -> None:
        """After they changed: ask again."""
        self.__dict__.pop("_postings", None)


class PostingQuerySet(models.QuerySet["Posting"]):
    def current(self, on: dt.date | None = None) -> PostingQuerySet:
        day = on or timezone.localdate()
        return self.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day)

    def with_brands(self) -> PostingQuerySet:
        """With ``brand_ids``; none: all brands."""
        limits = Posting.brands.through.objects.filter(posting=OuterRef("pk"))
        return self.annotate(brand_ids=ArraySubquery(limits.values("brand")))

    def with_places(self) -> PostingQuerySet:
        """With the ids that ``reach.place_of`` reads, in the same statement."""
        market = OuterRef("market")
        return self.with_brands().annotate(
            market_store_ids=ArraySubquery(Store.objects.filter(market=market).values("pk")),
            market_department_ids=ArraySubquery(Department.objects.filter(market=market).values("pk")),
        )


class Posting(models.Model):
    """A role that a person has at a store, in a department, in a market, or (all three empty) in the whole company."""

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="postings")
    role = models.ForeignKey(Role, models.PROTECT, related_name="postings")
    market = models.ForeignKey(Market, models.PROTECT, related_name="postings", null=True, blank=True)
    store = models.ForeignKey(Store, models.PROTECT, related_name="postings", null=True, blank=True)
    department = models.ForeignKey(Department, models.PROTECT, related_name="postings", null=True, blank=True)
    brands = models.ManyToManyField(Brand, related_name="postings", blank=True)
    """Empty: all brands."""
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    objects = PostingQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["staff", "since"], name="posting_by_staff")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="posting_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(store__isnull=True, department__isnull=True)
                | Q(store__isnull=True, market__isnull=True)
                | Q(department__isnull=True, market__isnull=True),
                name="posting_names_one_place",
            ),
        ]

    def __str__(self) -> str:
        place = self.market or self.store or self.department or _("The whole company")
        return f"{self.role} · {place}"
