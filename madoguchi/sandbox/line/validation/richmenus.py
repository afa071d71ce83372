"""Rich menu objects, aliases and batches (rich-menu-object, batch-control-rich-menus-of-users)."""

import re

from madoguchi.sandbox.line.records import Json

from .actions import Place, check_action
from .checks import Checker, grapheme_length

ALIAS = re.compile(r"[a-z0-9_-]{1,32}")
RESUME_KEY = re.compile(r"[0-9a-zA-Z_-]{1,100}")
MOST_AREAS = 20
LEAST_RATIO = 1.45


def check_rich_menu(checker: Checker, menu: Json) -> None:
    width = height = None
    if size := checker.object(menu, "size", ""):
        width = checker.number(size, "width", "size", 800, 2500)
        height = checker.number(size, "height", "size", 250, 2500)
        if width and height and width / height < LEAST_RATIO:
            checker.add(f"The aspect ratio must be {LEAST_RATIO} or more", "size")
    if not isinstance(menu.get("selected"), bool):
        checker.add("Must be a boolean", "selected")
    checker.text(menu, "name", "", 300, count=grapheme_length)
    checker.text(menu, "chatBarText", "", 14, count=grapheme_length)
    for index, area in enumerate(checker.items(menu, "areas", "", 0, MOST_AREAS)):
        at = f"areas[{index}]"
        if bounds := checker.object(area, "bounds", at):
            x = checker.number(bounds, "x", f"{at}.bounds", 0, 2500)
            y = checker.number(bounds, "y", f"{at}.bounds", 0, 2500)
            across = checker.number(bounds, "width", f"{at}.bounds", 1, 2500)
            down = checker.number(bounds, "height", f"{at}.bounds", 1, 2500)
            if width and x is not None and across and x + across > width:
                checker.add("Must be inside the rich menu", f"{at}.bounds.width")
            if height and y is not None and down and y + down > height:
                checker.add("Must be inside the rich menu", f"{at}.bounds.height")
        check_action(checker, checker.object(area, "action", at), f"{at}.action", Place.RICH_MENU)


def check_alias(checker: Checker, body: Json) -> None:
    alias = checker.text(body, "richMenuAliasId", "", 32)
    if alias and not ALIAS.fullmatch(alias):
        checker.add("Must be a valid rich menu alias ID", "richMenuAliasId")


def check_batch(checker: Checker, body: Json) -> list[Json]:
    """The operations; `unlinkAll` stands alone, and a menu may be the source of one operation only."""
    operations = checker.items(body, "operations", "", 1, 1000)
    sources = []
    for index, operation in enumerate(operations):
        at = f"operations[{index}]"
        kind = checker.choice(operation, "type", at, {"link", "unlink", "unlinkAll"})
        if kind == "unlinkAll" and len(operations) > 1:
            checker.add("Must be the only operation", at)
        if kind in ("link", "unlink"):
            sources.append(checker.text(operation, "from", at, 100))
        if kind == "link":
            checker.text(operation, "to", at, 100)
    if len(set(sources)) < len(sources):
        checker.add("A rich menu can be used as the source only once", "operations")
    key = checker.text(body, "resumeRequestKey", "", 100, required=False)
    if key and not RESUME_KEY.fullmatch(key):
        checker.add("Must be a valid resume request key", "resumeRequestKey")
    return operations
