from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from madoguchi.kit.errors import Conflict


class NotParked(Conflict):
    default = _("This event is not parked any more.")
