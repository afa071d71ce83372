"""What base.html needs on every page of the console."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static

from madoguchi.console.accounts import troubles
from madoguchi.console.base import brands, words
from madoguchi.console.base.navigation import destinations
from madoguchi.console.base.shortcuts import SHORTCUTS
from madoguchi.organization.permissions import Permission

STYLESHEETS = (
    "tokens", "base", "app", "button", "field", "menu", "dialog", "toast", "avatar", "chip", "options",
    "queue", "thread", "bubble", "composer", "customer", "viewer", "sign_in",
    "listing", "form", "tabs", "meter", "account_banner", "account", "events", "organization", "duty", "bindings",
    "phrases", "profile", "today", "codes",
)  # fmt: skip
SCRIPTS = (
    "upsert", "live", "clock", "keyboard", "dialog", "listbox", "thread", "composer", "attachments", "insert",
    "inbox", "presence", "viewer", "notify", "alerts", "awake", "copy", "placeholders",
    "install", "keyboard_room", "still",
)  # fmt: skip
SECTION_STYLESHEETS = {"menus": ("designer", "menus"), "routing": ("routing",)}
SECTION_SCRIPTS = {"menus": ("designer",), "routing": ("reorder", "trial")}
"""What only the screens of one section need, and nobody else has to load."""


def console(request: HttpRequest) -> dict[str, Any]:
    """A template context processor. What costs a query is a callable, so other pages pay nothing."""
    user = request.user
    return {
        "staff": user,
        "navigation": lambda: destinations(user) if user.is_authenticated else [],
        "stylesheets": _stylesheets,
        "scripts": _scripts,
        "brands_css": brands.address,
        "account_troubles": lambda: troubles.of(user) if user.is_authenticated else [],
        "reads_accounts": lambda: user.is_authenticated and user.may(Permission.ACCOUNT_READ),
        "wait_words": words.patterns,
        "soon_seconds": int(words.SOON.total_seconds()),
        "late_seconds": int(words.LATE.total_seconds()),
        "shortcuts": SHORTCUTS,
    }


@cache
def _stylesheets() -> list[str]:
    return [static(f"console/css/{name}.css") for name in STYLESHEETS]


@cache
def of_section(section: str) -> tuple[list[str], list[str]]:
    """Addresses of its own stylesheets and scripts."""
    sheets = [static(f"console/css/{name}.css") for name in SECTION_STYLESHEETS.get(section, ())]
    return sheets, [static(f"console/js/{name}.js") for name in SECTION_SCRIPTS.get(section, ())]


@cache
def _scripts() -> list[str]:
    return [static(f"console/js/{name}.js") for name in SCRIPTS]
