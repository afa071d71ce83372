"""The picture of a menu's page, 2,500 pixels wide: a strip of tabs above cells with icon and label.

``Design`` is all that decides how it looks, so the picture need not be drawn to know whether it changed.
"""

from __future__ import annotations

import functools
import hashlib
import io
import json
from dataclasses import dataclass, field

from PIL import Image, ImageDraw, ImageOps

from madoguchi.menus import layouts
from madoguchi.menus.drawing import icons, words
from madoguchi.menus.drawing.colors import INK, RGB, WHITE, Palette, palette
from madoguchi.menus.layouts import Box
from madoguchi.menus.models import Size

EDITION = 1
"""Of this drawing: a higher one makes all menus new at the next publishing."""
BYTES_MOST = 1_000_000
"""LINE: 1 MB (upload-rich-menu-image)."""
PHONE_WIDTH = 390

_GAP = 22
_RADIUS = 40
_PADDING = 40
_SUPERSAMPLING = 4


@dataclass(frozen=True, slots=True)
class CellDesign:
    label: str
    icon: str = ""
    picture: bytes = field(default=b"", repr=False)
    """Fills the cell in place of both."""

    @property
    def is_empty(self) -> bool:
        return not (self.label or self.icon or self.picture)


@dataclass(frozen=True, slots=True)
class Design:
    """A page in one language."""

    size: Size
    layout: str
    locale: str
    color: str
    """#rrggbb"""
    tabs: tuple[str, ...]
    """Names of all tabs; with one there is no strip."""
    active: int
    """Which of them this is, from 0."""
    cells: tuple[CellDesign, ...]
    """As many as the layout has room for, or fewer."""
    picture: bytes = field(default=b"", repr=False)
    """Stands in place of all cells."""

    def fingerprint(self) -> str:
        """Two designs with the same one look the same."""
        cells = [[cell.label, cell.icon, _digest(cell.picture)] for cell in self.cells]
        facts = [EDITION, self.size, self.layout, self.locale, self.color, self.tabs, self.active, cells]
        return hashlib.sha256(json.dumps([*facts, _digest(self.picture)]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Rendered:
    data: bytes
    content_type: str


@functools.lru_cache(maxsize=16)
def render(design: Design) -> Rendered:
    """PNG, or JPEG where that would be too large; at most 1 MB, always the same bytes for the same design.

    The latest are kept: when LINE does not answer, the same pages are uploaded again shortly after.
    """
    return _encoded(draw(design))


def preview(design: Design, *, width: int = PHONE_WIDTH * 2) -> bytes:
    """A small PNG of the same picture, for screens."""
    image = draw(design)
    height = round(image.height * width / image.width)
    buffer = io.BytesIO()
    image.resize((width, height), Image.Resampling.LANCZOS).save(buffer, "PNG")
    return buffer.getvalue()


def draw(design: Design) -> Image.Image:
    colors = palette(design.color)
    image = Image.new("RGB", (design.size.width, design.size.height), colors.ground)
    canvas = ImageDraw.Draw(image)
    _draw_strip(image, canvas, design, colors)
    if design.picture:
        area = layouts.body(design.size, len(design.tabs))
        image.paste(_fitted(design.picture, area), area[:2])
        return image
    layout = layouts.LAYOUTS[design.layout]
    boxes = layouts.cells(design.layout, len(design.tabs))
    cards = [_card(box, design.size, len(design.tabs)) for box in boxes]
    labels = [_label(cell, card, design.locale) for cell, card in zip(design.cells, cards, strict=False)]
    for number, (cell, card) in enumerate(zip(design.cells, cards, strict=False)):
        beside = [label.height for label, other in zip(labels, cards, strict=False) if _in_one_row(card, other)]
        is_hero = layout.has_hero and number == 0
        if not cell.is_empty:
            _draw_cell(image, canvas, cell, card, labels[number], max(beside), design.locale, colors, is_hero)
    return image


def cut_labels(design: Design) -> list[int]:
    """Indexes of the cells whose label has no room even at the smallest size."""
    if design.picture:
        return []
    boxes = layouts.cells(design.layout, len(design.tabs))
    return [
        number
        for number, (cell, box) in enumerate(zip(design.cells, boxes, strict=False))
        if not cell.picture and _label(cell, _card(box, design.size, len(design.tabs)), design.locale).is_cut
    ]


def cut_tabs(design: Design) -> list[int]:
    """Indexes of the tabs whose name has no room."""
    strip = layouts.strip(design.size, len(design.tabs))
    return [n for n, (name, box) in enumerate(zip(design.tabs, strip, strict=False)) if _tab(name, box, design).is_cut]


def picture_box(size: Size, layout: str, tabs: int, index: int | None) -> Box:
    """What an uploaded picture has to fill: a cell, or (None) all below the strip of tabs."""
    if index is None:
        return layouts.body(size, tabs)
    return _card(layouts.cells(layout, tabs)[index], size, tabs)


# -- parts -------------------------------------------------------------------------------------------------------


def _draw_strip(image: Image.Image, canvas: ImageDraw.ImageDraw, design: Design, colors: Palette) -> None:
    """The present tab is one surface with the page below it."""
    boxes = layouts.strip(design.size, len(design.tabs))
    if not boxes:
        return
    canvas.rectangle((0, 0, design.size.width, boxes[0].bottom - 1), fill=colors.strip)
    for number, (box, name) in enumerate(zip(boxes, design.tabs, strict=True)):
        is_here = number == design.active
        setting = _tab(name, box, design)
        if is_here:
            raised = Box(box.x, _GAP, box.width, box.height - _GAP + _RADIUS)
            _paste_rounded(image, raised, colors.ground, visible=box.height - _GAP)
            mark = round(box.width * 0.16)
            middle = box.x + box.width // 2
            _paste_rounded(image, Box(middle - mark // 2, box.bottom - 20, mark, 14), colors.brand, radius=7)
        words.draw(
            canvas,
            setting,
            design.locale,
            middle=box.x + box.width // 2,
            top=box.y + (box.height - setting.height) // 2 + (_GAP // 3 if is_here else 0),
            color=colors.brand if is_here else colors.faint,
        )


def _draw_cell(
    image: Image.Image,
    canvas: ImageDraw.ImageDraw,
    cell: CellDesign,
    card: Box,
    setting: words.Setting,
    label_height: int,
    locale: str,
    colors: Palette,
    is_hero: bool,
) -> None:
    """``label_height``: of the highest label in the row, so that the icons of a row stand at one height."""
    if cell.picture:
        image.paste(_fitted(cell.picture, card), card[:2], _rounded((card.width, card.height), _RADIUS))
        return
    _paste_rounded(image, card, colors.brand if is_hero else WHITE)
    ink, tint = (WHITE, _lighter(colors.brand)) if is_hero else (INK, colors.tint)
    disc = _disc(card) if cell.icon else 0
    space = round(disc * 0.2) if cell.icon and cell.label else 0
    height = disc + space + (label_height if cell.label else 0)
    middle, top = card.x + card.width // 2, card.y + (card.height - height) // 2
    if cell.icon:
        _paste_rounded(image, Box(middle - disc // 2, top, disc, disc), tint, radius=disc // 2)
        pixels = round(disc * 0.54)
        at = (middle - pixels // 2, top + (disc - pixels) // 2)
        image.paste(WHITE if is_hero else colors.brand, at, icons.mask(cell.icon, pixels))
    if cell.label:
        words.draw(canvas, setting, locale, middle=middle, top=top + disc + space, color=ink)


def _in_one_row(card: Box, other: Box) -> bool:
    return (card.y, card.height) == (other.y, other.height)


def _card(box: Box, size: Size, tabs: int) -> Box:
    """The cell without its half of the gaps; whole gaps along the picture's edges."""
    left, right = (_GAP if box.x == 0 else _GAP // 2), (_GAP if box.right == size.width else _GAP // 2)
    first = layouts.body(size, tabs).y
    upper, lower = (_GAP if box.y == first else _GAP // 2), (_GAP if box.bottom == size.height else _GAP // 2)
    return Box(box.x + left, box.y + upper, box.width - left - right, box.height - upper - lower)


def _disc(card: Box) -> int:
    return min(300, round(card.height * 0.44), round(card.width * 0.5))


def _label(cell: CellDesign, card: Box, locale: str) -> words.Setting:
    disc = round(_disc(card) * 1.2) if cell.icon else 0
    room = card.height - disc - _PADDING
    is_large = card.width > 1000 and card.height > 600
    return words.fitted(
        cell.label,
        locale,
        width=card.width - 2 * _PADDING,
        height=room,
        largest=128 if is_large else 96,
        smallest=64,
        lines_most=3 if is_large else 2,
    )


def _tab(name: str, box: Box, design: Design) -> words.Setting:
    largest = 92 if design.size is Size.LARGE else 72
    return words.fitted(
        name,
        design.locale,
        width=box.width - 2 * _PADDING,
        height=box.height,
        largest=largest,
        smallest=60,
        lines_most=1,
    )


def _lighter(color: RGB) -> RGB:
    """A disc on a field of the brand's colour; white lines on it stay legible, for it is only a touch lighter."""
    red, green, blue = (min(255, round(part * 0.86 + 255 * 0.14)) for part in color)
    return red, green, blue


# -- surfaces ----------------------------------------------------------------------------------------------------


def _paste_rounded(
    image: Image.Image, box: Box, color: RGB, *, radius: int = _RADIUS, visible: int | None = None
) -> None:
    mask = _rounded((box.width, box.height), radius)
    if visible is not None:
        mask = mask.crop((0, 0, box.width, visible))
    image.paste(color, (box.x, box.y, box.x + mask.width, box.y + mask.height), mask)


def _rounded(size: tuple[int, int], radius: int) -> Image.Image:
    """Mode L. Only the corners are drawn large and made smaller: the rest has no edges to smooth."""
    width, height = size
    radius = min(radius, width // 2, height // 2)
    mask = Image.new("L", size, 255)
    circle = _circle(radius)
    for right in (0, 1):
        for below in (0, 1):
            corner = circle.crop((right * radius, below * radius, (right + 1) * radius, (below + 1) * radius))
            mask.paste(corner, (right * (width - radius), below * (height - radius)))
    return mask


@functools.lru_cache(maxsize=64)
def _circle(radius: int) -> Image.Image:
    """Mode L, smooth; never written to."""
    large = Image.new("L", (2 * radius * _SUPERSAMPLING,) * 2, 0)
    ImageDraw.Draw(large).ellipse((0, 0, large.width - 1, large.height - 1), fill=255)
    return large.resize((2 * radius, 2 * radius), Image.Resampling.LANCZOS)


def _fitted(picture: bytes, box: Box) -> Image.Image:
    """Covers the box; what stands out on two sides is left away."""
    with Image.open(io.BytesIO(picture)) as image:
        return ImageOps.fit(image.convert("RGB"), (box.width, box.height), Image.Resampling.LANCZOS)


def _encoded(image: Image.Image) -> Rendered:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=6)
    if buffer.tell() <= BYTES_MOST:
        return Rendered(buffer.getvalue(), "image/png")
    for quality in range(92, 0, -6):
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=quality, optimize=True, progressive=True)
        if buffer.tell() <= BYTES_MOST:
            break
    return Rendered(buffer.getvalue(), "image/jpeg")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest() if data else ""
