"""Connecting accounts: what administrators enter, and what LINE says to it. No action here ever shows a secret.

``staff`` needs ``account:configure`` in the whole company: an account is everybody's entrance.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.utils import timezone

from madoguchi import live
from madoguchi.channels import actions, errors, quota
from madoguchi.channels.line.client import Access, LineClient
from madoguchi.channels.links import webhook_url
from madoguchi.channels.models import Account, Provider
from madoguchi.kit.errors import NotFound
from madoguchi.organization.models import Brand, Department, Market, Staff
from madoguchi.organization.permissions import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFields:
    """What may be changed at any time; secrets travel apart."""

    name: str
    provider: str
    """Its name; a provider that is not known yet is made."""
    market: Market
    default_brand: Brand
    default_department: Department
    api_base: str
    data_base: str
    login_channel_id: str = ""
    liff_id: str = ""
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """What "check now" found out. Empty texts: nothing wrong."""

    account: Account
    webhook_trouble: str = ""
    """Where LINE sends the events instead, or why it cannot; in LINE's words or as an address."""
    is_webhook_set: bool = False


def connect(*, staff: Staff, fields: AccountFields, channel_id: str, channel_secret: str, access_token: str) -> Account:
    """Add an account, once LINE has accepted its token; LINE's own ids for it are filled in.

    Raises NotAllowed, AddressInvalid, LiffOfAnotherChannel, AccessTokenRefused, TryAgainLater (LINE does not answer),
    AccountExists.
    """
    staff.require(Permission.ACCOUNT_CONFIGURE)
    _require_addresses(fields)
    _require_liff(fields)
    info = _bot_info(Access(fields.api_base, fields.data_base, access_token))
    account = Account(channel_id=channel_id, channel_secret=channel_secret, access_token=access_token, **_ids(info))
    with transaction.atomic():
        _write(account, fields)
        live.publish([quota.TOPIC])
    quota.refresh(account)
    return account


def edit(
    *, staff: Staff, account_id: int, fields: AccountFields, channel_secret: str = "", access_token: str = ""
) -> Account:
    """An empty secret or token stays as it is; a new token is proved first, and what waited for it goes out. All is
    saved, or nothing.

    The token that is kept goes to the addresses it was entered for, and to no others: who changes them enters it again.
    Raises NotAllowed, NotFound, AddressInvalid, LiffOfAnotherChannel, AddressNeedsToken, AccessTokenRefused, TryAgainLater.
    """
    staff.require(Permission.ACCOUNT_CONFIGURE)
    _require_addresses(fields)
    _require_liff(fields)
    if not Account.objects.filter(pk=account_id).exists():
        raise NotFound
    if access_token:
        actions.prove(Access(fields.api_base, fields.data_base, access_token))
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account_id)
        if (fields.api_base, fields.data_base) != (account.api_base, account.data_base) and not access_token:
            raise errors.AddressNeedsToken
        if channel_secret:
            account.channel_secret = channel_secret
        if access_token:
            actions.take_into_use(account, access_token)
        _write(account, fields)
        live.publish([quota.TOPIC])
    return account


def check_now(*, staff: Staff, account_id: int) -> Finding:
    """The check that the worker makes every quarter of an hour, and whether LINE sends the events here.

    Raises NotAllowed, NotFound. What LINE answers, or that it does not, is written to the account's health.
    """
    staff.require(Permission.ACCOUNT_CONFIGURE)
    account = Account.objects.filter(pk=account_id).first()
    if account is None:
        raise NotFound
    quota.refresh(account)
    try:
        info = _bot_info(Access.of(account))
    except errors.ChannelError as error:
        _mark_unreachable(account, error)
        return Finding(Account.objects.get(pk=account_id))
    Account.objects.filter(pk=account_id).update(**_ids(info))
    trouble, is_set = asyncio.run(_webhook_trouble(account))
    return Finding(Account.objects.get(pk=account_id), trouble, is_set)


def _bot_info(access: Access) -> dict[str, Any]:
    async def ask() -> dict[str, Any]:
        async with LineClient(connections=1) as line:
            return await line.bot_info(access)

    return asyncio.run(ask())


async def _webhook_trouble(account: Account) -> tuple[str, bool]:
    """What is wrong, and whether an address is set at all."""
    access = Access.of(account)
    async with LineClient(connections=1) as line:
        try:
            webhook = await line.webhook(access)
            if webhook.address != webhook_url(account) or not webhook.active:
                return webhook.address, bool(webhook.address)
            return await line.test_webhook(access), True
        except errors.Gone:
            return "", False
        except errors.ChannelError as error:
            return error.message, True


def _mark_unreachable(account: Account, error: errors.ChannelError) -> None:
    if isinstance(error, errors.AccessTokenRefused):
        return  # quota.refresh has written it
    health = Account.Health.UNREACHABLE
    rows = Account.objects.filter(pk=account.pk).exclude(health=health)
    if rows.update(health=health, health_detail=error.message[:300], health_at=timezone.now()):
        live.publish([quota.TOPIC])


def _write(account: Account, fields: AccountFields) -> None:
    account.provider = Provider.objects.get_or_create(name=fields.provider)[0]
    account.name, account.market = fields.name, fields.market
    account.default_brand, account.default_department = fields.default_brand, fields.default_department
    account.api_base, account.data_base = fields.api_base, fields.data_base
    account.login_channel_id, account.liff_id = fields.login_channel_id, fields.liff_id
    account.is_active = fields.is_active
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError:
        raise errors.AccountExists from None


def _ids(info: dict[str, Any]) -> dict[str, str]:
    return {"basic_id": str(info.get("basicId") or ""), "bot_user_id": str(info.get("userId") or "")}


def _require_addresses(fields: AccountFields) -> None:
    """LINE is only ever spoken to over TLS; the sandbox on this machine may do without."""
    for address in (fields.api_base, fields.data_base):
        parts = urlsplit(address)
        is_here = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
        if not parts.hostname or not (parts.scheme == "https" or is_here) or parts.query or parts.path.endswith("/"):
            raise errors.AddressInvalid


def _require_liff(fields: AccountFields) -> None:
    """A LIFF ID is the login channel's number, a hyphen and letters: with another channel's, no id token would fit."""
    if fields.liff_id and fields.liff_id.partition("-")[0] != fields.login_channel_id:
        raise errors.LiffOfAnotherChannel
