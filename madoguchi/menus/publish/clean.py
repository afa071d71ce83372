"""Deleting at LINE what nobody needs any more. LINE allows 100 deletions an hour, so what is left stays for later."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from madoguchi.channels import errors
from madoguchi.channels.rich_menus import RichMenus
from madoguchi.menus.models import MemberMenu, Menu, RichMenu
from madoguchi.menus.pages import name_key
from madoguchi.menus.publish import plan


def clean(menu: Menu, line: RichMenus) -> None:
    """Old rich menus, those made twice because LINE's answer was lost, and aliases of tabs that are gone."""
    try:
        _delete(plan.obsolete(menu), line)
        _delete_twins(menu, line)
        _remove_aliases(menu, line)
    except errors.TryAgainLater:
        return


def make_room(menu: Menu, line: RichMenus) -> int:
    """Also what is only kept for going back; how many were deleted. Raises ChannelError."""
    return _delete(plan.dispensable(menu), line)


def is_needed(menu: Menu) -> bool:
    return plan.obsolete(menu).exists()


def _delete(rows: Iterable[RichMenu], line: RichMenus) -> int:
    deleted = 0
    for row in list(rows):
        line.delete(row.line_id)
        MemberMenu.objects.filter(linked=row).update(linked=None)
        RichMenu.objects.filter(pk=row.pk).update(deleted_at=timezone.now())
        deleted += 1
    return deleted


def _delete_twins(menu: Menu, line: RichMenus) -> None:
    """With our key in its name, but not the one we know under it."""
    ours = {name_key(row.content_hash): row.line_id for row in plan.standing(menu.account)}
    for each in line.listed():
        key = each.name.rpartition(" ")[2]
        if key in ours and each.line_id != ours[key]:
            line.delete(each.line_id)


def _remove_aliases(menu: Menu, line: RichMenus) -> None:
    """Only those named after a variant of ours: the account may have others, made elsewhere."""
    codes = set(menu.versions.values_list("variants__code", flat=True))
    needed = plan.aliases(menu.live).keys() | plan.aliases(menu.previous).keys()
    for alias in line.aliases():
        if alias.partition("-")[0] in codes and alias not in needed:
            line.remove_alias(alias)
