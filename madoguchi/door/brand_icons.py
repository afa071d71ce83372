"""A brand's square, drawn: one or two white letters on the brand's colour, for brands that have given us no icon.

LINE shows it as a circle beside each bubble (icon-nickname-switch: PNG, 1:1, at most 1 MB).
"""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

PIXELS = 256
_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")
_CJK_FONTS = (
    "NotoSansCJK-Bold.ttc",
    "NotoSansCJK-Medium.ttc",
    "NotoSansCJK-Regular.ttc",
    "NotoSerifCJK-Bold.ttc",
    "wqy-zenhei.ttc",
)
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@lru_cache(maxsize=512)
def drawn(mark: str, color: str, code: str) -> bytes:
    """PNG. ``code`` gives the letter when the machine has no font for the mark."""
    letters = mark
    if not mark.isascii() and _cjk_font_file() is None:
        letters = next((character.upper() for character in code if character.isalnum()), "")
    scale = 2
    image = Image.new("RGB", (PIXELS * scale, PIXELS * scale), color)
    if letters:
        points = PIXELS * scale * (0.56 if len(letters) == 1 else 0.40)
        middle = PIXELS * scale / 2
        ImageDraw.Draw(image).text((middle, middle), letters, fill="#ffffff", font=_font(letters, points), anchor="mm")
    buffer = io.BytesIO()
    image.resize((PIXELS, PIXELS), Image.Resampling.LANCZOS).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _font(letters: str, points: float) -> Font:
    file = None if letters.isascii() else _cjk_font_file()
    return ImageFont.truetype(file, points) if file else ImageFont.load_default(points)


@lru_cache(maxsize=1)
def _cjk_font_file() -> Path | None:
    found = {path.name: path for folder in _FONT_FOLDERS for path in Path(folder).rglob("*.tt[cf]")}
    return next((found[name] for name in _CJK_FONTS if name in found), None)
