"""Who has opened a page of ours inside LINE."""

from __future__ import annotations

import asyncio

from madoguchi.channels import errors
from madoguchi.channels.line import login
from madoguchi.channels.models import Account

_LONGEST_TOKEN = 4_000


def user_of(account: Account, id_token: str) -> str:
    """The LINE user id behind a page's raw id token, as this account's provider knows it. Asks LINE: never inside a
    transaction. Raises the SignIn errors of ``channels.errors``, whose sentences are for the customer."""
    if not id_token or len(id_token) > _LONGEST_TOKEN or not account.login_channel_id:
        raise errors.SignInRefused
    return asyncio.run(login.user_of(account.api_base, id_token=id_token, login_channel_id=account.login_channel_id))
