from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from madoguchi.kit.errors import Conflict, Invalid, NotAllowed


class UserNameTaken(Conflict):
    default = _("Somebody has this user name already.")


class BadUserName(Invalid):
    default = _("A user name has 2 to 40 letters, digits, dots, hyphens or underscores.")


class DisplayNameMissing(Invalid):
    default = _("Write a name of at most 40 characters.")


class WeakPassword(Invalid):
    """The reasons come from Django's validators, translated."""

    def __init__(self, reasons: Iterable[str]) -> None:
        super().__init__(" ".join(reasons))


class WrongPassword(Invalid):
    default = _("The present password is not right.")


class UnknownLanguage(Invalid):
    default = _("This language is not available.")


class UnknownTheme(Invalid):
    default = _("Choose light, dark or as the device.")


class UnknownTextSize(Invalid):
    default = _("Choose the normal or the large text size.")


class OnePlace(Invalid):
    default = _("A posting is at one store, in one department, in one market or in the whole company.")


class EndsBeforeItStarts(Invalid):
    default = _("The last day lies before the first.")


class NameMissing(Invalid):
    default = _("A name is needed.")


class CodeTaken(Conflict):
    default = _("Another one has this code already.")


class BadBrand(Invalid):
    default = _(
        "A brand needs one or two letters as its mark, a colour, and a sender name of at most 20 characters without “LINE”."
    )


class BadMarket(Invalid):
    default = _("A market needs one of our languages, a time zone, and a currency of three letters.")


class BadIcon(Invalid):
    default = _("An icon is a square PNG picture of at most 1 MB and 2048 pixels.")


class MoreThanOwn(NotAllowed):
    """Guards against raising one's own rights through somebody else."""

    default = _("You can only give rights that you hold yourself at that place.")
