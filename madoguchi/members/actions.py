"""What is done with people: recognising them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from django.db import transaction

from madoguchi.channels.models import Contact
from madoguchi.kit import bulk
from madoguchi.members.models import Identity, Member


class Address(NamedTuple):
    """Where an event came from: a user id as one official account sees it."""

    account_id: int
    external_id: str


@dataclass(frozen=True, slots=True)
class Identified:
    contact_id: int
    member_id: int
    is_new: bool
    """True when the contact was made by this call: its profile has to be fetched."""


@transaction.atomic(savepoint=False)
def identify(addresses: Collection[Address]) -> dict[Address, Identified]:
    """Contact and member of each address; what does not exist yet is created.

    The number of statements does not depend on the number of addresses: one when all are known, seven at most. Several
    callers may meet the same new person at once; they get the same rows.
    """
    wanted = sorted(set(addresses))
    found = _look_up(wanted)
    unknown = [address for address in wanted if found[address].contact_id is None or found[address].member_id is None]
    if unknown:
        _create_contacts([address for address in unknown if found[address].contact_id is None])
        _create_members([found[address] for address in unknown if found[address].member_id is None])
        found |= _look_up(unknown)
    is_new = set(unknown)
    return {
        address: Identified(row.contact_id, row.member_id, address in is_new)
        for address, row in found.items()
        if row.contact_id is not None and row.member_id is not None
    }


class _Row(NamedTuple):
    address: Address
    provider_id: int
    market_id: int
    contact_id: int | None
    member_id: int | None


def _look_up(addresses: list[Address]) -> dict[Address, _Row]:
    found = bulk.execute(
        _LOOK_UP, [[address.account_id for address in addresses], [address.external_id for address in addresses]]
    )
    rows = [_Row(Address(account_id, external_id), *rest) for account_id, external_id, *rest in found]
    return {row.address: row for row in rows}


def _create_contacts(addresses: list[Address]) -> None:
    """In order, so that two callers cannot wait for each other; the second one waits here for the first."""
    Contact.objects.bulk_create(
        [Contact(account_id=address.account_id, external_id=address.external_id) for address in addresses],
        ignore_conflicts=True,
    )


def _create_members(rows: list[_Row]) -> None:
    """One member for each person at a provider: a person may have come through two of its accounts at once."""
    people = {(row.provider_id, row.address.external_id): row.market_id for row in rows}
    taken = set(
        Identity.objects.filter(
            kind=Identity.Kind.LINE, provider__in={p for p, _ in people}, value__in=[value for _, value in people]
        ).values_list("provider_id", "value")
    )
    keys = sorted(people.keys() - taken)
    members = Member.objects.bulk_create([Member(market_id=people[key]) for key in keys])
    Identity.objects.bulk_create(
        [
            Identity(member=member, kind=Identity.Kind.LINE, provider_id=provider_id, value=value)
            for member, (provider_id, value) in zip(members, keys, strict=True)
        ],
        ignore_conflicts=True,
    )
    # Somebody else was faster with the same person through another account: nobody points to these.
    Member.objects.filter(pk__in=[member.pk for member in members], identities=None).delete()


_LOOK_UP = """
SELECT given.account_id, given.external_id, account.provider_id, account.market_id, contact.id, identity.member_id
FROM unnest(%b::bigint[], %b::text[]) AS given (account_id, external_id)
JOIN channels_account account ON account.id = given.account_id
LEFT JOIN channels_contact contact
  ON contact.account_id = given.account_id AND contact.external_id = given.external_id
LEFT JOIN members_identity identity
  ON identity.kind = 'line' AND identity.provider_id = account.provider_id AND identity.value = given.external_id
"""
