"""⌘K: what one can do here, where one can go, and whom one can find, in one list."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET

from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.base.navigation import destinations
from madoguchi.console.inbox.queue import TABS
from madoguchi.console.inbox.results import find
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission

_PEOPLE = 6


@dataclass(frozen=True, slots=True)
class Entry:
    label: str | Promise
    icon: str
    key: str = ""
    """Presses what this key presses; the page hides entries whose key does nothing right now."""
    url: str = ""


_ACTIONS = (
    Entry(_("Reply"), "reply", "r"),
    Entry(_("Internal note"), "notebook-pen", "n"),
    Entry(_("Take over"), "hand", "t"),
    Entry(_("Hand over"), "arrow-right-left", "h"),
    Entry(_("Put aside"), "alarm-clock", "s"),
    Entry(pgettext_lazy("conversation", "Close"), "check", "e"),
    Entry(_("Give back"), "undo-2", "b"),
    Entry(_("Show the customer"), "user-round", "i"),
    Entry(_("Keyboard shortcuts"), "keyboard", "?"),
)


@require_GET
@requires()
def palette(request: StaffRequest) -> HttpResponseBase:
    text = request.GET.get("q", "").strip()[:100]
    staff = request.user
    context = {
        "text": text,
        "actions": [entry for entry in _ACTIONS if _fits(entry, text)],
        "places": [entry for entry in _places(staff) if _fits(entry, text)],
        "people": find(staff, text).people[:_PEOPLE] if text else [],
    }
    return render(request, "console/inbox/_palette_results.html", context)


def _places(staff: Staff) -> list[Entry]:
    entries = []
    if staff.may(Permission.CONVERSATION_READ):
        inbox = reverse("inbox")
        entries += [Entry(title, "inbox", key, f"{inbox}?view={view.value}") for view, title, key in TABS]
    return entries + [Entry(place.label, place.icon, f"g {place.key}", place.url) for place in destinations(staff)]


def _fits(entry: Entry, text: str) -> bool:
    return text.casefold() in str(entry.label).casefold()
