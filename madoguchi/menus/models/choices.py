"""What can be chosen in a design."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


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
