"""Where a customer can visit us: the stores nearest to a place they sent, else by region."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from madoguchi.conversations.actions.notify import Button, Section
from madoguchi.duty.calendar import Calendar
from madoguchi.duty.schedule import Place, Schedule
from madoguchi.duty.words import opening_words
from madoguchi.menus import stores
from madoguchi.menus.answers.said import BUBBLES_MOST, Asked, Said, asking
from madoguchi.menus.stores import Site
from madoguchi.organization.coordinates import Coordinates
from madoguchi.organization.models import Store

STORES = "stores/"
"""What the data of a region's button begin with."""
NEAREST = 3
"""Places named: what is nearest should be seen without scrolling far."""


def everywhere(asked: Asked) -> list[Said]:
    """All stores, or the regions where there are many."""
    found = _open_stores(asked)
    if not found:
        return [Said(_("We have no store to visit here yet. Write here, and we help you."))]
    if len(found) <= stores.SHOWN:
        said = [Said(stores.listed(found))]
    else:
        said = asking(_("Where would you like to visit us? Choose a region, or send your location."), _regions(found))
    return _with_place_asked(said, found)


def in_region(asked: Asked, region: str) -> list[Said]:
    found = [store for store in _open_stores(asked) if store.region == region]
    return _with_place_asked(_listed(found), found) if found else everywhere(asked)


def near(asked: Asked, at: Coordinates | None, address: str) -> list[Said]:
    """The nearest ones by distance. Stores of which we do not know where they are come after them, by the region that
    the address names."""
    found = _open_stores(asked)
    sites = stores.nearest(found, at)[:NEAREST] if at else []
    region = stores.region_in(address, found)
    rest = [store for store in found if store.region == region and not (at and store.coordinates)] if region else []
    said = [_nearest(asked, sites)] if sites else []
    if rest:
        said += _listed(rest)
    if not said:
        return [Said(_("We have no store in that area yet.")), *everywhere(asked)]
    return _with_place_asked(said[:BUBBLES_MOST], found)


def _open_stores(asked: Asked) -> list[Store]:
    return list(stores.open_stores(asked.contact.account.market_id, asked.conversation.brand_id))


def _regions(found: Sequence[Store]) -> list[Button]:
    return [
        Button(
            ngettext("{region} ({number} store)", "{region} ({number} stores)", number).format(
                region=region or _("Elsewhere"), number=number
            ),
            data=f"{STORES}{region}",
        )
        for region, number in stores.regions(found).items()
    ]


def _listed(found: Sequence[Store]) -> list[Said]:
    starts = range(0, len(found), stores.SHOWN)
    return [Said(stores.listed(found[start : start + stores.SHOWN])) for start in starts][:BUBBLES_MOST]


def _with_place_asked(said: list[Said], found: Sequence[Store]) -> list[Said]:
    """Only the last message of a chat shows such a button; without coordinates a place would not help."""
    if not any(store.coordinates for store in found):
        return said
    return [*said[:-1], replace(said[-1], asks_for_place=True)]


# -- by distance -------------------------------------------------------------------------------------------------


def _nearest(asked: Asked, sites: Sequence[Site]) -> Said:
    places = [Place(store.pk) for site in sites for store in site.stores]
    schedule = Schedule.load(asked.now, staff_ids=[], places=places)
    brand = asked.conversation.brand
    words = (
        _("The stores of {brand} nearest to the place you sent:").format(brand=brand.name)
        if brand
        else _("The stores nearest to the place you sent:")
    )
    return Said(words, sections=tuple(_section(site, schedule) for site in sites))


def _section(site: Site, schedule: Schedule) -> Section:
    phone = _("Tel. {phone}").format(phone=site.phone) if site.phone else ""
    lines = [far(site.kilometres), _state(site, schedule), site.address, phone]
    buttons = [Button(_("Map"), url=site.at.map_url)]
    if digits := re.sub(r"[^0-9+]", "", site.phone):
        buttons.append(Button(_("Call"), url=f"tel:{digits}"))
    return Section(site.name, tuple(line for line in lines if line), tuple(buttons))


def _state(site: Site, schedule: Schedule) -> str:
    """Empty when we do not know their hours, or counters at one place differ."""
    said = {opening(schedule.calendar(Place(store.pk)), schedule.now) for store in site.stores}
    return said.pop() if len(said) == 1 else ""


def opening(calendar: Calendar, now: datetime) -> str:
    """Whether it is open now, and until when it stays so. A place that keeps no hours is not said to be open."""
    if not calendar.keeps_hours:
        return ""
    here = now.astimezone(calendar.zone)
    if calendar.is_open(now):
        closing = calendar.closing(now)
        time = formats.date_format(closing.astimezone(calendar.zone), "H:i") if closing else ""
        return _("Open now, until {time}").format(time=time) if time else _("Open now")
    opens_at = calendar.next_opening(now)
    if opens_at is None:
        return _("Closed now")
    when = opening_words(opens_at.astimezone(calendar.zone), here.date())
    return _("Closed now, opens {when}").format(when=when)


def far(kilometres: float) -> str:
    """A distance as one would say it: 50 m steps, then tenths of a kilometre, then whole ones."""
    metres = max(50, round(kilometres * 20) * 50)
    if metres < 1_000:
        return _("About {number} m from there").format(number=metres)
    decimals = 1 if round(kilometres, 1) < 10 else 0
    number = formats.number_format(round(kilometres, decimals), decimals, use_l10n=True, force_grouping=True)
    return _("About {number} km from there").format(number=number)
