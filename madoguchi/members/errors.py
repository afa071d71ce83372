from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from madoguchi.kit.errors import Invalid


class BadPhone(Invalid):
    default = _("This is not a telephone number. Write it with the country code, such as +886 2 2345 6789.")


class NameMissing(Invalid):
    default = _("Write a name.")


class TextTooLong(Invalid):
    default = _("This is too long.")


class TagMissing(Invalid):
    default = _("Write a word for the tag.")


class NoteMissing(Invalid):
    default = _("Write something first.")
