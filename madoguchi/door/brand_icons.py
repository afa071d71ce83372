"""A brand's square, drawn: one or two white letters on the brand's colour, for brands that have given us no icon.

LINE shows it as a circle beside each bubble (icon-nickname-switch: PNG, 1:1, at most 1 MB).
"""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from madoguchi.kit import fonts

PIXELS = 256
_SCALE = 2
"""Drawn larger and made smaller, for smooth edges."""


@lru_cache(maxsize=512)
def drawn(mark: str, color: str) -> bytes:
    """PNG. ``mark`` has one or two letters of any script, ``color`` is #rrggbb."""
    side = PIXELS * _SCALE
    image = Image.new("RGB", (side, side), color)
    font = ImageFont.truetype(fonts.bold(), side * (0.56 if len(mark) == 1 else 0.40))
    ImageDraw.Draw(image).text((side / 2, side / 2), mark, fill="#ffffff", font=font, anchor="mm")
    buffer = io.BytesIO()
    image.resize((PIXELS, PIXELS), Image.Resampling.LANCZOS).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
