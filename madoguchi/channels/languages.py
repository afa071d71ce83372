"""In which language we speak to whom."""

from __future__ import annotations

from django.utils import translation

from madoguchi.channels.models import Contact


def language_of(contact: Contact) -> str:
    """The one the customer's LINE is set to where we speak it, otherwise the market's."""
    return spoken(contact.language) or contact.account.market.locale


def spoken(language: str) -> str:
    """Our code for a language as LINE says it (``zh-TW``, ``zh-CN``, ``en-US``); empty for one that we do not speak."""
    try:
        return translation.get_supported_language_variant(language.lower())  # Django knows zh-cn, and no zh-CN
    except LookupError:
        return ""
