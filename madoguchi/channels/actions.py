"""What administrators do with accounts."""

from __future__ import annotations

import asyncio

from django.db import transaction

from madoguchi import live
from madoguchi.channels import outbox, quota
from madoguchi.channels.line.client import Access, LineClient
from madoguchi.channels.models import Account
from madoguchi.kit.errors import NotFound
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission


def change_access_token(*, account_id: int, staff: Staff, access_token: str) -> Account:
    """Take a new token into use, once LINE has accepted it; what waited for it goes out at once.

    Raises NotFound, NotAllowed, AccessTokenRefused and TryAgainLater (LINE does not answer); then the old one stays.
    """
    staff.require(Permission.ACCOUNT_CONFIGURE)
    account = Account.objects.filter(pk=account_id).first()
    if account is None:
        raise NotFound
    prove(Access(account.api_base, account.data_base, access_token))
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account_id)
        take_into_use(account, access_token)
        account.save(update_fields=["access_token", "health", "health_detail"])
        live.publish([quota.TOPIC])
    return account


def prove(access: Access) -> None:
    """Ask LINE for something that only a good token gets. Raises AccessTokenRefused, TryAgainLater."""

    async def ask() -> None:
        async with LineClient(connections=1) as line:
            await line.bot_info(access)

    asyncio.run(ask())


def take_into_use(account: Account, access_token: str) -> None:
    """A proved token, on a row that the caller has locked and saves; what waits for it goes out after the commit."""
    account.access_token = access_token
    account.health, account.health_detail = Account.Health.OK, ""
    outbox.wake()
