"""The product's mark, a window in two panes, drawn as a PNG: no picture files to keep in step with the colours."""

from __future__ import annotations

import io
from functools import cache

from PIL import Image, ImageDraw

_ACCENT, _LINES = "#3850a5", "#ffffff"
_OVERSAMPLING = 4


@cache
def app_icon(size: int, *, maskable: bool) -> bytes:
    """A square PNG. Maskable: filled to the edge, the mark within the safe zone (w3.org/TR/appmanifest, icon masks)."""
    edge = size * _OVERSAMPLING
    image = Image.new("RGBA", (edge, edge))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, edge - 1, edge - 1), radius=0 if maskable else edge * 0.24, fill=_ACCENT)
    unit = edge * (0.5 if maskable else 0.62) / 24
    left, top = edge / 2 - 12 * unit, edge / 2 - 12 * unit
    width = round(1.7 * unit)

    def at(x: float, y: float) -> tuple[float, float]:
        return left + x * unit, top + y * unit

    pen.rounded_rectangle((*at(4, 3.5), *at(20, 20.5)), radius=2.5 * unit, outline=_LINES, width=width)
    pen.line((*at(4, 11), *at(20, 11)), fill=_LINES, width=width)
    pen.line((*at(12, 11), *at(12, 20.5)), fill=_LINES, width=width)
    file = io.BytesIO()
    image.resize((size, size), Image.Resampling.LANCZOS).save(file, "PNG", optimize=True)
    return file.getvalue()
