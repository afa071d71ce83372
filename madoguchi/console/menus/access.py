"""From the address to the menu: what somebody may look at, or NotFound."""

from __future__ import annotations

from madoguchi.channels.models import Account
from madoguchi.kit.errors import NotFound
from madoguchi.menus.models import Version
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission


def find_account(staff: Staff, public_id: str) -> Account:
    """Raises NotFound when the account's menu is out of reach."""
    account = Account.objects.select_related("market", "default_brand").filter(public_id=public_id).first()
    if account is None or not may(staff, Permission.MENU_READ, account):
        raise NotFound
    return account


def may(staff: Staff, permission: Permission, account: Account) -> bool:
    return staff.reach(permission).covers(department_id=account.default_department_id)


def find_version(account: Account, number: int) -> Version:
    version = Version.objects.select_related("menu__live", "created_by").filter(
        menu__account=account, number=number
    ).first()  # fmt: skip
    if version is None:
        raise NotFound
    version.menu.account = account
    return version
