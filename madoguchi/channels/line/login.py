"""LINE Login: whose id token this is (verify-id-token). LINE checks the signature; we never take a page's word for it."""

from __future__ import annotations

import aiohttp
from yarl import URL

from madoguchi.channels import errors
from madoguchi.channels.line.answers import json_object

ANSWER_SECONDS = 6.0
"""A customer is looking at a page meanwhile."""


async def user_of(api_base: str, *, id_token: str, login_channel_id: str) -> str:
    """The user id (``sub``), as the provider's accounts see this person.

    Raises SignInExpired, SignInForAnotherAccount, SignInRefused, and SignInUnanswered when nothing can be said yet.
    """
    fields = {"id_token": id_token, "client_id": login_channel_id}
    try:
        async with (
            aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS), cookie_jar=aiohttp.DummyCookieJar()
            ) as session,
            session.post(URL(f"{api_base}/oauth2/v2.1/verify"), data=fields, allow_redirects=False) as response,
        ):
            status, answer = response.status, json_object(await response.read())
    except (aiohttp.ClientError, TimeoutError) as error:
        raise errors.SignInUnanswered from error
    if status == 429 or status >= 500:
        raise errors.SignInUnanswered
    if status != 200:
        _raise_for(str(answer.get("error_description") or ""))
    user_id = answer.get("sub")
    if not isinstance(user_id, str) or not user_id:
        raise errors.SignInRefused
    return user_id


def _raise_for(description: str) -> None:
    """The texts are those of LINE's reference: "IdToken expired.", "Invalid IdToken Audience."."""
    if "expired" in description.lower():
        raise errors.SignInExpired
    if "audience" in description.lower():
        raise errors.SignInForAnotherAccount
    raise errors.SignInRefused
