"""What customers are told: about a code they used, about a change that is coming, about what became of it.

Each text is written for one person who reads it on a phone, in their language, and is said in a brand's voice.
"""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from madoguchi.bindings import links
from madoguchi.bindings.models import Binding, Departure, Offer, Scan
from madoguchi.bindings.policies import market_of
from madoguchi.bindings.queries import contact_at
from madoguchi.channels.languages import language_of
from madoguchi.channels.models import Contact

Outcome = Scan.Outcome


@dataclass(frozen=True, slots=True)
class Choice:
    """A button below what is said: ``data`` comes back to us when it is tapped, or it opens ``url``."""

    label: str
    data: str = ""
    is_primary: bool = False
    url: str = ""


def sentence(scan: Scan) -> str:
    """What became of a code, in the customer's language where we know the customer."""
    if scan.contact is None:
        return _about(scan)
    with translation.override(language_of(scan.contact)):
        return _about(scan)


def _about(scan: Scan) -> str:
    match Outcome(scan.outcome):
        case Outcome.OPENED:
            return _("One tap, and you stay in touch with us.")
        case Outcome.BOUND if scan.binding is not None:
            return _welcome(scan.binding)
        case Outcome.BOUND:
            return _("Thank you. We look after you from now on.")
        case Outcome.KNOWN:
            return _("Thank you. We now know that this is your own LINE.")
        case Outcome.ALREADY if scan.binding is not None:
            return _("%(name)s looks after you already. Just write here whenever you need something.") % {
                "name": who(scan.binding)
            }
        case Outcome.ALREADY:
            return _("We knew that already. Nothing has changed.")
        case Outcome.ASKED if scan.binding is not None:
            return _("So far %(name)s looks after you. Would you like to change?") % {"name": who(scan.binding)}
        case Outcome.ASKED:
            return _("Would you like to change who looks after you?")
        case Outcome.KEPT if scan.binding is not None:
            return _("%(name)s goes on looking after you. You can change that under “Who looks after me”.") % {
                "name": who(scan.binding)
            }
        case Outcome.KEPT:
            return _("Nothing has changed.")
        case Outcome.UNKNOWN:
            return _("We do not know this code. Please look at it again: it has ten letters and digits.")
        case Outcome.EXPIRED:
            return _("This code is no longer valid. Please ask at the store for a new one, or just write to us here.")
        case Outcome.REVOKED:
            return _("This code was withdrawn. Please ask at the store for a new one, or just write to us here.")
        case Outcome.FOREIGN:
            return _("This code belongs to another account of ours. Please scan it again with the camera of LINE.")
        case Outcome.OWN:
            return _("This is your own code. Your customers scan it, not you.")
        case Outcome.CLOSED:
            return _("Nobody can be reached under this code any more. Just write to us here: we will help you.")
        case Outcome.TOO_MANY:
            return _("Those were many wrong codes. Please wait an hour, or just tell us here what you need.")


def _welcome(binding: Binding) -> str:
    if binding.staff is None:
        return _("Welcome! The team of %(place)s looks after you from now on. Just write here.") % {
            "place": place_name(binding)
        }
    return _("Welcome! %(name)s at %(place)s looks after you from now on. Just write here.") % {
        "name": binding.staff.display_name,
        "place": place_name(binding),
    }


def announcement(offer: Offer, contact: Contact) -> tuple[str, tuple[Choice, ...]]:
    """The words and the buttons by which the customer is told. In the language that is active."""
    yes, no = f"offer/{offer.public_id}/accept", f"offer/{offer.public_id}/refuse"
    names = _names(offer)
    if offer.cause == Offer.Cause.SECOND_SCAN:
        words = _("You have scanned the code of %(new)s. So far %(old)s looks after you. Would you like to change?")
        return words % names, (Choice(_("Yes, change"), yes, True), Choice(_("No, stay as it is"), no))
    if offer.cause == Offer.Cause.BY_HAND:
        words = _(
            "%(new)s at %(new_place)s would be glad to look after you. So far %(old)s does. Would you like to change?"
        )
        return words % names, (Choice(_("Yes, change"), yes, True), Choice(_("No, stay as it is"), no))
    if offer.to_staff_id is None:
        words = _("%(old)s is leaving %(place)s. From %(day)s on our whole team there looks after you.")
        hint = _("If you would rather have one person of your own, you can choose now.")
        choose = Choice(_("Choose a person"), url=links.person_page_url(offer.binding.member, contact))
        return f"{words % names}\n{hint}", (Choice(_("That is fine"), yes, True), choose)
    departure = offer.departure
    if departure is not None and offer.to_staff_id == departure.staff_id:
        return _moving(offer, names, yes, no)
    if offer.try_number > 1:
        words = _("May we suggest somebody? %(new)s at %(new_place)s would be glad to look after you from %(day)s on.")
    elif departure is not None and departure.kind == Departure.Kind.TRANSFER:
        words = _("%(old)s is moving to another store. From %(day)s on %(new)s at %(new_place)s will look after you.")
    else:
        words = _("%(old)s is leaving us. From %(day)s on %(new)s at %(new_place)s will look after you.")
    hint = _("If that suits you, there is nothing to do. If not, please tell us by then.")
    return f"{words % names}\n{hint}", (Choice(_("That is fine"), yes, True), Choice(_("No, thank you"), no))


