"""Which quick phrases fit a thread, ready to be sent."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from madoguchi.conversations.models import Conversation, QuickPhrase
from madoguchi.organization.models import Staff


@dataclass(frozen=True, slots=True)
class FilledPhrase:
    title: str
    shortcut: str
    text: str


def phrases_for(conversation: Conversation, staff: Staff, text: str = "", limit: int = 40) -> list[FilledPhrase]:
    """The person's own and everybody's, for this brand, store and customer's language; one statement."""
    brand = conversation.brand or conversation.contact.account.default_brand
    rows = QuickPhrase.objects.filter(
        Q(owner=None) | Q(owner=staff),
        Q(brand=None) | Q(brand=brand),
        Q(store=None) | Q(store=conversation.store_id),
    )
    if conversation.member.locale:
        rows = rows.filter(Q(locale="") | Q(locale=conversation.member.locale))
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(shortcut__istartswith=text) | Q(text__icontains=text))
    store = conversation.store
    names = {
        "{customer}": str(conversation.member),
        "{me}": staff.display_name,
        "{brand}": brand.name,
        "{store}": store.name if store else "",
    }
    return [FilledPhrase(row.title, row.shortcut, _filled(row.text, names)) for row in rows[:limit]]


def _filled(text: str, names: dict[str, str]) -> str:
    for place, name in names.items():
        text = text.replace(place, name)
    return text
