"""What publishing a version would do at LINE, and how long it takes. Nothing is changed by asking."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from madoguchi.channels.models import Account
from madoguchi.channels.rich_menus import CREATIONS_PER_HOUR, MENUS_MOST, PEOPLE_PER_CALL
from madoguchi.menus import linking, pages
from madoguchi.menus.choosing import Choice
from madoguchi.menus.models import Menu, Page, Publication, RichMenu, Version
from madoguchi.menus.pages import PageDesign
from madoguchi.menus.problems import Problem, problems

HOUR = dt.timedelta(hours=1)
SECONDS_PER_CREATION = 3
"""Make it, draw it, upload it."""
SECONDS_PER_CALL = 0.4


@dataclass(frozen=True, slots=True)
class Planned:
    """A page, its content, and the rich menu that shows it already, if there is one."""

    page: PageDesign
    content_hash: str
    rich_menu: RichMenu | None


@dataclass(frozen=True, slots=True)
class Plan:
    version: Version
    problems: Sequence[Problem]
    """While there are any, it cannot be published."""
    created: Sequence[Planned]
    """Pages for which a rich menu has to be made; two pages that are alike share one."""
    kept: Sequence[Planned]
    """Pages that look and do the same as something that stands at LINE."""
    deleted: Sequence[RichMenu]
    """What nobody needs afterwards: not this version, and not the one before it."""
    moved_aliases: Sequence[str]
    removed_aliases: Sequence[str]
    relinked: int
    """Customers who get another menu."""
    creations_left: int
    """Of this hour."""
    standing: int
    """Menus at LINE while it runs, before anything is deleted."""

    @property
    def creations(self) -> int:
        return len({planned.content_hash for planned in self.created})

    @property
    def is_too_many(self) -> bool:
        return self.standing > MENUS_MOST

    @property
    def can_run(self) -> bool:
        return not self.problems and not self.is_too_many

    @property
    def duration(self) -> dt.timedelta:
        """About. What the hour does not allow, waits for the next one."""
        waits = math.ceil(max(0, self.creations - self.creations_left) / CREATIONS_PER_HOUR)
        calls = math.ceil(self.relinked / PEOPLE_PER_CALL) + len(self.moved_aliases)
        return waits * HOUR + dt.timedelta(seconds=self.creations * SECONDS_PER_CREATION + calls * SECONDS_PER_CALL)


def plan(version: Version, *, now: dt.datetime) -> Plan:
    """``version`` with its menu and the menu's account."""
    menu = version.menu
    found = problems(version)
    planned = [] if found else plan_pages(version)
    created = [each for each in planned if each.rich_menu is None or not each.rich_menu.is_ready]
    before = aliases(menu.live)
    after = {each.page.alias: each.rich_menu.pk if each.rich_menu else None for each in planned}
    keeps = {each.rich_menu.pk for each in planned if each.rich_menu}
    made = standing(menu.account)
    return Plan(
        version=version,
        problems=found,
        created=created,
        kept=[each for each in planned if each not in created],
        deleted=list(_obsolete_after(version, keeps) if planned else ()),
        moved_aliases=[alias for alias, pk in after.items() if pk is None or before.get(alias) != pk],
        removed_aliases=sorted(before.keys() - after.keys()) if planned else [],
        relinked=linking.count(version, _places(planned)) if planned else 0,
        creations_left=creations_left(menu.account, now),
        standing=made.count() + len({each.content_hash for each in created}),
    )


def plan_pages(version: Version) -> list[Planned]:
    designs = [(page, page.content_hash()) for page in pages.pages(version)]
    rows = RichMenu.objects.filter(account=version.menu.account_id, deleted_at__isnull=True)
    known = {row.content_hash: row for row in rows.filter(content_hash__in=[each for _, each in designs])}
    return [Planned(page, content_hash, known.get(content_hash)) for page, content_hash in designs]


def creations_left(account: Account, now: dt.datetime) -> int:
    return max(0, CREATIONS_PER_HOUR - RichMenu.objects.filter(account=account, created_at__gt=now - HOUR).count())


def next_creation(account: Account, now: dt.datetime) -> dt.datetime:
    """When LINE lets us make another one, if not at once: an hour after the hundredth last."""
    latest = RichMenu.objects.filter(account=account, created_at__gt=now - HOUR).order_by("-created_at")
    times = list(latest.values_list("created_at", flat=True)[:CREATIONS_PER_HOUR])
    oldest = times[-1] if len(times) == CREATIONS_PER_HOUR else None
    return oldest + HOUR if oldest else now


def standing(account: Account) -> QuerySet[RichMenu]:
    """What is at LINE, as far as we made it."""
    return RichMenu.objects.filter(account=account, deleted_at__isnull=True).exclude(line_id="")


def obsolete(menu: Menu) -> QuerySet[RichMenu]:
    """What no version needs: the one that is live, the one before, and whatever is on its way keep theirs."""
    return _needed_by_none(menu, [menu.live_id, menu.previous_id])


def dispensable(menu: Menu) -> QuerySet[RichMenu]:
    """When there is no room left: also what is only kept for going back."""
    return _needed_by_none(menu, [menu.live_id])


def _obsolete_after(version: Version, also_needed: set[int]) -> QuerySet[RichMenu]:
    """Once this version is live, and what is live now is the one before."""
    if version.pk == version.menu.live_id:
        return obsolete(version.menu)
    return dispensable(version.menu).exclude(pk__in=also_needed)


def _needed_by_none(menu: Menu, version_ids: list[int | None]) -> QuerySet[RichMenu]:
    on_its_way = Q(version__publications__in=menu.publications.filter(state__in=Publication.UNFINISHED))
    needed = Page.objects.filter(Q(version__in=version_ids) | on_its_way).values("rich_menu")
    return standing(menu.account).exclude(pk__in=needed)


def aliases(version: Version | None) -> dict[str, int]:
    """{alias: rich menu} as this version has them at LINE."""
    if version is None:
        return {}
    return dict(version.pages.values_list("alias", "rich_menu"))


def _places(planned: Sequence[Planned]) -> dict[Choice, int]:
    """With made-up, negative numbers for what does not exist yet."""
    return {
        Choice(each.page.tab.variant.code, each.page.locale): each.rich_menu.pk if each.rich_menu else -number
        for number, each in enumerate(planned, 1)
        if each.page.tab.position == 1
    }
