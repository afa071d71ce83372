"""Asking LINE who somebody is. What is done with the answer is for those who know people."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from madoguchi.channels import errors
from madoguchi.channels.line.client import Access, LineClient, Profile
from madoguchi.channels.models import Account, Contact

CONCURRENT = 16


@dataclass(slots=True)
class Fetched:
    profiles: dict[int, Profile] = field(default_factory=dict)
    """By contact. Missing: LINE tells nothing (they blocked us or left), and what we knew stays."""
    to_repeat: list[int] = field(default_factory=list)
    """Contacts for whom LINE did not answer."""


def fetch(account_id: int, contact_ids: Collection[int]) -> Fetched:
    """Ask LINE, and write what it says to the contacts."""
    account = Account.objects.get(pk=account_id)
    contacts = list(Contact.objects.filter(account=account, pk__in=contact_ids).order_by("pk"))
    fetched = asyncio.run(_ask(Access.of(account), contacts))
    now = timezone.now()
    for contact in contacts:
        if profile := fetched.profiles.get(contact.pk):
            contact.profile_name = profile.display_name[:100]
            contact.picture_url = profile.picture_url[:1000]
            contact.status_message = profile.status_message[:500]
            contact.language = profile.language[:20]
        contact.profile_at = now
    asked = [contact for contact in contacts if contact.pk not in fetched.to_repeat]
    fields = ["profile_name", "picture_url", "status_message", "language", "profile_at"]
    Contact.objects.bulk_update(asked, fields, batch_size=500)
    return fetched


async def _ask(access: Access, contacts: Sequence[Contact]) -> Fetched:
    fetched, gate = Fetched(), asyncio.Semaphore(CONCURRENT)

    async def ask(line: LineClient, contact: Contact) -> None:
        async with gate:
            try:
                fetched.profiles[contact.pk] = await line.profile(access, contact.external_id)
            except (errors.Gone, errors.CallRefused) as error:
                if isinstance(error, errors.AccessTokenRefused):
                    fetched.to_repeat.append(contact.pk)
            except errors.TryAgainLater:
                fetched.to_repeat.append(contact.pk)

    async with LineClient(connections=CONCURRENT) as line:
        await asyncio.gather(*(ask(line, contact) for contact in contacts))
    return fetched
