"""Counting how often a code's page was opened, for the funnel: by a random number, never by who it was."""

from __future__ import annotations

import datetime as dt
import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from madoguchi.bindings.models import Code, Scan, Way

COOKIE = "door_visitor"
_COOKIE_SECONDS = 24 * 3600
ONCE_IN = dt.timedelta(hours=1)
"""Reloading is not scanning again."""
MOST_PER_MINUTE = 30
"""Of one code; what is beyond is a machine, and is not counted."""
_PREVIEWS = ("line-poker", "bot", "facebookexternalhit", "preview")
"""Who fetches a page because its link stands in a chat."""


def visitor_of(request: HttpRequest) -> str:
    known = request.COOKIES.get(COOKIE, "")
    return (
        known if len(known) == 22 and known.replace("-", "").replace("_", "").isalnum() else secrets.token_urlsafe(16)
    )


def remember(response: HttpResponse, visitor: str) -> None:
    response.set_cookie(
        COOKIE, visitor, max_age=_COOKIE_SECONDS, path="/liff", httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip


def count(request: HttpRequest, code: Code, visitor: str, outcome: Scan.Outcome) -> None:
    agent, now = request.headers.get("User-Agent", "").lower(), timezone.now()
    if request.method != "GET" or any(word in agent for word in _PREVIEWS):
        return
    rows = Scan.objects.filter(code=code)
    if rows.filter(visitor=visitor, at__gt=now - ONCE_IN).exists():
        return
    if rows.filter(at__gt=now - dt.timedelta(minutes=1)).count() >= MOST_PER_MINUTE:
        return
    Scan.objects.create(code=code, way=Way.LIFF, outcome=outcome, visitor=visitor, at=now)
