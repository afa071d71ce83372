"""Rows of the menu under the chat: what is designed, what stands at LINE, who sees which of it, and what is tapped.

A *menu* belongs to an account. Its *versions* are designs: one of them may be a draft, one may be live. A version has
*variants* (which customers see what), a variant has up to three *tabs*, a tab has *cells*. At LINE a menu is a picture
with tappable areas (a *rich menu*): one for each tab in each language, a *page*. Rich menus cannot be changed there,
only made and deleted; tabs find each other through *aliases*, which are moved from one rich menu to the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi.kit.public_id import new_public_id
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


class MemberState(models.TextChoices):
    """What a customer is to us. Of the first two exactly one holds, the third may hold as well."""

    NOT_BOUND = "not_bound", _("Nobody looks after them yet")
    BOUND = "bound", _("Somebody looks after them")
    HAS_OPEN_CASE = "has_open_case", _("Has something open with us")


class Size(models.TextChoices):
    """Of the picture, in pixels: the two that LINE recommends."""

    LARGE = "large", _("Large (2500 × 1686)")
    SMALL = "small", _("Small (2500 × 843)")

    @property
    def width(self) -> int:
        return 2500

    @property
    def height(self) -> int:
        return 1686 if self is Size.LARGE else 843


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


class Action(models.TextChoices):
    """What a tap does."""

    MY_SALESPERSON = "my_salesperson", _("My salesperson")
    NEAREST_STORE = "nearest_store", _("Nearest store")
    TALK_TO_US = "talk_to_us", _("Talk to us")
    MY_CASES = "my_cases", _("My cases")
    MY_DEVICES = "my_devices", _("My devices")
    MEMBER_CARD = "member_card", _("Member card")
    REPAIR_REQUEST = "repair_request", _("Repair request")
    SHOP_LINK = "shop_link", _("Shop link")
    ARTICLE = "article", _("Article")
    TEXT = "text", _("The customer says …")
    POSTBACK = "postback", _("Data for another program")


LINKS = (Action.SHOP_LINK, Action.ARTICLE)
WITH_VALUE = (*LINKS, Action.TEXT, Action.POSTBACK)


class Icon(models.TextChoices):
    """Names in the lucide set; the picture is drawn from its lines."""

    PERSON = "user-round", _("Person")
    PIN = "map-pin", _("Place")
    CHAT = "message-circle", _("Speech bubble")
    CASES = "clipboard-list", _("List")
    DEVICES = "monitor-smartphone", _("Devices")
    CARD = "id-card", _("Card")
    REPAIR = "wrench", _("Wrench")
    SHOP = "shopping-bag", _("Shopping bag")
    ARTICLE = "book-open", _("Book")
    STORE = "store", _("Store")
    STAR = "star", _("Star")
    BOX = "package", _("Parcel")
    TURN = "undo-2", _("Return")
    FILTER = "air-vent", _("Appliance")
    GIFT = "gift", _("Gift")
    CLOCK = "clock", _("Clock")
    TICKET = "ticket", _("Ticket")
    SHIELD = "shield-check", _("Shield")
    LEAF = "leaf", _("Leaf")
    HEART = "heart", _("Heart")
    CALENDAR = "calendar", _("Calendar")
    PHONE = "phone", _("Telephone")
    TRUCK = "truck", _("Delivery")
    COFFEE = "coffee", _("Cup")
    HOME = "house", _("House")
    SEARCH = "search", _("Magnifying glass")
    QUESTION = "circle-question-mark", _("Question mark")
    NEWS = "megaphone", _("Megaphone")
    SETTINGS = "settings", _("Gear")
    POINTS = "coins", _("Coins")


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

    UNFINISHED = ("running", "waiting", "failed")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    menu = models.ForeignKey(Menu, models.CASCADE, related_name="publications")
    version = models.ForeignKey(Version, models.PROTECT, related_name="publications")
    replaces = models.ForeignKey(Version, models.PROTECT, related_name="+", null=True, blank=True)
    """What was live when it was decided."""
    by = models.ForeignKey("organization.Staff", models.PROTECT, related_name="+", null=True)
    state = models.CharField(max_length=7, choices=State.choices, default=State.RUNNING)
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
                condition=Q(state="done", finished_at__isnull=False) | (~Q(state="done") & Q(finished_at__isnull=True)),
                name="publication_done_has_end",
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
        SWITCH = "switch", _("Move those who look at an old page")
        RELINK = "relink", _("Give customers the menu that is meant for them")
        DELETE_ALIAS = "delete_alias", _("Remove the old tab")
        DELETE = "delete", _("Delete the old menu")

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


class MemberMenu(models.Model):
    """Which rich menu a customer is to see, and which one LINE has been told. Whoever sees the default has no row, or
    one with neither."""

    contact = models.OneToOneField("channels.Contact", models.CASCADE, primary_key=True, related_name="menu")
    account = models.ForeignKey("channels.Account", models.CASCADE, related_name="+", db_index=False)
    wanted = models.ForeignKey(RichMenu, models.PROTECT, related_name="+", null=True, blank=True, db_index=False)
    linked = models.ForeignKey(RichMenu, models.PROTECT, related_name="+", null=True, blank=True, db_index=False)
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
