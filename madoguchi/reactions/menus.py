"""Something about a customer changed that may decide which menu is meant for them."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from madoguchi.bindings.models import Binding
from madoguchi.bindings.queries import contacts_of
from madoguchi.channels.models import Contact
from madoguchi.conversations.models import Conversation
from madoguchi.menus import rechecks
from madoguchi.menus.tasks import look_again


def look_at_menu_of_bound(*, binding_id: int) -> None:
    binding = Binding.objects.get(pk=binding_id)
    _look_at(contacts_of(binding.member_id))


def look_at_menu_of_closed(*, conversation_id: int) -> None:
    _look_at([Conversation.objects.select_related("contact").get(pk=conversation_id).contact])


def _look_at(contacts: Iterable[Contact]) -> None:
    found = list(contacts)
    rechecks.ask([contact.pk for contact in found], at=timezone.now())
    for account_id in {contact.account_id for contact in found}:
        look_again.defer(account_id=account_id)
