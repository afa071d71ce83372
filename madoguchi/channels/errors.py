"""What can go wrong between us and a provider, outside the outbox (which has ``outcomes``)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from madoguchi.kit.errors import Conflict, Invalid, MadoguchiError


class ChannelError(MadoguchiError):
    default = _("LINE could not be asked.")
    status = 502


class TryAgainLater(ChannelError):
    """No answer, an error of the provider's own, or a rate limit: the same call may succeed in a while."""

    default = _("LINE does not answer at the moment.")


class NotReadyYet(TryAgainLater):
    """202: a large video or audio file is still being prepared (get-content)."""

    default = _("LINE is still preparing the file.")


class Gone(ChannelError):
    """404 or 410: it does not exist, not any more, or not for us."""

    default = _("LINE no longer has this.")


class CallRefused(ChannelError):
    """Another 4xx: asking again would not help."""

    default = _("LINE refused this.")


class AccessTokenRefused(CallRefused):
    default = _("LINE refuses the account's access token.")


class TooLarge(ChannelError):
    default = _("The file is too large to keep.")


class AddressNotAllowed(ChannelError):
    """The address of a file leads into a private network, or is no web address."""

    default = _("This address cannot be fetched from.")


class FileRefused(Invalid):
    default = _("This file cannot be sent.")


class AccountExists(Conflict):
    default = _("There is an account with this channel ID already.")


class AddressInvalid(Invalid):
    default = _("An address of the API begins with https:// and does not end with a slash.")


class AddressNeedsToken(Invalid):
    default = _("Enter the access token again: the one that is kept does not go to another address.")


class NotWaiting(Conflict):
    default = _("This message is no longer waiting for a decision.")


class LiffOfAnotherChannel(Invalid):
    default = _("A LIFF ID begins with the ID of its LINE Login channel. Enter the two that belong together.")


class SignInRefused(Invalid):
    """LINE does not vouch for who opened the page."""

    default = _("LINE could not tell us who you are. Close this page and scan the code again.")


class SignInExpired(SignInRefused):
    default = _("This page was open for too long. Close it and scan the code again.")


class SignInForAnotherAccount(SignInRefused):
    default = _("You opened this page from another official account. Close it and scan the code again.")


class SignInUnanswered(TryAgainLater):
    default = _("LINE does not answer at the moment. Nothing is lost: wait a little and tap again.")
