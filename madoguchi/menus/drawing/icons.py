"""Icons of the lucide set as masks: drawn as lines at four times their size and made smaller, which smooths them."""

from __future__ import annotations

import functools
import io
import zipfile
from importlib.resources import files

from PIL import Image, ImageDraw

from madoguchi.menus.drawing import paths

BOX = 24
STROKE = 1.75
"""In units of the box; the set itself has 2, which looks heavy at this size."""
_SUPERSAMPLING = 4


@functools.lru_cache(maxsize=256)
def mask(name: str, pixels: int) -> Image.Image:
    """Mode L, square; white where the icon is. Raises KeyError for a name that is not in the set."""
    scale = pixels * _SUPERSAMPLING / BOX
    image = Image.new("L", (pixels * _SUPERSAMPLING, pixels * _SUPERSAMPLING), 0)
    draw = ImageDraw.Draw(image)
    width = STROKE * scale
    for line in _lines(name):
        points = [(x * scale, y * scale) for x, y in line]
        draw.line(points, fill=255, width=round(width))
        for x, y in points:  # round ends and joins
            draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=255)
    return image.resize((pixels, pixels), Image.Resampling.LANCZOS)


@functools.cache
def _lines(name: str) -> list[paths.Line]:
    return paths.lines(_archive().read(f"{name}.svg").decode())


@functools.cache
def _archive() -> zipfile.ZipFile:
    """Held open in memory: reading its list of 1,700 files takes longer than drawing an icon."""
    return zipfile.ZipFile(io.BytesIO(files("lucide").joinpath("lucide.zip").read_bytes()))
