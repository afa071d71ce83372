"""In which language we speak to whom."""

from __future__ import annotations

from django.utils import translation

from madoguchi.channels.models import Contact


def language_of(contact: Contact) -> str:
    """The one the customer's LINE is set to where we speak it, otherwise the market's."""
    try:
        return translation.get_supported_language_variant(contact.language)
    except LookupError:
        return contact.account.market.locale
