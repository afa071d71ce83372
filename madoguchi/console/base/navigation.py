"""The rail at the side (below the thumb on a phone): what this person can go to."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission


@dataclass(frozen=True, slots=True)
class Destination:
    section: str
    """The view of a page passes the same word as ``section``, and the rail marks where one is."""
    label: str | Promise
    icon: str
    view: str
    permission: Permission | None
    """None: for everybody who is signed in."""
    key: str
    """Pressed after g."""
    in_bar: bool = True
    """Whether it has a place in the bar of a phone, which holds four; the menu under one's name has the rest."""

    @property
    def url(self) -> str:
        return reverse(self.view)


_P = Permission
DESTINATIONS = (
    Destination("today", _("Today"), "sun", "today", _P.BINDING_HOLD, "t"),
    Destination("inbox", _("Inbox"), "message-square", "inbox", _P.CONVERSATION_READ, "i"),
    Destination("codes", _("Codes"), "qr-code", "codes", _P.BINDING_HOLD, "k", in_bar=False),
    Destination("phrases", pgettext_lazy("navigation", "Phrases"), "bookmark", "phrases", None, "q"),
    Destination(
        "accounts",
        pgettext_lazy("navigation", "Accounts"),
        "radio-tower",
        "accounts",
        _P.ACCOUNT_READ,
        "l",
        in_bar=False,
    ),
    Destination("bindings", _("Bindings"), "link", "binding_numbers", _P.BINDING_READ, "b", in_bar=False),
    Destination("routing", _("Routing"), "split", "routing", _P.ROUTING_READ, "r", in_bar=False),
    Destination("menus", _("Menus"), "layout-grid", "menus", _P.MENU_READ, "n", in_bar=False),
    Destination("organization", _("Organization"), "building-2", "organization", _P.ORGANIZATION_READ, "o"),
    Destination(
        "duty", pgettext_lazy("navigation", "Duty"), "calendar-clock", "duty", _P.ORGANIZATION_READ, "d", in_bar=False
    ),
    Destination("events", _("Events"), "activity", "events", _P.EVENT_READ, "e", in_bar=False),
)


def destinations(staff: Staff) -> list[Destination]:
    return [place for place in DESTINATIONS if place.permission is None or staff.may(place.permission)]
