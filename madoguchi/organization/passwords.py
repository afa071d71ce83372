"""The rule for passwords whose sentence Django does not have in every language of the product."""

from __future__ import annotations

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import gettext as _


class LongEnough(MinimumLengthValidator):
    """Django's rule in our words: in Simplified Chinese its own sentence would come out in Traditional Chinese."""

    def get_error_message(self) -> str:
        return _("This password is too short. It needs at least %(characters)d characters.") % {
            "characters": self.min_length
        }
