"""The ``?`` sheet. A test holds it against the ``data-key`` attributes of the templates: nothing is left out."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Keys = tuple[str, ...]
SHORTCUTS: tuple[tuple[str | Promise, tuple[tuple[Keys, str | Promise], ...]], ...] = (
    (
        _("Queue"),
        (
            (("j",), _("Next conversation")),
            (("k",), _("Previous conversation")),
            (("Enter",), _("Open the conversation")),
            (("/",), _("Search")),
            (("g", "m"), _("Mine")),
            (("g", "p"), _("My store or department")),
            (("g", "u"), _("Unassigned")),
            (("g", "w"), _("Waiting longest")),
            (("g", "a"), _("All")),
            (("g", "z"), _("Put aside")),
            (("g", "c"), _("Closed")),
        ),
    ),
    (
        _("Conversation"),
        (
            (("r",), _("Reply")),
            (("n",), _("Internal note")),
            (("t",), _("Take over")),
            (("h",), _("Hand over")),
            (("s",), _("Put aside")),
            (("e",), pgettext_lazy("conversation", "Close")),
            (("b",), _("Give back")),
            (("i",), _("Show the customer")),
        ),
    ),
    (
        _("Writing"),
        (
            (("⌘/Ctrl", "Enter"), _("Send")),
            (("/",), _("Quick phrase, at the beginning of an empty message")),
            (("@",), _("Mention a colleague, in a note")),
            (("Esc",), _("Leave the message box")),
        ),
    ),
    (
        _("Anywhere"),
        (
            (("⌘/Ctrl", "K"), _("Command palette")),
            (("?",), _("This list")),
            (("g", "t"), _("Today")),
            (("g", "i"), _("Inbox")),
            (("g", "k"), _("Codes")),
            (("g", "q"), _("Quick phrases")),
            (("g", "l"), _("LINE accounts")),
            (("g", "b"), _("Bindings")),
            (("g", "r"), _("Routing")),
            (("g", "n"), _("Menus")),
            (("g", "o"), _("Organization")),
            (("g", "d"), pgettext_lazy("navigation", "Duty")),
            (("g", "e"), _("Events")),
            (("g", "y"), _("You and your settings")),
        ),
    ),
)
