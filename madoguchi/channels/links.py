"""Addresses under which LINE and customers' phones fetch what we send: files of a conversation and brand icons.

A file's address contains a signature instead of asking for a sign-in; nobody can make one up. It does not run out,
because LINE fetches a picture again whenever the customer scrolls back to it; removing the file ends it.
"""

from __future__ import annotations

import hashlib
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.core.signing import BadSignature, Signer

from madoguchi.channels.models import Account, Media
from madoguchi.organization.models import Brand

ORIGINAL, PREVIEW = "original", "preview"


def webhook_url(account: Account) -> str:
    """Where LINE is to send this account's events; entered in the LINE Developers Console."""
    return f"{settings.BASE_URL}/hooks/line/{account.public_id}"


def file_url(media: Media, variant: str = ORIGINAL) -> str:
    """Absolute. The name at its end is for whoever saves the file; only the signed part counts."""
    token = _signer().sign(f"{media.public_id}-{variant}")
    name = "preview.jpg" if variant == PREVIEW else media.name
    return f"{settings.BASE_URL}/files/{token}/{quote(name, safe='')}"


def read_file_token(token: str) -> tuple[str, str] | None:
    """Public id and variant; None when it was not made by us."""
    try:
        public_id, _, variant = _signer().unsign(token).rpartition("-")
    except BadSignature:
        return None
    return public_id, variant


def icon_version(brand: Brand) -> str:
    """Changes whenever the icon looks different, so that it can be cached for ever."""
    return hashlib.sha256(b"\x00".join((brand.mark.encode(), brand.color.encode(), bytes(brand.icon)))).hexdigest()[:12]


def icon_url(brand: Brand) -> str:
    """Empty when LINE could not fetch it: it wants https; the sandbox also takes http on this machine."""
    base = urlsplit(settings.BASE_URL)
    if base.scheme != "https" and base.hostname not in ("localhost", "127.0.0.1", "::1"):
        return ""
    return f"{settings.BASE_URL}/brands/{brand.public_id}/icon.png?v={icon_version(brand)}"


def _signer() -> Signer:
    """When it is needed: whoever only reads the code has no secret key."""
    return Signer(salt="madoguchi.channels.links", sep=".")
