"""Why something at the desk could not be done. Each tells the person who stands in the way, or what to do instead."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from madoguchi.kit.errors import Conflict, Invalid

if TYPE_CHECKING:
    from madoguchi.organization.models import Staff


class HeldByOther(Conflict):
    """A colleague answers this customer; take the conversation over first."""

    def __init__(self, holder: Staff) -> None:
        super().__init__(_t("%(name)s is answering this. Take it over first.") % {"name": holder.display_name})
        self.holder = holder


class TakenMeanwhile(Conflict):
    """The holder is no longer who the person thought: of two at once, this one came second."""

    def __init__(self, holder: Staff | None) -> None:
        if holder is None:
            super().__init__(_t("It was given back meanwhile. Nothing was changed; look again."))
        else:
            super().__init__(_t("%(name)s was faster and holds it now.") % {"name": holder.display_name})
        self.holder = holder


class MovedMeanwhile(Conflict):
    """Somebody took, assigned or handed it over after the person looked."""

    def __init__(self, by: Staff | None) -> None:
        if by is None:
            super().__init__(_t("It was moved meanwhile. Nothing was changed; look again."))
        else:
            super().__init__(
                _t("%(name)s has moved it meanwhile. Nothing was changed; look again.") % {"name": by.display_name}
            )
        self.by = by


class AlreadyClosed(Conflict):
    default = _("This exchange is closed already. Write to the customer to begin a new one.")


class AlreadyThere(Conflict):
    default = _("It is there already.")


class CustomerHasWritten(Conflict):
    """Guards closing and snoozing: nothing may disappear from the queue that nobody has read."""

    default = _("The customer has just written. Read it first.")


class CannotAnswerThere(Invalid):
    """The person it should go to has no posting from which they could answer this customer."""

    def __init__(self, to: Staff) -> None:
        super().__init__(
            _t("%(name)s cannot answer this customer: no current posting covers the place and the brand.")
            % {"name": to.display_name}
        )


class AtCapacity(Conflict):
    """The person it should go to holds as many open conversations as may be given to them."""

    def __init__(self, to: Staff, capacity: int) -> None:
        super().__init__(
            _t("%(name)s has as many open conversations as they can carry (%(capacity)d). Choose somebody else.")
            % {"name": to.display_name, "capacity": capacity}
        )
        self.to = to


class CannotRead(Invalid):
    def __init__(self, who: Staff) -> None:
        super().__init__(_t("%(name)s may not read conversations.") % {"name": who.display_name})


class BadSnooze(Invalid):
    def __init__(self, latest: dt.datetime) -> None:
        day = date_format(localtime(latest), "DATE_FORMAT")
        super().__init__(_t("Choose a time in the future, %(day)s at the latest.") % {"day": day})


class OneTarget(Invalid):
    default = _("Choose one person, store or department.")


class PlaceClosed(Invalid):
    default = _("This store is closed. Choose another one.")


class BrandUnavailable(Invalid):
    default = _("This brand is not in use.")


class EmptyNote(Invalid):
    default = _("Write something first.")


class NoteTooLong(Invalid):
    def __init__(self, limit: int) -> None:
        super().__init__(_t("A note can have %(limit)d characters.") % {"limit": limit})


class TooManyMentions(Invalid):
    def __init__(self, limit: int) -> None:
        super().__init__(_t("A note can mention %(limit)d people.") % {"limit": limit})


class NothingToSend(Invalid):
    default = _("Write something or attach a file first.")


class TextTooLong(Invalid):
    def __init__(self, units: int, limit: int) -> None:
        super().__init__(
            _t("The text has %(units)s characters as LINE counts them. It can have %(limit)s.")
            % {"units": f"{units:,}", "limit": f"{limit:,}"}
        )


class TooManyBubbles(Invalid):
    def __init__(self, limit: int) -> None:
        super().__init__(_t("LINE takes %(limit)d bubbles at once: the text and each file are one.") % {"limit": limit})


class AccountInactive(Invalid):
    default = _("This account is switched off. Nothing can be sent through it.")


class CustomerHasBlocked(Conflict):
    """LINE would answer 200 and drop it (developers.line.biz/en/reference/messaging-api/#send-push-message)."""

    default = _("The customer has blocked the account: nothing we send arrives until they unblock it.")


class KeyUsedElsewhere(Conflict):
    """What was sent under the same key is something else: to answer "sent" would lose what is to be sent now."""

    default = _("This was sent already from another form. Reload the page.")


class PhraseIncomplete(Invalid):
    default = _("A quick phrase needs a title and a text.")


class ShortcutTaken(Conflict):
    default = _("Another phrase for the same place and language has this shortcut.")
