"""Tabs that customers turn to: LINE turns the page on the phone, and tells us afterwards whether it could."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued

from madoguchi.channels.models import Contact
from madoguchi.channels.ports import MenuTurned
from madoguchi.menus.models import Menu, Turn
from madoguchi.menus.pages import TURN
from madoguchi.menus.tasks import repair_menu_of

_OURS = re.compile(rf"{TURN}([a-z0-9]{{8}})\.([1-3])\.([1-3])")


def take_turns(events: Sequence[MenuTurned]) -> None:
    """Written down once for each event. Turning a page makes nobody a customer: whoever is not known stays so.

    A tab that led nowhere is put right at once.
    """
    live = set(
        Menu.objects.filter(account__in={event.account_id for event in events}, live__isnull=False).values_list(
            "account", flat=True
        )
    )
    found = [(event, match) for event in events if event.account_id in live and (match := _OURS.fullmatch(event.data))]
    contacts = _contacts([event for event, _match in found])
    Turn.objects.bulk_create(
        [
            Turn(
                account_id=event.account_id,
                contact_id=contacts.get((event.account_id, event.external_id)),
                variant_code=match[1],
                from_position=int(match[2]),
                to_position=int(match[3]),
                is_shown=event.is_shown,
                event=event.event_pk,
                at=event.at,
            )
            for event, match in found
        ],
        ignore_conflicts=True,
    )
    for account_id in sorted({event.account_id for event, _match in found if not event.is_shown}):
        _repair(account_id)


def _contacts(events: Sequence[MenuTurned]) -> dict[tuple[int, str], int]:
    rows = Contact.objects.filter(
        account__in={event.account_id for event in events}, external_id__in={event.external_id for event in events}
    )
    return {
        (account_id, external_id): pk
        for pk, account_id, external_id in rows.values_list("pk", "account", "external_id")
    }


def _repair(account_id: int) -> None:
    """One job, however many customers meet the same dead end."""
    with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
        repair_menu_of.configure(queueing_lock=f"repair-menu-{account_id}").defer(account_id=account_id)
