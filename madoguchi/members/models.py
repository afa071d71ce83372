"""Rows about people."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.kit.among import Among
from madoguchi.kit.public_id import new_public_id
from madoguchi.organization.permissions import Permission

if TYPE_CHECKING:
    from madoguchi.organization.models import Staff
    from madoguchi.organization.reach import Reach


class MemberQuerySet(models.QuerySet["Member"]):
    def within(self, reach: Reach) -> MemberQuerySet:
        """Who has a conversation there."""
        if reach.is_everything:
            return self.all()
        return self.filter(pk__in=Member.objects.filter(reach.condition("conversations__")).values("pk"))

    def visible_to(self, staff: Staff) -> MemberQuerySet:
        """Whoever may read people reads those whose conversations they may see, and those whom they look after."""
        if not staff.may(Permission.MEMBER_READ):
            return self.none()
        read = staff.reach(Permission.CONVERSATION_READ)
        if read.is_everything:
            return self.all()
        own = Q(conversations__holder=staff) | Q(conversations__mentions__staff=staff)
        own |= Q(Among("pk", staff.bindings.current().values("member")))
        return self.filter(pk__in=Member.objects.filter(read.condition("conversations__") | own).values("pk"))

    def with_phone_ending(self, digits: str) -> MemberQuerySet:
        ends = Q(phone_from_its_end__startswith=digits[::-1])
        return self.alias(phone_from_its_end=Reverse("phone")).filter(ends).exclude(phone="")


class Member(models.Model):
    """A customer as one person. Created at the first event from an address nobody has linked to a person yet."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    display_name = models.CharField(max_length=100, blank=True)
    """As staff see the person: the LINE name until somebody knows better; empty until the profile has arrived."""
    is_name_confirmed = models.BooleanField(default=False)
    """True once staff wrote the name: then the profile no longer changes it."""
    phone = models.CharField(max_length=20, blank=True)
    """E.164."""
    email = models.EmailField(blank=True)
    locale = models.CharField(max_length=10, blank=True)
    picture_url = models.URLField(max_length=1000, blank=True)
    market = models.ForeignKey("organization.Market", models.PROTECT, related_name="+", null=True, blank=True)
    search = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    """Pairs of characters of the name (kit.bigrams), kept by whoever changes the name."""
    tags: models.ManyToManyField[Tag, MemberTag] = models.ManyToManyField(
        "Tag", through="MemberTag", related_name="members"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = MemberQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            GinIndex(fields=["search"], name="member_search"),
            models.Index(
                OpClass(Reverse("phone"), "text_pattern_ops"), name="member_phone_end", condition=~Q(phone="")
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or f"#{self.pk}"

    @property
    def number(self) -> str:
        """What staff read out on the phone."""
        return f"M-{self.pk:05d}"


class Identity(models.Model):
    """One way to recognise a member."""

    class Kind(models.TextChoices):
        LINE = "line", "LINE"

    member = models.ForeignKey(Member, models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    provider = models.ForeignKey("channels.Provider", models.PROTECT, related_name="+", db_index=False)
    """LINE user ids are unique per provider (developers.line.biz/en/docs/messaging-api/getting-user-ids)."""
    value = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "provider", "value"], name="identity_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class Tag(models.Model):
    name = models.CharField(max_length=30, unique=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class MemberTag(models.Model):
    member = models.ForeignKey(Member, models.CASCADE, related_name="member_tags")
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="member_tags")
    by = models.ForeignKey("organization.Staff", models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["member", "tag"], name="member_tag_once")]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.tag_id}"


class MemberNote(models.Model):
    """What colleagues should know about a person; stays when exchanges end."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="notes")
    author = models.ForeignKey("organization.Staff", models.PROTECT, related_name="+")
    text = models.TextField(max_length=2000)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-at"]
        verbose_name = _("note about a member")

    def __str__(self) -> str:
        return self.text[:40]
