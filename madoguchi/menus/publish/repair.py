"""What somebody or something undid at LINE, done again: tabs that lead nowhere, and a default that is not ours."""

from __future__ import annotations

import logging

from madoguchi.channels.rich_menus import RichMenus
from madoguchi.menus.models import Menu, Page
from madoguchi.menus.publish.lost import forget

logger = logging.getLogger(__name__)


def repair(menu: Menu, line: RichMenus) -> int:
    """Aliases and default of the live version; how many things were put right. Raises ChannelError.

    A rich menu that was deleted elsewhere is made again by publishing the version once more: staff are told so, for that
    counts against the 100 of an hour, and whoever deleted it may have meant it.
    """
    pages = Page.objects.filter(version=menu.live_id).select_related("version", "rich_menu", "tab__variant")
    standing, known, default = {each.line_id for each in line.listed()}, line.aliases(), line.default()
    repaired = 0
    for page in pages:
        line_id = page.rich_menu.line_id
        if line_id not in standing:
            if line_id:
                logger.warning("%s: a menu of %s is no longer at LINE; publish the version again", menu, page.alias)
                forget(page.rich_menu)
            continue
        if known.get(page.alias) != line_id:
            line.point(page.alias, line_id)
            repaired += 1
        if _is_default(page) and default != line_id:
            line.set_default(line_id)
            repaired += 1
    return repaired


def _is_default(page: Page) -> bool:
    return page.tab.variant.is_fallback and page.tab.position == 1 and page.locale == page.version.locales[0]
