"""Who looks after whom, and where they can be reached."""

from __future__ import annotations

import datetime as dt

from django.db.models import F

from madoguchi.bindings.models import Binding
from madoguchi.channels.models import Account, Contact
from madoguchi.members.models import Identity


def current(member_id: int, brand_id: int | None, *, at: dt.datetime | None = None) -> Binding | None:
    """Who looks after this member for this brand, now or at that moment; a scope of some brands before one of all."""
    rows = Binding.objects.filter(member=member_id).for_brand(brand_id)
    return (rows.current() if at is None else rows.at(at)).first()


def contacts_of(member_id: int) -> list[Contact]:
    """All addresses of a member, the one they last wrote from first."""
    line = Identity.objects.filter(member=member_id, kind=Identity.Kind.LINE)
    found: list[Contact] = []
    for identity in line:
        rows = Contact.objects.filter(external_id=identity.value, account__provider=identity.provider_id)
        found += rows.select_related("account__market").order_by(F("last_inbound_at").desc(nulls_last=True), "pk")
    return found


def contact_at(member_id: int, account: Account) -> Contact | None:
    """A member's address at one account."""
    line = Identity.objects.filter(member=member_id, kind=Identity.Kind.LINE, provider=account.provider_id)
    rows = Contact.objects.filter(account=account, external_id__in=list(line.values_list("value", flat=True)))
    return rows.select_related("account__market").order_by(F("last_inbound_at").desc(nulls_last=True), "pk").first()


def is_addressable(binding: Binding) -> bool:
    """Whether a message to this customer would arrive: they are a friend of the account, or have written to it."""
    contact = contact_at(binding.member_id, binding.account)
    if contact is None or contact.has_blocked_us or not binding.account.is_active:
        return False
    return contact.friendship == Contact.Friendship.FRIEND or contact.last_inbound_at is not None
