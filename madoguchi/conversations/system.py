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
    BINDING_ENDED = "binding_ended"
    BOUND = "bound"
    BRAND_CHANGED = "brand_changed"
    CLOSED = "closed"
    COVERED = "covered"
    COVER_CLOSED = "cover_closed"
    FOLLOWED = "followed"
    HANDED_OVER = "handed_over"
    NOTICED = "noticed"
    OFFER_SETTLED = "offer_settled"
    OFFER_TOLD = "offer_told"
    OPENED = "opened"
    RELEASED = "released"
    RETURNED = "returned"
    RETURNED_UNANSWERED = "returned_unanswered"
    ROUTED = "routed"
    SNOOZED = "snoozed"
    TAKEN_OVER = "taken_over"
    UNBLOCKED = "unblocked"
    UNFOLLOWED = "unfollowed"
    WITHDRAWN = "withdrawn"
    WOKEN = "woken"


SENTENCES: dict[SystemEvent, str | Promise] = {
    SystemEvent.ASSIGNED: _("%(by)s assigned this to %(to)s"),
    SystemEvent.BINDING_ENDED: _("%(to)s no longer looks after this customer: %(what)s"),
    SystemEvent.BOUND: _("%(to)s looks after this customer now: %(what)s"),
    SystemEvent.BRAND_CHANGED: _("%(by)s now speaks as %(to)s"),
    SystemEvent.CLOSED: _("%(by)s closed this: %(outcome)s"),
    SystemEvent.COVERED: _("%(to)s answers for %(by)s: %(cover)s"),
    SystemEvent.COVER_CLOSED: _("%(by)s closed this for %(to)s: %(outcome)s. Answers sent meanwhile: %(done)s"),
    SystemEvent.FOLLOWED: _("Added the account as a friend"),
    SystemEvent.HANDED_OVER: _("%(by)s handed this over to %(to)s"),
    SystemEvent.NOTICED: _("%(what)s"),
    SystemEvent.OFFER_SETTLED: _("The customer's answer about changing to %(to)s: %(what)s"),
    SystemEvent.OFFER_TOLD: _("The customer was asked about changing to %(to)s: %(what)s"),
    SystemEvent.OPENED: _("A new exchange began"),
    SystemEvent.RELEASED: _("%(by)s gave this back to %(to)s"),
    SystemEvent.RETURNED: _("Back to %(to)s. Answers sent meanwhile: %(done)s"),
    SystemEvent.RETURNED_UNANSWERED: _("Back to %(to)s. Nobody has answered meanwhile"),
    SystemEvent.ROUTED: _("Routed to %(to)s"),
    SystemEvent.SNOOZED: _("%(by)s put this aside until %(until)s"),
    SystemEvent.TAKEN_OVER: _("%(by)s took this over"),
    SystemEvent.UNBLOCKED: _("Unblocked the account"),
    SystemEvent.UNFOLLOWED: _("Blocked the account: nothing we send arrives until they unblock it"),
    SystemEvent.WITHDRAWN: _("%(by)s did not answer in time: back to the queue of %(to)s"),
    SystemEvent.WOKEN: _("Back in the queue: the time it was put aside for is over"),
}
