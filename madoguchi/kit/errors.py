"""The four ways in which a request can be refused.

Every app derives named facts from these (``AlreadyClosed(Conflict)``). The text of an error is meant for the person who
sees it: it is translated, names what is wrong and, where possible, says what to do. Each interface maps the four kinds
once to its own form (console: a toast and a status; webhook: a status).
"""

from __future__ import annotations

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class MadoguchiError(Exception):
    """Something was asked that cannot be done; ``message`` tells the person why."""

    default: ClassVar[str | Promise] = _("This could not be done.")
    status: ClassVar[int] = 400

    def __init__(self, message: str | Promise | None = None) -> None:
        super().__init__(message if message is not None else self.default)

    @property
    def message(self) -> str:
        return str(self.args[0])


class Invalid(MadoguchiError):
    default = _("The input is not valid.")
    status = 422


class NotAllowed(MadoguchiError):
    default = _("You may see this, but your role does not allow you to do that.")
    status = 403


class NotFound(MadoguchiError):
    """Also raised for what exists but is out of the person's reach: both look the same from outside."""

    default = _("This does not exist, or it is not yours to see.")
    status = 404


class Conflict(MadoguchiError):
    default = _("Somebody else was faster. Nothing was changed.")
    status = 409
