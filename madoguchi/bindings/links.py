"""Addresses by which customers come to a person or a store, and see who looks after them.

LINE's own addresses (add a friend, open a chat, LIFF) stand on LINE's hosts, or, for an account that lives at a sandbox,
on that sandbox (using-line-url-scheme, opening-liff-app).
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.utils import translation
from django.utils.translation import gettext as _

from madoguchi.bindings.models import Code
from madoguchi.bindings.tokens import shown
from madoguchi.channels.models import Account, Contact
from madoguchi.members.models import Member

LINE_API = "https://api.line.me"
PERSON_PAGE_LIFETIME = dt.timedelta(days=7)


class LinkExpired(Exception):
    """The link was ours, and is older than PERSON_PAGE_LIFETIME."""


class PersonLink(NamedTuple):
    member_public_id: str
    contact_id: int


def code_url(code: Code) -> str:
    """What the QR code says: one tap inside LINE where the account has a LIFF app, else our own page, which shows how."""
    path = f"/bind/{code.token}"
    return liff_url(code.account, path) or f"{settings.BASE_URL}/liff{path}"


def message_url(code: Code) -> str:
    """Opens the chat with the code in the box; the customer presses send. Empty when the account's ID is not known."""
    if not code.account.basic_id:
        return ""
    return line_url(code.account, f"/R/oaMessage/{_id(code.account)}/?{quote(message_text(code), safe='')}")


def message_text(code: Code) -> str:
    """What the customer sends, in the language of the account's market; the code in it is what counts."""
    with translation.override(code.account.market.locale):
        return _("Hello! My code is {code}.").format(code=shown(code.token))


def add_friend_url(account: Account) -> str:
    return line_url(account, f"/R/ti/p/{_id(account)}") if account.basic_id else ""


def chat_url(account: Account) -> str:
    return line_url(account, f"/R/oaMessage/{_id(account)}") if account.basic_id else ""


def person_page_url(member: Member, contact: Contact) -> str:
    """ "Who looks after me", for this customer alone, for PERSON_PAGE_LIFETIME."""
    return f"{settings.BASE_URL}/my-person/{_signer().sign(f'{member.public_id}-{contact.pk}')}"


def person_liff_url(account: Account) -> str:
    """The same page for whoever opens it inside LINE; empty without a LIFF app. For menus, which are not one person's."""
    return liff_url(account, f"/person/{account.public_id}")


def read_person_token(token: str) -> PersonLink | None:
    """None when it was not made by us. Raises LinkExpired."""
    try:
        public_id, _separator, contact_id = _signer().unsign(token, max_age=PERSON_PAGE_LIFETIME).rpartition("-")
    except SignatureExpired:
        raise LinkExpired from None
    except BadSignature:
        return None
    return PersonLink(public_id, int(contact_id))


def liff_url(account: Account, path: str = "") -> str:
    """Empty without a LIFF app. ``path`` reaches us in ``liff.state``."""
    if not account.liff_id:
        return ""
    base = "https://liff.line.me" if is_at_line(account) else f"{account.api_base}/liff"
    return f"{base}/{account.liff_id}{path}"


def liff_endpoint() -> str:
    """What is entered as the endpoint URL of the LIFF app in the LINE Developers Console."""
    return f"{settings.BASE_URL}/liff"


def sdk_url(account: Account) -> str:
    """LINE's JavaScript for pages inside LINE (integrate-the-LIFF-SDK, CDN edge path)."""
    return (
        "https://static.line-scdn.net/liff/edge/2/sdk.js" if is_at_line(account) else f"{account.api_base}/liff/sdk.js"
    )


def line_url(account: Account, path: str) -> str:
    return f"https://line.me{path}" if is_at_line(account) else f"{account.api_base}{path}"


def is_at_line(account: Account) -> bool:
    """False for an account at a sandbox on this machine."""
    return urlsplit(account.api_base).hostname not in ("localhost", "127.0.0.1", "::1")


def _id(account: Account) -> str:
    return quote(account.basic_id, safe="")


def _signer() -> TimestampSigner:
    """When it is needed: whoever only reads the code has no secret key."""
    return TimestampSigner(salt="madoguchi.bindings.links", sep=".")
