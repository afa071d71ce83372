"""What all pages for customers share: their language, their headers, and a refusal in words.

They are read on phones, mostly inside LINE, and work without JavaScript wherever LINE itself is not needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from madoguchi.bindings import links
from madoguchi.channels.languages import language_of
from madoguchi.channels.models import Account, Contact

LANGUAGE_COOKIE = "door_language"
_YEAR_SECONDS = 31_536_000
_LINES_SERVERS = ["https://*.line.me", "https://*.line-scdn.net"]


@contextmanager
def speaking_to(request: HttpRequest, account: Account | None, contact: Contact | None = None) -> Iterator[None]:
    """The language that the customer chose at the foot of a page, else that of their LINE, of their browser, of the
    market; times on the market's clock."""
    zone = ZoneInfo(account.market.time_zone if account else settings.TIME_ZONE)
    with translation.override(_language(request, account, contact)), timezone.override(zone):
        request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
        yield


def page(
    request: HttpRequest, template: str, context: dict[str, Any], *, account: Account | None = None, status: int = 200
) -> HttpResponse:
    """In the active language. With an ``account`` that has a LIFF app, LINE's script may run, and nothing else new."""
    response = render(request, f"door/{template}", {"account": account, **context}, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    chosen = request.GET.get("lang", "")
    if chosen in dict(settings.LANGUAGES):
        response.set_cookie(
            LANGUAGE_COOKIE, chosen, max_age=_YEAR_SECONDS, httponly=True, samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip
    if account is not None:
        _open_to_line(response, account)
    return response


def sorry(
    request: HttpRequest,
    message: str,
    *,
    status: int,
    account: Account | None = None,
    again: str = "",
    title: str = "",
) -> HttpResponse:
    """A refusal: what is wrong and what to do, the way to the chat where there is one, and ``again`` to try once more."""
    context = {
        "title": title,
        "message": message,
        "again": again,
        "chat_url": links.chat_url(account) if account else "",
    }
    return page(request, "sorry.html", context, account=account, status=status)


def _language(request: HttpRequest, account: Account | None, contact: Contact | None) -> str:
    known = dict(settings.LANGUAGES)
    for chosen in (request.GET.get("lang", ""), request.COOKIES.get(LANGUAGE_COOKIE, "")):
        if chosen in known:
            return chosen
    if contact is not None and contact.language:
        return language_of(contact)
    if "Accept-Language" in request.headers or account is None:
        for part in request.headers.get("Accept-Language", "").split(","):
            try:
                return translation.get_supported_language_variant(part.split(";")[0].strip().lower())
            except LookupError:
                continue
    return account.market.locale if account else settings.LANGUAGE_CODE


def _open_to_line(response: HttpResponse, account: Account) -> None:
    """LINE's script asks LINE's servers. The phones of a sandbox show the page in a frame, which LINE's do not."""
    sdk = urlsplit(links.sdk_url(account))
    script = f"{sdk.scheme}://{sdk.netloc}"
    update: dict[str, list[str]] = {}
    if account.liff_id:
        update["script-src"] = [script]
        update["connect-src"] = _LINES_SERVERS if links.is_at_line(account) else [script]
    if not links.is_at_line(account):
        response.xframe_options_exempt = True  # read by XFrameOptionsMiddleware
        response._csp_replace = {"frame-ancestors": [script]}  # type: ignore[attr-defined] # read by CSPMiddleware
    response._csp_update = update  # type: ignore[attr-defined] # read by CSPMiddleware
