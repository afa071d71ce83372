"""A menu that is live without LINE: what is tapped does not ask there."""

from __future__ import annotations

from django.utils import timezone

from madoguchi.menus.models import Menu, Version


def go_live(version: Version) -> Menu:
    version.published_at = timezone.now()
    version.save()
    version.menu.live = version
    version.menu.save()
    return version.menu
