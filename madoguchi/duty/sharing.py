"""By which rule a team shares out what comes to it: conversations (``routing``), and customers (``bindings``).

``routing`` keeps the rules, above those who need them: it says when it starts how they are read.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import models
from django.utils.translation import gettext_lazy as _

from madoguchi.duty.schedule import Place


class Sharing(models.TextChoices):
    NOBODY = "nobody", _("Nobody is chosen: whoever is free takes it")
    ROUND_ROBIN = "round_robin", _("In turn")
    LEAST_LOADED = "least_loaded", _("Whoever has the fewest open conversations")


_keepers: list[Callable[[Place], Sharing]] = []


def is_read_by(keeper: Callable[[Place], Sharing]) -> None:
    """Once, by whoever keeps the rules."""
    _keepers[:] = [keeper]


def rule_of(place: Place) -> Sharing:
    """As the team wrote it down; NOBODY where nobody keeps rules."""
    return _keepers[0](place) if _keepers else Sharing.NOBODY
