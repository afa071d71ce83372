"""Cells fill the picture exactly, and LINE takes what comes of it."""

import pytest

from madoguchi.menus import layouts
from madoguchi.menus.layouts import LAYOUTS, Box
from madoguchi.menus.models import Size
from madoguchi.sandbox.line.validation.checks import Checker
from madoguchi.sandbox.line.validation.richmenus import check_rich_menu

ALL = [(code, tabs) for code in LAYOUTS for tabs in (1, 2, 3)]


@pytest.mark.parametrize(("code", "tabs"), ALL)
def test_cells_and_tabs_fill_the_picture_without_gap_or_overlap(code: str, tabs: int) -> None:
    size = LAYOUTS[code].size
    boxes = [*layouts.strip(size, tabs), *layouts.cells(code, tabs)]

    assert sum(box.width * box.height for box in boxes) == size.width * size.height
    assert not any(_overlap(one, other) for one in boxes for other in boxes if one is not other)
    assert all(0 <= box.x < box.right <= size.width and 0 <= box.y < box.bottom <= size.height for box in boxes)


@pytest.mark.parametrize(("code", "tabs"), ALL)
def test_line_accepts_the_areas(code: str, tabs: int) -> None:
    size = LAYOUTS[code].size
    boxes = [*layouts.strip(size, tabs)[1:], *layouts.cells(code, tabs)]
    action = {"type": "postback", "data": "menu/x"}
    menu = {
        "size": {"width": size.width, "height": size.height},
        "selected": True,
        "name": "x",
        "chatBarText": "x",
        "areas": [{"bounds": box._asdict(), "action": action} for box in boxes],
    }
    checker = Checker(lambda _: True)

    check_rich_menu(checker, menu)

    checker.raise_if_any()
    assert len(boxes) <= layouts.AREAS_MOST


@pytest.mark.parametrize("size", list(Size))
def test_every_size_has_a_choice_and_a_first_one(size: Size) -> None:
    assert layouts.FIRST[size] in layouts.of_size(size)
    assert len(layouts.of_size(size)) >= 5


def _overlap(one: Box, other: Box) -> bool:
    return one.x < other.right and other.x < one.right and one.y < other.bottom and other.y < one.bottom
