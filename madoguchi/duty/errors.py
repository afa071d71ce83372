from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from madoguchi.kit.errors import Conflict, Invalid


class EndsBeforeStart(Invalid):
    default = _("The end has to lie after the start.")


class ShiftTooLong(Invalid):
    default = _("A shift lasts at most 24 hours.")


class ShiftsOverlap(Conflict):
    """The message names the other shift and where it is."""

    default = _("Somebody works only one shift at a time.")


class NotPostedThere(Conflict):
    """The message names the person and the place."""

    default = _("This person does not work there.")


class HoursOverlap(Invalid):
    default = _("Two opening times of the same day overlap, or one reaches into the next day’s.")


class HoursEmpty(Invalid):
    default = _("A place cannot open and close at the same time; from 00:00 to 00:00 is the whole day.")


class CapacityOutOfRange(Invalid):
    default = _("Choose a number of conversations from 0 to 99.")


class BadRosterFile(Invalid):
    """The message says what about the file, before any row was looked at."""

    default = _("This file cannot be read as a roster.")


class RosterHasErrors(Invalid):
    default = _("Some rows have errors. Nothing was imported.")