def _moving(offer: Offer, names: dict[str, str], yes: str, no: str) -> tuple[str, tuple[Choice, ...]]:
    """The person goes to another store: along with them, or stay?"""
    stay = Choice(_("Stay with the store"), no)
    if offer.silence_accepts:
        words = _("%(old)s is moving to %(new_place)s and would be glad to go on looking after you from there.")
        hint = _("If that suits you, there is nothing to do. If you would rather stay with %(place)s, please tell us.")
        return f"{words % names}\n{hint % names}", (Choice(_("That is fine"), yes, True), stay)
    words = _("%(old)s is moving to %(new_place)s. Would you like to go along, or to stay with our team at %(place)s?")
    hint = _("Without an answer by %(day)s our team at %(place)s looks after you.")
    return f"{words % names}\n{hint % names}", (Choice(_("Go along"), yes, True), stay)


def entered(binding: Binding) -> str:
    """To a customer whom staff have bound by hand. In the language that is active."""
    return _("%(name)s at %(place)s looks after you from now on. You can change that under “Who looks after me”.") % {
        "name": who(binding),
        "place": place_name(binding),
    }


def sent_to_group() -> str:
    """To somebody who sent a code where it cannot count. In the language that is active."""
    return _("You have sent a code to a group. It counts here, in our own chat: please send it again here.")


def outcome(offer: Offer) -> str:
    """What became of an offer, for who answered it. Empty: nothing needs to be said. In the language that is active."""
    if offer.state == Offer.State.WITHDRAWN:
        if offer.departure is not None and offer.departure.state == Departure.State.CANCELLED:
            return _("The change we told you about will not take place: %(old)s goes on looking after you.") % _names(
                offer
            )
        return ""
    if offer.state == Offer.State.SILENT:
        return ""
    if offer.result is None:
        return _("All right. %(old)s goes on looking after you.") % _names(offer)
    if offer.result.staff is None:
        return _("All right. Our team at %(place)s looks after you from now on. Just write here.") % {
            "place": place_name(offer.result)
        }
    return _("Thank you. %(name)s at %(place)s looks after you from now on. Just write here.") % {
        "name": offer.result.staff.display_name,
        "place": place_name(offer.result),
    }


def stale() -> str:
    """To a tap on buttons that no longer count. In the language that is active."""
    return _("This was settled already. What holds now is shown under “Who looks after me”.")


def who(binding: Binding) -> str:
    """Their name, or the team's."""
    if binding.staff is not None:
        return binding.staff.display_name
    return _("the %(place)s team") % {"place": place_name(binding)}


def place_name(binding: Binding) -> str:
    place = binding.store or binding.department
    assert place is not None, "a binding is at one place"
    return place.name


def _names(offer: Offer) -> dict[str, str]:
    binding = offer.binding
    former = offer.departure.staff.display_name if offer.departure else who(binding)
    to_place = offer.to_store or offer.to_department
    zone = ZoneInfo(market_of(binding).time_zone)
    return {
        "old": former,
        "new": offer.to_staff.display_name if offer.to_staff else "",
        "place": place_name(binding),
        "new_place": to_place.name if to_place else "",
        "day": date_format(offer.answer_by.astimezone(zone), "DATE_FORMAT") if offer.answer_by else "",
    }


def language_for(binding: Binding) -> str:
    """Of the customer at the account that they were bound at; the market's while they have no address there."""
    contact = contact_at(binding.member_id, binding.account)
    return language_of(contact) if contact else market_of(binding).locale
