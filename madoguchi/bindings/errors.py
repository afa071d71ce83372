"""Why something about bindings could not be done; what customers are told about codes stands in ``answers``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from madoguchi.kit.errors import Conflict, Invalid, NotAllowed

if TYPE_CHECKING:
    from madoguchi.organization.models import Staff


class CannotHold(Invalid):
    """The person has no posting from which they could look after this customer."""

    def __init__(self, staff: Staff) -> None:
        super().__init__(
            _t("%(name)s cannot look after customers there: no current posting allows it for the place and the brands.")
            % {"name": staff.display_name}
        )


class PlaceMissing(Invalid):
    default = _("Choose one store or one department.")


class StoreClosed(Invalid):
    default = _("This store is closed for good. Choose another one.")


class StoreOpen(Invalid):
    default = _("This store is not closing: enter the day on which it closes first.")


class AccountUnavailable(Invalid):
    default = _("This account is switched off. Codes for it would lead nowhere.")


class BadExpiry(Invalid):
    default = _("A code has to be good for some time: choose a moment in the future.")


class NoAddress(Invalid):
    default = _("This customer has no address at any of our accounts.")


class OwnCustomer(Invalid):
    """A member of staff cannot be their own customer."""

    default = _("This is the same person: nobody looks after themselves.")


class AlreadyBound(Conflict):
    """To that very person, at that place, for all of it."""

    def __init__(self, staff: Staff) -> None:
        super().__init__(_t("%(name)s looks after this customer already.") % {"name": staff.display_name})


class KeptByRule(Conflict):
    """The market's rule: the first person keeps a customer."""

    def __init__(self, staff: Staff) -> None:
        super().__init__(
            _t("%(name)s looks after this customer, and in this market the first person keeps them.")
            % {"name": staff.display_name}
        )


class AlreadyEnded(Conflict):
    default = _("This had ended already. Nothing was changed.")


class AlreadyRevoked(Conflict):
    default = _("This code was withdrawn already.")


class OfferAnswered(Conflict):
    default = _("This was settled already. What holds now is shown under “Who looks after me”.")


class AlreadyLeaving(Conflict):
    """One plan at a time for each person."""

    def __init__(self, staff: Staff) -> None:
        super().__init__(
            _t("%(name)s is being succeeded already. Call that plan off first, or wait until it is done.")
            % {"name": staff.display_name}
        )


class NotRunning(Conflict):
    default = _("This plan is done or called off already.")


class SuccessorMissing(Invalid):
    default = _("Name the successor: that is this market's rule.")


class StoreMissing(Invalid):
    default = _("Name the store that the person moves to.")


class BadPolicy(Invalid):
    default = _(
        "One of the numbers is too small or too large: at least 1, at most 10 offers, 30 days to answer, 10 years of days."
    )


class QuietHoursIncomplete(Invalid):
    default = _("Quiet hours need a beginning and an end that differ. Leave both empty, and nothing waits.")


class FirstMessageLimitReached(Conflict):
    def __init__(self, limit: int | None) -> None:
        if limit is None:
            super().__init__(
                _t("You may answer customers, but not write to them first: no monthly limit is set for you.")
            )
        else:
            super().__init__(
                _t(
                    "You have written first to %(limit)d customers this month. That is the limit; it begins anew on the 1st."
                )
                % {"limit": limit}
            )
        self.limit = limit


class CustomerWantsNoFirstMessages(NotAllowed):
    default = _("This customer does not want to be written to first. You can answer as soon as they write.")


class NotYourCustomer(NotAllowed):
    default = _("You can write first only to customers whom you look after.")
