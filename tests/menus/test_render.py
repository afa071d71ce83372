"""Pictures of menus: the same bytes for the same design, never too large, nothing beyond its edge, always legible."""

from __future__ import annotations

import io
import random
from dataclasses import replace

import pytest
from PIL import Image, ImageChops, ImageDraw

from madoguchi.menus import layouts, render
from madoguchi.menus.drawing import colors, icons, words
from madoguchi.menus.models import Icon, Size
from madoguchi.menus.render import CellDesign, Design

THREE = Design(
    size=Size.SMALL,
    layout="small-3x1",
    locale="zh-hant",
    color="#2f6b4f",
    tabs=("門市", "線上購物"),
    active=0,
    cells=(CellDesign("我的銷售顧問", Icon.PERSON), CellDesign("附近門市", Icon.PIN), CellDesign("報修", Icon.REPAIR)),
)

LABELS = ["短", "這是一個長得不得了的標籤，一定會放不下的那一種", "Donaudampfschifffahrtsgesellschaft", "a b\nc"]


def picture(width: int, height: int, *, noisy: bool = False) -> bytes:
    buffer = io.BytesIO()
    if noisy:
        image = Image.frombytes("RGB", (width, height), random.Random(1).randbytes(width * height * 3))
    else:
        image = Image.new("RGB", (width, height), "#ff0000")
    image.save(buffer, "PNG")
    return buffer.getvalue()


def test_a_design_is_drawn_in_lines_size_and_is_always_the_same() -> None:
    one = render.render(THREE)
    render.render.cache_clear()
    other = render.render(replace(THREE))

    assert one == other
    with Image.open(io.BytesIO(one.data)) as image:
        assert (image.size, image.format) == ((2500, 843), "PNG")
    assert len(one.data) <= render.BYTES_MOST


@pytest.mark.parametrize(
    "changed",
    [
        {"active": 1},
        {"color": "#5a3d7a"},
        {"locale": "ja"},
        {"tabs": ("門市", "會員")},
        {"cells": (CellDesign("別的", Icon.PERSON),)},
        {"picture": b"something"},
    ],
)
def test_whatever_changes_the_look_changes_the_fingerprint(changed: dict[str, object]) -> None:
    assert replace(THREE, **changed).fingerprint() != THREE.fingerprint()  # type: ignore[arg-type] # one field each


def test_a_picture_that_cannot_be_made_small_as_png_becomes_jpeg() -> None:
    photo = picture(800, 270, noisy=True)

    made = render.render(replace(THREE, tabs=("門市",), picture=photo))

    assert made.content_type == "image/jpeg"
    assert len(made.data) <= render.BYTES_MOST


def test_a_cell_with_a_picture_shows_it_and_no_label() -> None:
    box = render.picture_box(Size.SMALL, "small-3x1", 2, 0)
    cells = (CellDesign("我的銷售顧問", Icon.PERSON, picture(box.width, box.height)), *THREE.cells[1:])

    drawn = render.draw(replace(THREE, cells=cells))

    assert drawn.getpixel((box.x + box.width // 2, box.y + box.height // 2)) == (255, 0, 0)


def test_an_empty_cell_is_left_out() -> None:
    drawn = render.draw(replace(THREE, cells=(CellDesign(""), *THREE.cells[1:])))
    box = layouts.cells("small-3x1", 2)[0]

    assert len(drawn.crop((box.x, box.y + 4, box.right - 20, box.bottom)).getcolors() or ()) == 1


@pytest.mark.parametrize("locale", ["zh-hant", "ja", "en"])
@pytest.mark.parametrize(
    "label", ["短", "這是一個長得不得了的標籤，一定會放不下的那一種", "Donaudampfschifffahrtsgesellschaft", "a b\nc"]
)
def test_words_never_leave_their_field(locale: str, label: str) -> None:
    setting = words.fitted(label, locale, width=400, height=180, largest=96, smallest=64)

    canvas = Image.new("RGB", (1000, 600), 0)

    words.draw(ImageDraw.Draw(canvas), setting, locale, middle=500, top=200, color=(255, 255, 255))
    left, upper, right, lower = canvas.getbbox() or (500, 300, 500, 300)
    assert 300 <= left <= right <= 700
    assert 200 <= upper <= lower <= 380
    assert setting.is_cut == any(line.endswith("…") for line in setting.lines)


def test_a_line_does_not_begin_with_a_closing_mark() -> None:
    setting = words.fitted("我的案件、進度。", "zh-hant", width=330, height=400, largest=64, smallest=64, lines_most=4)

    assert not any(line[0] in "、。" for line in setting.lines)


def test_too_long_words_are_named() -> None:
    long = CellDesign("一" * 60, Icon.PIN)

    assert render.cut_labels(replace(THREE, cells=(THREE.cells[0], long))) == [1]
    assert render.cut_tabs(replace(THREE, tabs=("門市", "一" * 60))) == [1]
    assert render.cut_labels(THREE) == render.cut_tabs(THREE) == []


def test_characters_have_the_forms_of_their_language() -> None:
    """The same code point is written in other ways in Taiwan and in Japan."""
    chinese = render.draw(replace(THREE, cells=(CellDesign("骨直"),)))
    japanese = render.draw(replace(THREE, cells=(CellDesign("骨直"),), locale="ja"))

    assert ImageChops.difference(chinese, japanese).getbbox() is not None


@pytest.mark.parametrize("color", ["#2f6b4f", "#ffd400", "#000000", "#ffffff", "#e11d48", "#7dd3fc"])
def test_whatever_the_brands_colour_everything_is_legible(color: str) -> None:
    made = colors.palette(color)

    assert colors.contrast(made.brand, colors.WHITE) >= 4.5
    assert colors.contrast(made.brand, made.tint) >= 4.5
    assert colors.contrast(made.brand, made.ground) >= 4.5
    assert colors.contrast(made.faint, made.strip) >= 4.5


@pytest.mark.parametrize("icon", list(Icon))
def test_every_icon_can_be_drawn(icon: Icon) -> None:
    mask = icons.mask(icon.value, 96)

    box = mask.getbbox()
    assert box is not None
    assert box[0] >= 0
    assert (box[2] - box[0]) > 48
