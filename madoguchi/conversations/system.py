"""The quiet lines of a thread: what happened, told in one sentence.

A line is a ``Message`` of direction ``system`` and kind ``event``; ``details`` holds ``{"event": …}`` and the names that
fill its sentence, as they were at the time. The sentence itself is made when it is shown, in the reader's language.
"""

from __future__ import annotations

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class SystemEvent(StrEnum):
    ASSIGNED = "assigned"
    BRAND_CHANGED = "brand_changed"
    CLOSED = "closed"
    FOLLOWED = "followed"
    HANDED_OVER = "handed_over"
    NOTICED = "noticed"
    OPENED = "opened"
    RELEASED = "released"
    SNOOZED = "snoozed"
    TAKEN_OVER = "taken_over"
    UNBLOCKED = "unblocked"
    UNFOLLOWED = "unfollowed"
    WOKEN = "woken"


SENTENCES: dict[SystemEvent, str | Promise] = {
    SystemEvent.ASSIGNED: _("%(by)s assigned this to %(to)s"),
    SystemEvent.BRAND_CHANGED: _("%(by)s now speaks as %(to)s"),
    SystemEvent.CLOSED: _("%(by)s closed this: %(outcome)s"),
    SystemEvent.FOLLOWED: _("Added the account as a friend"),
    SystemEvent.HANDED_OVER: _("%(by)s handed this over to %(to)s"),
    SystemEvent.NOTICED: _("%(what)s"),
    SystemEvent.OPENED: _("A new exchange began"),
    SystemEvent.RELEASED: _("%(by)s gave this back to %(to)s"),
    SystemEvent.SNOOZED: _("%(by)s put this aside until %(until)s"),
    SystemEvent.TAKEN_OVER: _("%(by)s took this over"),
    SystemEvent.UNBLOCKED: _("Unblocked the account"),
    SystemEvent.UNFOLLOWED: _("Blocked the account: nothing we send arrives until they unblock it"),
    SystemEvent.WOKEN: _("Back in the queue: the time it was put aside for is over"),
}
