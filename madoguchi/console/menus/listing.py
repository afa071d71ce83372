"""The menus of all accounts: what customers see now, what is being prepared, and who gets which variant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from madoguchi.channels.models import Account, Contact
from madoguchi.console.base.access import StaffRequest, requires
from madoguchi.console.menus import sentences
from madoguchi.console.menus.access import find_account, find_version, may
from madoguchi.menus import drafts, numbers, pages
from madoguchi.menus.models import Cell, MemberMenu, Menu, Page, Publication, Variant, Version
from madoguchi.menus.numbers import Heat, Spot
from madoguchi.menus.pages import PageDesign
from madoguchi.menus.publish.lost import lost_pages
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission

P = Permission
HEAT_DAYS = 7
FAVOURITES = 4


@dataclass(frozen=True, slots=True)
class Share:
    """A variant and the customers who get it."""

    variant: Variant
    sentence: str
    customers: int
    picture_url: str


@dataclass(frozen=True, slots=True)
class Favourite:
    """One of the most tapped things, whatever variant it stands in."""

    label: str
    taps: int


@dataclass(frozen=True, slots=True)
class Row:
    account: Account
    menu: Menu | None
    draft: Version | None
    shares: list[Share]
    customers: int
    taps: int
    people: int
    favourites: list[Favourite]
    publication: Publication | None
    lost_pages: int
    """Deleted at LINE by somebody else."""
    may_edit: bool


@require_GET
@requires(P.MENU_READ)
def listing(request: StaffRequest) -> HttpResponseBase:
    staff = request.user
    accounts = (
        Account.objects.filter(is_active=True).select_related("market", "default_brand").defer("default_brand__icon")
    )
    rows = [_row(staff, account) for account in accounts if may(staff, P.MENU_READ, account)]
    return render(request, "console/menus/menus.html", {"section": "menus", "rows": rows, "heat_days": HEAT_DAYS})


@require_POST
@requires(P.MENU_EDIT)
def begin(request: StaffRequest, public_id: str) -> HttpResponseBase:
    """A new draft, of what is live or of the version named; the present one if there is one."""
    account = find_account(request.user, public_id)
    number = request.POST.get("source", "")
    source = find_version(account, int(number)) if number.isdecimal() else None
    draft = drafts.begin(by=request.user, account=account, source=source)
    return redirect("menu_version", public_id, draft.number)


@require_POST
@requires(P.MENU_EDIT)
def discard(request: StaffRequest, public_id: str, number: int) -> HttpResponseBase:
    """The draft, for good."""
    version = find_version(find_account(request.user, public_id), number)
    drafts.discard(by=request.user, version_id=version.pk)
    messages.success(request, _("The draft has been thrown away."))
    return redirect("menus")


def _row(staff: Staff, account: Account) -> Row:
    menu = Menu.objects.filter(account=account).select_related("live__created_by", "previous").first()
    draft = menu.versions.filter(published_at__isnull=True).select_related("created_by").first() if menu else None
    publication = menu.publications.first() if menu else None
    friends = Contact.objects.filter(account=account, friendship=Contact.Friendship.FRIEND).count()
    now = timezone.now()
    since = now - dt.timedelta(days=HEAT_DAYS)
    heat = numbers.heat(menu, since=since, until=now) if menu else {}
    shown = menu.live if menu and menu.live else draft
    if shown and menu:
        menu.account = account
        shown.menu = menu
    return Row(
        account=account,
        menu=menu,
        draft=draft,
        shares=shares(shown, friends) if shown else [],
        customers=friends,
        taps=sum(each.taps for each in heat.values()),
        people=numbers.people(menu, since=since, until=now) if menu else 0,
        favourites=_favourites(shown, heat) if shown else [],
        publication=publication if publication and publication.state in Publication.UNFINISHED else None,
        lost_pages=lost_pages(menu) if menu and menu.live else 0,
        may_edit=may(staff, P.MENU_EDIT, account),
    )


def _favourites(version: Version, heat: Mapping[Spot, Heat]) -> list[Favourite]:
    taps: dict[str, int] = {}
    for spot, found in heat.items():
        taps[spot.key] = taps.get(spot.key, 0) + found.taps
    most = sorted(taps, key=lambda key: -taps[key])[:FAVOURITES]
    cells = Cell.objects.filter(tab__variant__version=version, key__in=most)
    labels = {cell.key: cell.labels.get(version.locales[0]) or str(cell.get_action_display()) for cell in cells}
    return [Favourite(" ".join(labels[key].split()), taps[key]) for key in most if key in labels]


def shares(version: Version, friends: int) -> list[Share]:
    """``friends``: of the account; whoever is linked to nothing sees the variant for everybody else."""
    rows = pages.variants(version)
    linked = _linked(version)
    found = []
    for row in rows:
        customers = max(0, friends - sum(linked.values())) if row.is_fallback else linked.get(row.code, 0)
        first = next(pages.pages_of(row, version))
        found.append(Share(row, sentences.audience(row), customers, _picture_url(version, row, first)))
    return found


def _linked(version: Version) -> dict[str, int]:
    """How many customers are meant to see each variant, by its code."""
    variant_of: dict[Any, str] = dict(
        Page.objects.filter(version=version).values_list("rich_menu", "tab__variant__code")
    )
    counts = (
        MemberMenu.objects.filter(account=version.menu.account_id, wanted__in=list(variant_of))
        .filter(Q(contact__friendship=Contact.Friendship.FRIEND))
        .values_list("wanted")
        .annotate(number=Count("pk"))
    )
    found: dict[str, int] = {}
    for rich_menu, number in counts:
        found[variant_of[rich_menu]] = found.get(variant_of[rich_menu], 0) + number
    return found


def _picture_url(version: Version, variant: Variant, first: PageDesign) -> str:
    args = [version.menu.account.public_id, version.number, variant.code, 1, first.locale]
    return reverse("menu_picture", args=[*args, first.design.fingerprint()[:16]])
