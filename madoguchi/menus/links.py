"""Where cells with a link lead: through our door, so that taps are counted.

The address names the cell, not the page behind it: that one may be corrected without making the menu anew.

Nobody is counted as a person behind a link. LINE opens it without saying who tapped, and a menu is shared by many, so
its addresses cannot differ by customer. A LIFF address would tell, by an id token; but the customer would have to agree
to it before the first article, and to wait for a page of ours before each one: too much to ask for a number.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import F, Q

from madoguchi.menus.models import LINKS, Cell


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell of an account's menu, whatever its version."""

    account_id: int
    variant_code: str
    tab: int
    key: str


def address(spot: Spot) -> str:
    """Absolute, well below the 1,000 characters of a uri action."""
    text = f"{spot.account_id}:{spot.variant_code}:{spot.tab}:{spot.key}"
    return f"{settings.BASE_URL}/m/{_signer().sign(text)}"


def read(token: str) -> Spot | None:
    """None when it was not made by us."""
    try:
        account_id, variant_code, tab, key = _signer().unsign(token).split(":")
    except BadSignature:
        return None
    return Spot(int(account_id), variant_code, int(tab), key)


def target(spot: Spot) -> str:
    """The page behind it as published last, also for a cell that the live version no longer has: a phone may still show
    the old menu. Empty when the account has no such cell any more."""
    cells = Cell.objects.filter(
        tab__variant__version__menu__account=spot.account_id,
        tab__variant__version__published_at__isnull=False,
        tab__variant__code=spot.variant_code,
        tab__position=spot.tab,
        key=spot.key,
        action__in=LINKS,
        tab__variant__version__menu__account__is_active=True,
    )
    version = "tab__variant__version"
    is_live = Q(**{f"{version}__menu__live": F(f"{version}_id")})
    live = cells.filter(is_live).values_list("value", flat=True).first()
    newest = cells.order_by(f"-{version}__number").values_list("value", flat=True).first()
    return live or newest or ""


def _signer() -> Signer:
    """When it is needed: whoever only reads the code has no secret key."""
    return Signer(salt="madoguchi.menus.links", sep=".")
