"""The doors to a menu: found or locked through the person who asks. A menu belongs where its account's default
department is."""

from __future__ import annotations

from madoguchi.kit.errors import NotAllowed, NotFound
from madoguchi.menus.models import Menu
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission


def find(staff: Staff, menu_id: int, permission: Permission = Permission.MENU_READ) -> Menu:
    """Raises NotFound, NotAllowed."""
    menu = Menu.objects.visible_to(staff).select_related("account__default_brand").filter(pk=menu_id).first()
    if menu is None:
        raise NotFound
    return _allowed(staff, menu, permission)


def lock(staff: Staff, menu_id: int, permission: Permission) -> Menu:
    """For changing: locked until the transaction ends. Raises NotFound, NotAllowed."""
    menu = Menu.objects.visible_to(staff).select_for_update(of=("self",)).filter(pk=menu_id).first()
    if menu is None:
        raise NotFound
    return _allowed(staff, menu, permission)


def _allowed(staff: Staff, menu: Menu, permission: Permission) -> Menu:
    if not Menu.objects.visible_to(staff, permission).filter(pk=menu.pk).exists():
        raise NotAllowed
    return menu
