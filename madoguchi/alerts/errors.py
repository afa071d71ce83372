from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from madoguchi.kit.errors import Invalid


class BadSubscription(Invalid):
    default = _("This browser gave no usable address for notifications.")
