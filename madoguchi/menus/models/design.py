"""What is designed: menus, their versions, and what is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from madoguchi.kit.public_id import new_public_id
from madoguchi.menus.models.choices import WITH_VALUE, Action, Icon, MemberState, Size
from madoguchi.organization.permissions import Permission

if TYPE_CHECKING:
    from madoguchi.organization.models import Staff

KEY = r"^[a-z0-9][a-z0-9-]{0,39}$"
CODE = r"^[a-z0-9]{8}$"


def new_code() -> str:
    """Eight characters: with language and number it must fit into LINE's 32 characters of an alias."""
    return new_public_id()[:8]


class MenuQuerySet(models.QuerySet["Menu"]):
    def visible_to(self, staff: Staff, permission: Permission = Permission.MENU_READ) -> MenuQuerySet:
        """Of accounts whose default department is within reach."""
        reach = staff.reach(permission)
        if any(place.is_whole_company for place in reach.places):
            return self.all()
        return self.filter(account__default_department__in=sorted(reach.department_ids))


class Menu(models.Model):
    """The menu of one account."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    account = models.OneToOneField("channels.Account", models.CASCADE, related_name="menu")
    live = models.ForeignKey("Version", models.PROTECT, related_name="+", null=True, blank=True)
    """What customers see; null: nothing was published yet."""
    previous = models.ForeignKey("Version", models.PROTECT, related_name="+", null=True, blank=True)
    """What was live before: its rich menus are kept at LINE, so that going back takes seconds."""
    created_at = models.DateTimeField(default=timezone.now)

    objects = MenuQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["account__name"]

    def __str__(self) -> str:
        return str(self.account)


class Version(models.Model):
    """One design of the whole menu. Published ones are never changed."""

    menu = models.ForeignKey(Menu, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    locales = ArrayField(models.CharField(max_length=10))
    """Languages it is drawn in; whoever speaks none of them sees the first."""
    bar_texts = models.JSONField(default=dict)
    """{locale: words} on the bar that opens the menu, at most 14 characters each (rich-menu-object, chatBarText)."""
    note = models.CharField(max_length=120, blank=True)
    created_by = models.ForeignKey("organization.Staff", models.PROTECT, related_name="+", null=True)
    """Null: came with the installation."""
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)
    """When it was first decided to publish it: from then on it stays as it is. Null: the draft."""

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["menu", "number"], name="menu_version_number_once"),
            models.UniqueConstraint(
                fields=["menu"], condition=Q(published_at__isnull=True), name="menu_version_one_draft"
            ),
            models.CheckConstraint(condition=Q(locales__len__gte=1), name="menu_version_speaks_a_language"),
        ]

    def __str__(self) -> str:
        return f"{self.menu_id}/{self.number}"

    @property
    def is_draft(self) -> bool:
        return self.published_at is None


class Variant(models.Model):
    """What customers see to whom all its conditions apply. In order of ``position``, first match; the fallback is for
    everybody else, and is the account's default menu at LINE."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="variants")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=8, default=new_code)
    """The same in all versions: aliases are named by it, and taps are counted by it."""
    name = models.CharField(max_length=60)
    is_fallback = models.BooleanField(default=False)
    brands = models.ManyToManyField("organization.Brand", related_name="+", blank=True)
    """Any of them; none: all."""
    locales = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    states = ArrayField(models.CharField(max_length=13, choices=MemberState.choices), default=list, blank=True)
    style = models.ForeignKey("organization.Brand", models.PROTECT, related_name="+", null=True, blank=True)
    """In whose colour it is drawn; null: the account's default brand."""
    size = models.CharField(max_length=5, choices=Size.choices, default=Size.LARGE)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["version", "position"],
                name="menu_variant_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(fields=["version", "code"], name="menu_variant_code_once"),
            models.UniqueConstraint(
                fields=["version"], condition=Q(is_fallback=True), name="menu_variant_one_fallback"
            ),
            models.CheckConstraint(
                condition=Q(is_fallback=False) | Q(locales=[], states=[]), name="menu_variant_fallback_is_for_everybody"
            ),
            models.CheckConstraint(condition=Q(code__regex=CODE), name="menu_variant_code_fits_alias"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_for_anybody(self) -> bool:
        """No condition is set, as is right for the fallback alone. Asks for the brands unless they are prefetched."""
        return not (self.locales or self.states or self.brands.all())


class Tab(models.Model):
    """One page of a variant. With a single tab there is no strip of tabs."""

    MOST = 3

    variant = models.ForeignKey(Variant, models.CASCADE, related_name="tabs")
    position = models.PositiveSmallIntegerField()
    """1 to 3."""
    names = models.JSONField(default=dict)
    """{locale: name}"""
    layout = models.CharField(max_length=20)
    """A name in ``layouts.LAYOUTS``. Cells beyond its number wait until a layout has room for them again."""
    picture = models.ForeignKey("Picture", models.PROTECT, related_name="+", null=True, blank=True)
    """Stands in place of all that would be drawn below the strip of tabs."""

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["variant", "position"],
                name="menu_tab_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=Q(position__range=(1, 3)), name="menu_tab_position_range"),
        ]

    def __str__(self) -> str:
        return f"{self.variant_id}/{self.position}"


class Cell(models.Model):
    """One tappable field of a tab."""

    tab = models.ForeignKey(Tab, models.CASCADE, related_name="cells")
    index = models.PositiveSmallIntegerField()
    """Place in the layout, from 0, row by row."""
    key = models.CharField(max_length=40)
    """What rules and numbers call it: the same key in two variants is the same thing to the customer."""
    labels = models.JSONField(default=dict)
    """{locale: words}; ``\\n`` begins a new line."""
    icon = models.CharField(max_length=20, choices=Icon.choices, blank=True)
    picture = models.ForeignKey("Picture", models.PROTECT, related_name="+", null=True, blank=True)
    """Fills the cell in place of icon and label."""
    action = models.CharField(max_length=14, choices=Action.choices)
    brand = models.ForeignKey("organization.Brand", models.PROTECT, related_name="+", null=True, blank=True)
    """Of ``talk_to_us``: about which brand; null: the customer is asked."""
    value = models.CharField(max_length=1000, blank=True)
    """Of a link its https address, of a text what the customer says, of a postback its data."""

    class Meta:
        ordering: ClassVar = ["index"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tab", "index"], name="menu_cell_index_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.UniqueConstraint(fields=["tab", "key"], name="menu_cell_key_once"),
            models.CheckConstraint(condition=Q(key__regex=KEY), name="menu_cell_key_is_slug"),
            models.CheckConstraint(condition=Q(index__lt=20), name="menu_cell_index_range"),
            models.CheckConstraint(
                condition=(Q(action__in=WITH_VALUE) & ~Q(value="")) | (~Q(action__in=WITH_VALUE) & Q(value="")),
                name="menu_cell_value_where_needed",
            ),
            models.CheckConstraint(
                condition=Q(brand__isnull=True) | Q(action="talk_to_us"), name="menu_cell_brand_only_to_talk"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Picture(models.Model):
    """An uploaded picture, without anything that is not picture."""

    menu = models.ForeignKey(Menu, models.CASCADE, related_name="pictures")
    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    """JPEG or PNG."""
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    by = models.ForeignKey("organization.Staff", models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["menu", "sha256"], name="menu_picture_once"),
        ]

    def __str__(self) -> str:
        return self.name
