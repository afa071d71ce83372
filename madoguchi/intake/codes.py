"""Messages that carry a code bind the customer before they are kept, so that they carry the binding themselves.

In a group a code binds nobody: whoever sent it there is told so in their own chat with us.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from madoguchi.bindings import ledger, tokens
from madoguchi.bindings.actions.use_code import use_code
from madoguchi.bindings.models import Code, Way
from madoguchi.channels.models import Contact
from madoguchi.channels.ports import Kept, MessageReceived
from madoguchi.kit.announce import announce
from madoguchi.members.actions import Address, identify


class _Use(NamedTuple):
    event: MessageReceived
    token: str
    way: Way


def use_codes(events: Sequence[MessageReceived]) -> None:
    """A batch without anything like a code costs no statement. Otherwise codes and people are looked up together, and each
    code is used by itself, in the provider's order of time.

    A text that only contains something like a code, as texts with serial numbers do, counts if the code exists; a text
    that is nothing else is somebody's try.
    """
    looks_like = [(event, found) for event in events if (found := tokens.find(event.text))]
    if not looks_like:
        return
    known = _known(found for _event, found in looks_like)
    uses = [use for event, found in looks_like if (use := _use(event, found, known))]
    if not uses:
        return
    people = identify([_address(use.event) for use in uses])
    ledger.lock_members([person.member_id for person in people.values()])
    for use in sorted(uses, key=lambda use: (use.event.at, use.event.event_pk)):
        person = people[_address(use.event)]
        use_code(
            token=use.token,
            account_id=use.event.account_id,
            contact_id=person.contact_id,
            member_id=person.member_id,
            way=use.way,
            now=use.event.at,
        )


def point_out_groups(events: Sequence[Kept]) -> None:
    """Only for codes that exist, and only to people whom we know."""
    looks_like = [(event, found) for event in events if (found := tokens.find(event.text))]
    if not looks_like:
        return
    known = _known(found for _event, found in looks_like)
    for event, found in looks_like:
        if any(one.token in known for one in found):
            for contact in Contact.objects.filter(account=event.account_id, external_id=event.external_id):
                announce("code.sent_to_group", contact_id=contact.pk, day=event.at.date().toordinal())


def _known(found: Iterable[list[tokens.Found]]) -> set[str]:
    """The tokens among them that exist."""
    candidates = {one.token for each in found for one in each}
    return set(Code.objects.filter(token__in=candidates).values_list("token", flat=True))


def _use(event: MessageReceived, found: list[tokens.Found], known: set[str]) -> _Use | None:
    """The first that exists; of those that do not, only what stands alone."""
    for token, is_alone in found:
        if token in known or is_alone:
            return _Use(event, token, Way.TYPED if is_alone else Way.TEXT)
    return None


def _address(event: MessageReceived) -> Address:
    return Address(event.account_id, event.external_id)
