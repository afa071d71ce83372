"""The rail at the side (below the thumb on a phone): what this person can go to."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission


@dataclass(frozen=True, slots=True)
class Destination:
    section: str
    """The view of a page passes the same word as ``section``, and the rail marks where one is."""
    label: str | Promise
    icon: str
    view: str
    permission: Permission
    key: str
    """Pressed after g."""

    @property
    def url(self) -> str:
        return reverse(self.view)


DESTINATIONS = (Destination("inbox", _("Inbox"), "message-square", "inbox", Permission.CONVERSATION_READ, "i"),)


def destinations(staff: Staff) -> list[Destination]:
    return [destination for destination in DESTINATIONS if staff.may(destination.permission)]
