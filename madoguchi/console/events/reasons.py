"""Why nothing followed from an event, in the reader's words; the adapter notes a short code (channels/line/events.py)."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_REASONS: dict[str, str | Promise] = {
    "account_wide": _("About the whole account, not about a customer"),
    "beacon_stay": _("Still near the beacon"),
    "group": _("From a group or a room"),
    "incomplete": _("Something is missing in it"),
    "menu_tab": _("Turned a page of the rich menu"),
    "no_sender": _("Without a sender"),
    "standby": _("Another service is answering the chat"),
    "unknown_kind": _("A kind that is not known here yet"),
}


def in_words(code: str) -> str:
    """A code written by a newer version shows as it is."""
    return str(_REASONS.get(code, code))
