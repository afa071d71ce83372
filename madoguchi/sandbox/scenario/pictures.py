"""Simple, pleasant pictures of what customers photograph: drawn by us, the same in every load."""

from __future__ import annotations

import io
import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 600, 450
_SCALE = 2
_VARIANTS = 3
_GROUNDS = ("#e9e2d6", "#dfe6e4", "#e4dfe8", "#e8e4d4", "#dbe3ea", "#efe3dc")
_INKS = ("#3d5a99", "#2f7d4f", "#a34a28", "#6a3fa0", "#1f6f9c", "#8a4b5e")


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG."""

    name: str
    data: bytes
    width: int = WIDTH
    height: int = HEIGHT


def picture(which: str, dice: random.Random) -> Picture:
    return _draw(which, dice.randrange(_VARIANTS))


class _Sheet:
    """Drawing in percent of the picture, on twice the size, so that edges come out smooth."""

    def __init__(self, ground: str, ink: str, dice: random.Random) -> None:
        self.ink, self.dice = ink, dice
        self.image = Image.new("RGB", (WIDTH * _SCALE, HEIGHT * _SCALE), ground)
        self._draw = ImageDraw.Draw(self.image)

    def at(self, x: float, y: float) -> tuple[float, float]:
        return x * WIDTH * _SCALE / 100, y * HEIGHT * _SCALE / 100

    def box(self, x1: float, y1: float, x2: float, y2: float, fill: str, *, round_: float = 2, line: str = "") -> None:
        self._draw.rounded_rectangle(
            (*self.at(x1, y1), *self.at(x2, y2)), round_ * 14 * _SCALE / 2, fill=fill, outline=line or None, width=6
        )

    def disc(self, x: float, y: float, radius: float, fill: str, *, line: str = "") -> None:
        (cx, cy), r = self.at(x, y), radius * WIDTH * _SCALE / 100
        self._draw.ellipse((cx - r, cy - r, cx + r, cy + r), fill=fill, outline=line or None, width=8)

    def line(self, *points: float, fill: str, width: float = 1) -> None:
        pairs = [self.at(points[i], points[i + 1]) for i in range(0, len(points), 2)]
        self._draw.line(pairs, fill=fill, width=round(width * 10 * _SCALE / 2), joint="curve")

    def shape(self, *points: float, fill: str) -> None:
        self._draw.polygon([self.at(points[i], points[i + 1]) for i in range(0, len(points), 2)], fill=fill)

    def table(self) -> None:
        """A surface that things stand on, and their soft shadow."""
        self.box(-5, 72, 105, 105, _mix(self.image.getpixel((4, 4)), 0.9), round_=0)

    def bars(self, x1: float, y: float, x2: float, rows: int, fill: str) -> None:
        """Stands for lines of print."""
        for row in range(rows):
            end = x2 - self.dice.random() * (x2 - x1) * 0.45
            self.box(x1, y + row * 5, end, y + row * 5 + 2.2, fill, round_=0.5)


def _mix(color: object, factor: float) -> str:
    red, green, blue = color if isinstance(color, tuple) else (200, 200, 200)
    return f"#{int(red * factor):02x}{int(green * factor):02x}{int(blue * factor):02x}"


def _label(s: _Sheet) -> None:
    s.box(18, 20, 82, 80, "#f7f7f4", line="#c9c6bd")
    s.bars(24, 28, 60, 4, "#8d8a84")
    x = 24.0
    while x < 74:
        width = s.dice.choice((0.5, 0.9, 1.4))
        s.box(x, 54, x + width, 70, "#2b2b2b", round_=0)
        x += width + s.dice.choice((0.5, 0.9))
    s.box(64, 27, 76, 43, s.ink, round_=1)


def _machine(s: _Sheet) -> None:
    s.table()
    s.box(36, 18, 64, 80, "#fbfbfa", line="#d3d0c9")
    s.disc(50, 34, 8, s.ink)
    s.disc(50, 34, 4, "#ffffff")
    for y in range(50, 74, 4):
        s.box(41, y, 59, y + 1.4, "#cfccc4", round_=0.5)


def _fault(s: _Sheet) -> None:
    _machine(s)
    s.disc(50, 34, 8, "#c0392b")
    s.line(47, 30, 53, 38, fill="#ffffff", width=1.2)
    s.line(53, 30, 47, 38, fill="#ffffff", width=1.2)


def _filter(s: _Sheet) -> None:
    s.table()
    s.box(26, 22, 74, 76, "#8b857b", line="#6f6a61", round_=1)
    for x in range(29, 72, 3):
        s.line(x, 25, x, 73, fill=("#a49d92", "#5d584f")[x % 2], width=0.8)
    for _ in range(60):
        s.disc(s.dice.uniform(28, 72), s.dice.uniform(25, 73), s.dice.uniform(0.2, 0.9), "#4a463f")


def _gift(s: _Sheet) -> None:
    s.table()
    s.box(30, 34, 70, 80, s.ink, round_=0.5)
    s.box(47, 34, 53, 80, "#f4e7c8", round_=0)
    s.box(30, 52, 70, 58, "#f4e7c8", round_=0)
    for side in (-1, 1):
        s.shape(50, 34, 50 + side * 12, 20, 50 + side * 14, 33, fill="#f4e7c8")


def _box(s: _Sheet) -> None:
    s.table()
    s.shape(24, 40, 50, 30, 76, 40, 50, 50, fill="#d9b98a")
    s.shape(24, 40, 50, 50, 50, 84, 24, 74, fill="#c69f6a")
    s.shape(76, 40, 50, 50, 50, 84, 76, 74, fill="#b58e5b")
    s.shape(36, 35.5, 62, 45.4, 66, 43.8, 40, 34, fill="#efe0c4")


def _scratch(s: _Sheet) -> None:
    _machine(s)
    s.line(40, 44, 47, 49, 45, 52, 58, 60, fill="#6b665d", width=0.9)


def _shelf(s: _Sheet) -> None:
    for y in (38, 78):
        s.box(0, y, 100, y + 3, "#a58e70", round_=0)
        x = 8.0
        while x < 88:
            width, tall = s.dice.uniform(8, 14), s.dice.uniform(16, 28)
            s.box(x, y - tall, x + width, y, s.dice.choice((*_INKS, "#f6f3ec", "#f6f3ec")), round_=1)
            x += width + 3


def _watch(s: _Sheet) -> None:
    s.box(44, -2, 56, 102, "#6b4a33", round_=1)
    s.disc(50, 50, 19, "#d8d5cd", line="#9a968c")
    s.disc(50, 50, 15, "#fdfdfb")
    for hour in range(12):
        angle = hour * math.pi / 6
        s.disc(50 + 12 * math.sin(angle), 50 - 16 * math.cos(angle), 0.7, "#3b3b3b")
    s.line(50, 50, 50, 38, fill="#2b2b2b", width=1)
    s.line(50, 50, 57, 55, fill="#2b2b2b", width=0.8)


def _food(s: _Sheet) -> None:
    s.disc(50, 52, 30, "#fbfaf6", line="#d9d5ca")
    s.disc(50, 52, 20, "#c98a3d")
    for _ in range(24):
        color = s.dice.choice(("#e3ad5b", "#7a9a4b", "#b5672d"))
        s.disc(s.dice.uniform(38, 62), s.dice.uniform(36, 68), s.dice.uniform(0.8, 2), color)


def _pet(s: _Sheet) -> None:
    s.table()
    fur = s.dice.choice(("#d79b52", "#6c6a68", "#efe7da"))
    s.disc(50, 76, 20, fur)
    s.shape(36, 38, 38, 20, 47, 32, fill=fur)
    s.shape(64, 38, 62, 20, 53, 32, fill=fur)
    s.disc(50, 45, 14.5, fur)
    for x in (44.5, 55.5):
        s.disc(x, 43, 2.1, "#2d2a26")
        s.disc(x + 0.6, 42, 0.6, "#ffffff")
    s.disc(50, 50, 1.3, "#b3636b")


def _screen(s: _Sheet) -> None:
    s.box(32, 4, 68, 96, "#22252b", round_=4)
    s.box(34, 9, 66, 91, "#ffffff", round_=1)
    s.box(37, 16, 63, 30, "#eef0f4", round_=1)
    s.bars(40, 20, 60, 2, "#a3a8b3")
    s.box(37, 36, 63, 46, "#fdecea", round_=1)
    s.bars(40, 39, 62, 1, "#c0392b")
    s.bars(38, 54, 62, 4, "#c9cdd6")
    s.box(37, 79, 63, 87, "#b7bcc8", round_=1)


def _pipe(s: _Sheet) -> None:
    s.box(8, 6, 92, 94, "#efece5", line="#bdb8ac")
    s.line(30, 6, 30, 50, 62, 50, 62, 94, fill="#9aa3aa", width=4)
    s.line(72, 6, 72, 60, fill="#c7ccd0", width=2.6)
    s.box(66, 60, 78, 66, s.ink, round_=1)


def _lotion(s: _Sheet) -> None:
    s.table()
    s.box(40, 36, 60, 82, s.ink)
    s.box(45, 24, 55, 36, "#f5f1e8", round_=0.5)
    s.box(43, 50, 57, 66, "#ffffff", round_=0.5)
    s.bars(45, 54, 55, 2, "#9b968c")


def _plush(s: _Sheet) -> None:
    s.box(10, 24, 90, 92, "#f3e7dd", round_=4)
    s.disc(50, 48, 15, "#e8c9a8")
    for x in (38, 62):
        s.disc(x, 34, 5, "#e8c9a8")
    for x in (45, 55):
        s.disc(x, 46, 1.4, "#4a3a2c")
    s.disc(50, 52, 1.6, "#4a3a2c")
    s.box(18, 66, 82, 96, s.ink, round_=4)


def _wheel(s: _Sheet) -> None:
    s.box(20, -4, 80, 46, s.ink, round_=3)
    for x in range(28, 76, 8):
        s.line(x, 2, x, 40, fill="#ffffff", width=0.6)
    s.box(46, 46, 54, 56, "#55585e", round_=0.5)
    s.disc(50, 68, 13, "#2c2f34")
    s.disc(50, 68, 5, "#8c9096")
    s.line(44, 60, 56, 78, fill="#d9d5cc", width=0.8)


def _pen(s: _Sheet) -> None:
    s.box(8, 10, 92, 90, "#fdfcf7", round_=0.5)
    for y in range(24, 86, 10):
        s.line(14, y, 86, y, fill="#dfe3ea", width=0.3)
    s.line(28, 74, 62, 36, fill=s.ink, width=4)
    s.line(62, 36, 72, 25, fill="#c9a24b", width=3)
    s.line(24, 79, 28, 74, fill="#c9a24b", width=1.6)


def _glasses(s: _Sheet) -> None:
    s.table()
    for x in (34, 66):
        s.disc(x, 52, 14, "#eef3f5", line=s.ink)
    s.line(46, 50, 50, 47, 54, 50, fill=s.ink, width=1.4)
    s.line(28, 44, 38, 56, fill="#9fb0b8", width=0.6)


_DRAWINGS: dict[str, Callable[[_Sheet], None]] = {
    "serial": _label, "fault": _fault, "filter": _filter, "wrap": _gift, "box": _box, "scratch": _scratch,
    "stock": _shelf, "product": _machine, "old": _machine, "watch": _watch, "engrave": _pen, "pen": _pen, "food": _food,
    "pet": _pet, "screen": _screen, "sink": _pipe, "guide": _pipe, "skin": _lotion, "baby": _plush, "seat": _plush,
    "crack": _scratch, "lens": _glasses, "wheel": _wheel,
}  # fmt: skip


@cache
def _draw(which: str, variant: int) -> Picture:
    dice = random.Random(f"{which}/{variant}")
    sheet = _Sheet(dice.choice(_GROUNDS), dice.choice(_INKS), dice)
    _DRAWINGS[which](sheet)
    small = sheet.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=80)
    return Picture(f"{which}-{variant + 1}", buffer.getvalue())
