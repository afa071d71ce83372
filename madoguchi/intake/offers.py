"""Taps on the buttons of an offer."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from django.db import transaction

from madoguchi.bindings import ledger
from madoguchi.bindings.actions.customer import answer_offer
from madoguchi.bindings.errors import OfferAnswered
from madoguchi.bindings.models import Offer
from madoguchi.channels.ports import PostbackReceived
from madoguchi.kit.announce import announce
from madoguchi.members.actions import Address, Identified, identify
from madoguchi.members.models import Member

_DATA = re.compile(r"offer/([^/]+)/(accept|refuse)")


def answer_offers(events: Sequence[PostbackReceived]) -> None:
    """The customer's say. Buttons that no longer count, or were somebody else's, get an answer too."""
    taps = [(event, match) for event in events if (match := _DATA.fullmatch(event.data))]
    if not taps:
        return
    people = identify([_address(event) for event, _match in taps])
    ledger.lock_members([person.member_id for person in people.values()])
    rows = Offer.objects.select_related("binding").filter(public_id__in={match[1] for _event, match in taps})
    offers = {offer.public_id: offer for offer in rows}
    for event, match in sorted(taps, key=lambda tap: (tap[0].at, tap[0].event_pk)):
        person = people[_address(event)]
        offer = offers.get(match[1])
        if offer is None or not _answer(offer, person, event.at, accept=match[2] == "accept"):
            announce("offer.missed", contact_id=person.contact_id, event_id=event.event_pk)


def _answer(offer: Offer, person: Identified, at: dt.datetime, *, accept: bool) -> bool:
    if offer.binding.member_id != person.member_id:
        return False  # another customer's row is not even locked
    try:
        with transaction.atomic():
            answer_offer(offer=offer, member=Member.objects.get(pk=person.member_id), accept=accept, now=at)
    except OfferAnswered:
        return False
    return True


def _address(event: PostbackReceived) -> Address:
    return Address(event.account_id, event.external_id)
