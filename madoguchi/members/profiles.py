"""Who people are, as far as LINE tells."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from madoguchi.channels import profiles
from madoguchi.channels.models import Contact
from madoguchi.kit.bigrams import bigrams
from madoguchi.members.models import Identity, Member


def update_from_line(account_id: int, contact_ids: Collection[int]) -> tuple[set[int], list[int]]:
    """Fetch profiles and take them over; returns the members who look different now, and the contacts to ask again.

    A name that staff have written stays.
    """
    fetched = profiles.fetch(account_id, contact_ids)
    by_address = {
        (contact.account.provider_id, contact.external_id): fetched.profiles[contact.pk]
        for contact in Contact.objects.filter(pk__in=fetched.profiles).select_related("account")
    }
    changed: set[int] = set()
    with transaction.atomic():
        identities = Identity.objects.filter(
            kind=Identity.Kind.LINE,
            provider__in={provider_id for provider_id, _ in by_address},
            value__in=[value for _, value in by_address],
        )
        profile_of = {each.member_id: by_address.get((each.provider_id, each.value)) for each in identities}
        for member in Member.objects.filter(pk__in=profile_of).order_by("pk").select_for_update():
            profile = profile_of[member.pk]
            if profile is None:
                continue
            before = (member.display_name, member.picture_url, member.locale)
            if not member.is_name_confirmed and profile.display_name:
                member.display_name = profile.display_name[:100]
            member.picture_url = profile.picture_url[:1000]
            member.locale = profile.language[:10] or member.locale
            if (member.display_name, member.picture_url, member.locale) != before:
                member.search = bigrams(member.display_name)
                member.save(update_fields=["display_name", "picture_url", "locale", "search"])
                changed.add(member.pk)
    return changed, fetched.to_repeat
