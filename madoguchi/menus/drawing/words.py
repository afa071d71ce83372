"""Words in a field: broken into lines as the language wants it, smaller when they do not fit, never beyond the edge."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import ImageDraw, ImageFont

from madoguchi.kit import fonts
from madoguchi.menus.drawing.colors import RGB

LINE_HEIGHT = 1.28
ELLIPSIS = "…"
_LANGUAGES = {"zh-hant": "zh-Hant", "zh-hans": "zh-Hans", "ja": "ja", "en": "en"}
"""As OpenType wants them: the same character has other forms in other languages."""
_NOT_FIRST = "、。，．・：；？！」』）〕】》〉ー々ゝゞぁぃぅぇぉっゃゅょァィゥェォッャュョ,.:;?!)]}％%"
_NOT_LAST = "「『（〔【《〈([{"
_PIECE = re.compile(r"[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+\s*|.", re.DOTALL)
"""A word with the space after it, or one character of those that may stand anywhere."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Words as they will be drawn."""

    lines: tuple[str, ...]
    points: int
    is_cut: bool
    """Even at the smallest size there was not enough room."""

    @property
    def height(self) -> int:
        return round(len(self.lines) * self.points * LINE_HEIGHT)


def fitted(
    words: str, locale: str, *, width: int, height: int, largest: int, smallest: int, lines_most: int = 2
) -> Setting:
    """The largest size at which the words fit; at the smallest they are cut off, with an ellipsis."""
    for points in range(largest, smallest - 1, -4):
        lines = _broken(words, points, locale, width)
        is_inside = all(_length(line, points, locale) <= width for line in lines)
        if is_inside and len(lines) <= lines_most and len(lines) * points * LINE_HEIGHT <= height:
            return Setting(lines, points, is_cut=False)
    room = max(1, min(lines_most, int(height / (smallest * LINE_HEIGHT))))
    lines = tuple(_cut(line, smallest, locale, width) for line in _broken(words, smallest, locale, width))
    if len(lines) > room:
        lines = (*lines[: room - 1], _cut(lines[room - 1] + ELLIPSIS, smallest, locale, width))
    return Setting(lines, smallest, is_cut=True)


def draw(canvas: ImageDraw.ImageDraw, setting: Setting, locale: str, *, middle: int, top: int, color: RGB) -> None:
    """Centred lines, the first beginning at ``top``."""
    font, language = _font(setting.points), _LANGUAGES.get(locale, locale)
    for number, line in enumerate(setting.lines):
        y = top + (number + 0.5) * setting.points * LINE_HEIGHT
        canvas.text((middle, y), line, fill=color, font=font, anchor="mm", language=language)


def _broken(words: str, points: int, locale: str, width: int) -> tuple[str, ...]:
    """Where the words say so, and where they must; even lines rather than a full one and a remainder."""
    lines: list[str] = []
    for paragraph in words.splitlines() or [""]:
        filled = list(_filled(paragraph, points, locale, width))
        if len(filled) > 1:
            total = _length(paragraph, points, locale)
            for share in (1.04, 1.12, 1.2, 1.3):
                even = list(_filled(paragraph, points, locale, min(width, int(total / len(filled) * share))))
                if len(even) == len(filled):
                    filled = even
                    break
        lines += filled
    return tuple(lines)


def _filled(paragraph: str, points: int, locale: str, width: int) -> Iterator[str]:
    line = ""
    for piece in _pieces(paragraph):
        if line and _length((line + piece).rstrip(), points, locale) > width:
            yield line.rstrip()
            line = piece
        else:
            line += piece
    yield line.rstrip()


def _pieces(paragraph: str) -> Iterator[str]:
    """What must not be torn apart; closing marks stay with what is before them, opening marks with what follows."""
    held = ""
    for piece in _PIECE.findall(paragraph):
        if held and (piece[0] in _NOT_FIRST or held[-1] in _NOT_LAST):
            held += piece
            continue
        if held:
            yield held
        held = piece
    if held:
        yield held


def _cut(line: str, points: int, locale: str, width: int) -> str:
    if _length(line, points, locale) <= width:
        return line
    while line and _length(line.rstrip(ELLIPSIS) + ELLIPSIS, points, locale) > width:
        line = line.rstrip(ELLIPSIS)[:-1]
    return line.rstrip(ELLIPSIS).rstrip() + ELLIPSIS


@functools.lru_cache(maxsize=4096)
def _length(line: str, points: int, locale: str) -> float:
    return _font(points).getlength(line, language=_LANGUAGES.get(locale, locale))


@functools.lru_cache(maxsize=64)
def _font(points: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(fonts.bold(), points)
