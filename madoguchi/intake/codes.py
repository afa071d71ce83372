"""Messages that carry a code bind the customer before they are kept, so that they carry the binding themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from madoguchi.bindings import ledger, tokens
from madoguchi.bindings.actions.use_code import use_code
from madoguchi.bindings.models import Code, Way
from madoguchi.channels.ports import MessageReceived
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
    candidates = {one.token for _event, found in looks_like for one in found}
    known = set(Code.objects.filter(token__in=candidates).values_list("token", flat=True))
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


def _use(event: MessageReceived, found: list[tokens.Found], known: set[str]) -> _Use | None:
    """The first that exists; of those that do not, only what stands alone."""
    for token, is_alone in found:
        if token in known or is_alone:
            return _Use(event, token, Way.TYPED if is_alone else Way.TEXT)
    return None


def _address(event: MessageReceived) -> Address:
    return Address(event.account_id, event.external_id)
