"""A month of thumbs on the menus: what customers tapped, and which tabs they turned to."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Sequence

from madoguchi.menus.models import LINKS, Action, Cell, Tap, Turn, Version
from madoguchi.sandbox.scenario.history import Customer
from madoguchi.sandbox.scenario.organisation import Organisation

DAYS = 30
SHARE_OF_CUSTOMERS = 0.45
_LIKED = {
    Action.NEAREST_STORE: 8,
    Action.MY_SALESPERSON: 7,
    Action.SHOP_LINK: 6,
    Action.MEMBER_CARD: 5,
    Action.TALK_TO_US: 4,
    Action.REPAIR_REQUEST: 3,
    Action.MY_CASES: 3,
}
"""How often, against 2 for all others."""
_OPENED = {1: 6, 2: 4, 3: 3}
"""How often each tab is tapped on; customers begin on the first."""


def create(company: Organisation, customers: Sequence[Customer], *, now: dt.datetime, dice: random.Random) -> None:
    """Inside the caller's transaction, once the menus are there. The events behind these taps have been cleared away:
    they carry negative numbers."""
    taps: list[Tap] = []
    turns: list[Turn] = []
    for code, account in company.accounts.items():
        variants = _variants(account.menu.versions.get())
        fallback = variants[""]
        for customer in customers:
            if customer.account != code or dice.random() > SHARE_OF_CUSTOMERS:
                continue
            variant, cells = variants.get(customer.brand.code, fallback)
            for _visit in range(dice.randint(1, 4)):
                at = max(customer.joined, now - dt.timedelta(days=DAYS * dice.random() ** 1.3))
                contact_id, here = customer.thread.contact.pk, 1
                for there in dice.choices(list(_OPENED), list(_OPENED.values()), k=dice.randint(1, 3)):
                    if there != here:
                        turns.append(
                            Turn(
                                account=account, contact_id=contact_id, variant_code=variant, from_position=here,
                                to_position=there, is_shown=True, event=-1 - len(turns), at=at,
                            )
                        )  # fmt: skip
                        here = there
                    cell = dice.choices(cells[here], [_LIKED.get(Action(each.action), 2) for each in cells[here]])[0]
                    taps.append(
                        Tap(
                            account=account, contact_id=None if cell.action in LINKS else contact_id, key=cell.key,
                            variant_code=variant, tab_position=here, at=at,
                        )
                    )  # fmt: skip
    Tap.objects.bulk_create(taps)
    Turn.objects.bulk_create(turns)


def _variants(version: Version) -> dict[str, tuple[str, dict[int, list[Cell]]]]:
    """{code of the brand, empty for everybody else: code of the variant and the cells of each tab}"""
    found: dict[str, tuple[str, dict[int, list[Cell]]]] = {}
    for variant in version.variants.prefetch_related("brands", "tabs__cells"):
        cells: defaultdict[int, list[Cell]] = defaultdict(list)
        for tab in variant.tabs.all():
            cells[tab.position] += tab.cells.all()
        brands = [brand.code for brand in variant.brands.all()]
        found |= {brand: (variant.code, dict(cells)) for brand in brands or [""]}
    return found
