"""What customers tap, written down; what it leads to is a job of its own, so that nothing here holds messages up.

Postbacks of ours are ``menu/<cell key>?<variant>.<tab>`` from a menu, and ``talk/<brand code>`` and ``stores/<region>`` from
the buttons of an answer. Cells of the kinds *text* and *postback* are known by what they send: a customer who types
exactly these words counts as well. Links are counted at our door.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from django.db.models import F
from django.utils import timezone
from procrastinate.types import JSONDict

from madoguchi.channels.ports import Event, Followed, MessageReceived, PostbackReceived
from madoguchi.conversations.models import Conversation
from madoguchi.members.actions import Address, identify
from madoguchi.menus import rechecks
from madoguchi.menus.links import Spot
from madoguchi.menus.models import Action, Cell, Menu, Tap
from madoguchi.menus.pages import TAP
from madoguchi.menus.tasks import answer_location, answer_tap

ANSWERED = (TAP, "talk/", "stores/")
LOCATION_COUNTS_FOR = dt.timedelta(minutes=15)
"""After the customer asked for a store, a place they send says where to look."""
_OURS = re.compile(r"menu/([a-z0-9-]{1,40})(?:\?([a-z0-9]{8})\.([1-3]))?")


_Event = TypeVar("_Event", bound=Event)


class _Sent(NamedTuple):
    """What a cell sends when it is tapped."""

    account_id: int
    action: str
    words: str


class _Where(NamedTuple):
    key: str
    variant_code: str = ""
    tab: int | None = None


def take_postbacks(events: Sequence[PostbackReceived]) -> None:
    """After ``receive``: contacts and conversations exist."""
    events = _of_accounts_with_menu(events)
    others = [event for event in events if not event.data.startswith(ANSWERED)]
    cells = _cells([_Sent(event.account_id, Action.POSTBACK, event.data) for event in others])
    contacts = _contacts([_address(event) for event in events])
    taps: list[Tap] = []
    jobs: list[JSONDict] = []
    for event in events:
        contact_id = contacts.get(_address(event))
        if where := _where(event) or cells.get(_Sent(event.account_id, Action.POSTBACK, event.data)):
            taps.append(_tap(event, where, contact_id))
        if contact_id is not None and event.data.startswith(ANSWERED):
            jobs.append({"contact_id": contact_id, "data": event.data, "event_id": event.event_pk})
    Tap.objects.bulk_create(taps, ignore_conflicts=True)
    if jobs:
        answer_tap.batch_defer(*jobs)


def take_messages(events: Sequence[MessageReceived]) -> None:
    """Words that a cell says, places for whoever looks for a store, and customers who begin something. After ``receive``."""
    events = _of_accounts_with_menu(events)
    sent = {event.event_pk: _Sent(event.account_id, Action.TEXT, event.text) for event in events if event.text}
    cells = _cells(list(sent.values()))
    contacts = _contacts([_address(event) for event in events])
    Tap.objects.bulk_create(
        [
            _tap(event, cells[words], contacts.get(_address(event)))
            for event in events
            if (words := sent.get(event.event_pk)) and words in cells
        ],
        ignore_conflicts=True,
    )
    _answer_places([event for event in events if event.kind == "location"], contacts)
    _look_at_beginners(events, contacts)


def take_friends(events: Sequence[Followed]) -> None:
    """A new friend's language is known in a while; one who had blocked us may have lost their menu."""
    events = _of_accounts_with_menu(events)
    contacts = _contacts([_address(event) for event in events])
    rechecks.ask(contacts.values(), at=timezone.now() + rechecks.PROFILE_PAUSE, forget_link=True)


def count_link(spot: Spot) -> None:
    """Somebody opened a link; LINE does not say who."""
    Tap.objects.create(
        account_id=spot.account_id,
        key=spot.key,
        variant_code=spot.variant_code,
        tab_position=spot.tab,
        at=timezone.now(),
    )


def _answer_places(events: Sequence[MessageReceived], contacts: dict[Address, int]) -> None:
    """Only of those who asked for a store just before: others tell us something else by a place."""
    jobs: list[JSONDict] = [
        {
            "contact_id": contacts[_address(event)],
            "address": str(event.details.get("address") or ""),
            "latitude": event.details.get("latitude"),
            "longitude": event.details.get("longitude"),
            "event_id": event.event_pk,
        }
        for event in events
        if _address(event) in contacts and _asked_for_store(contacts[_address(event)], event.at)
    ]
    if jobs:
        answer_location.batch_defer(*jobs)


def _asked_for_store(contact_id: int, at: dt.datetime) -> bool:
    recent = Tap.objects.filter(contact=contact_id, at__range=(at - LOCATION_COUNTS_FOR, at)).order_by("-at")
    last = recent.first()
    return (
        last is not None
        and Cell.objects.filter(
            key=last.key, action=Action.NEAREST_STORE, tab__variant__version__menu__account=last.account_id
        ).exists()
    )


def _look_at_beginners(events: Sequence[MessageReceived], contacts: dict[Address, int]) -> None:
    """Whoever has something open now that had not before: other variants may be for them."""
    times: dict[int, set[dt.datetime]] = {}
    for event in events:
        if contact_id := contacts.get(_address(event)):
            times.setdefault(contact_id, set()).add(event.at)
    opened = Conversation.objects.filter(contact__in=times, contact__account__menu__live__isnull=False)
    began = [pk for pk, at in opened.values_list("contact", "opened_at") if at in times[pk]]
    rechecks.ask(began, at=timezone.now() + rechecks.PROFILE_PAUSE)


def _tap(event: PostbackReceived | MessageReceived, where: _Where, contact_id: int | None) -> Tap:
    return Tap(
        account_id=event.account_id,
        contact_id=contact_id,
        key=where.key,
        variant_code=where.variant_code,
        tab_position=where.tab,
        event=event.event_pk,
        at=event.at,
    )


def _where(event: PostbackReceived) -> _Where | None:
    match = _OURS.fullmatch(event.data)
    return _Where(match[1], match[2] or "", int(match[3]) if match[3] else None) if match else None


def _cells(sent: Sequence[_Sent]) -> dict[_Sent, _Where]:
    """Those of the live versions; where two cells send the same, which of them it was is not known."""
    if not sent:
        return {}
    version = "tab__variant__version"
    rows = Cell.objects.filter(
        action__in={each.action for each in sent},
        value__in={each.words for each in sent},
        **{f"{version}__menu__account__in": {each.account_id for each in sent}, f"{version}__menu__live": F(version)},
    )
    found: dict[_Sent, _Where] = {}
    places = rows.values_list(
        f"{version}__menu__account", "action", "value", "key", "tab__variant__code", "tab__position"
    )
    for account_id, action, words, *where in places:
        known = found.setdefault(_Sent(account_id, action, words), _Where(*where))
        if known != _Where(*where):
            found[_Sent(account_id, action, words)] = _Where(known.key)
    return found


def _of_accounts_with_menu(events: Sequence[_Event]) -> list[_Event]:
    live = Menu.objects.filter(account__in={event.account_id for event in events}, live__isnull=False)
    accounts = set(live.values_list("account", flat=True))
    return [event for event in events if event.account_id in accounts]


def _contacts(addresses: Sequence[Address]) -> dict[Address, int]:
    return {address: person.contact_id for address, person in identify(addresses).items()} if addresses else {}


def _address(event: PostbackReceived | MessageReceived | Followed) -> Address:
    return Address(event.account_id, event.external_id)
