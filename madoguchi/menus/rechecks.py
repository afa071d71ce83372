"""Something about a customer changed: which menu is meant for them is looked at again, soon and for them alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from madoguchi.channels.models import Account
from madoguchi.channels.rich_menus import RichMenus
from madoguchi.kit.exclusive import exclusive
from madoguchi.menus import linking
from madoguchi.menus.models import MemberMenu, Menu, Recheck

AT_ONCE = 5_000
"""Customers looked at by one run."""
PROFILE_PAUSE = dt.timedelta(seconds=30)
"""A new customer's language is known once their profile has been fetched."""


def ask(contact_ids: Collection[int], *, at: dt.datetime, forget_link: bool = False) -> None:
    """Look at these customers again, not before ``at``."""
    rows = [Recheck(contact_id=pk, due_at=at, forget_link=forget_link) for pk in sorted(contact_ids)]
    update = ["due_at", "forget_link"] if forget_link else ["due_at"]
    Recheck.objects.bulk_create(rows, update_conflicts=True, unique_fields=["contact"], update_fields=update)


def work_off(account: Account, *, now: dt.datetime | None = None) -> int:
    """Those of an account that are due; how many LINE was told of. Raises ChannelError; nothing is lost by it.

    While a publication runs, it does this work itself: 0.
    """
    with exclusive("menu", account.pk) as is_ours:
        if not is_ours:
            return 0
        decide_due(account, now or timezone.now())
        if not linking.due(account):
            return 0
        with RichMenus(account) as line:
            return linking.tell(account, line)


@transaction.atomic
def decide_due(account: Account, now: dt.datetime) -> None:
    rows = Recheck.objects.filter(contact__account=account, due_at__lte=now)
    due = list(rows.select_for_update(skip_locked=True, of=("self",)).order_by("contact")[:AT_ONCE])
    if not due:
        return
    MemberMenu.objects.filter(contact__in=[row.pk for row in due if row.forget_link]).update(linked=None)
    menu = Menu.objects.filter(account=account, live__isnull=False).first()
    if menu is not None:
        linking.decide(menu.pk, [row.pk for row in due])
    Recheck.objects.filter(pk__in=[row.pk for row in due]).delete()
