"""What a person is told about, one sentence each, written in their language when it is sent.

The customer's name and no word of what they wrote: phones lie on counters.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Subject(models.TextChoices):
    ASSIGNED = "assigned", _("%(name)s is waiting for your answer")
    BOUND = "bound", _("%(name)s is now your customer")
    BINDING_ENDED = "binding_ended", _("%(name)s is no longer your customer")
    MENTIONED = "mentioned", _("A colleague asks you about %(name)s")
    RETURNED = "returned", _("%(name)s is back with you: see what your colleagues did")
    TEST = "test", _("Notifications reach this device")
    WITHDRAWN = "withdrawn", _("Nobody answered %(name)s in time; the team has it now")
    WROTE = "wrote", _("%(name)s wrote to you")

    @property
    def is_own_wish(self) -> bool:
        """Asked for by the person at this moment, so they hear it off duty too."""
        return self is Subject.TEST
