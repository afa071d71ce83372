"""Pictures as LINE and browsers can show them, made with Pillow.

Nothing is decoded before its dimensions are known: a small file can claim to be a very large picture. What staff send
loses everything that is not picture (the place where it was taken, the camera), and is turned upright.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageOps

from madoguchi.channels.errors import FileRefused
from madoguchi.channels.line import limits

PIXELS_MAX = 40_000_000
"""Decoded at once, 160 MB of memory at most. A larger JPEG is decoded at a fraction of its size."""
CLAIMED_PIXELS_MAX = 400_000_000
PREVIEW_PIXELS = 720
"""Longer side of a preview."""
SENT_PIXELS = 4_096
"""Longer side of a picture that had to be made anew: more than any phone shows."""
_READABLE = ["JPEG", "PNG", "WEBP", "GIF", "AVIF", "BMP", "TIFF"]
_METADATA = {"exif", "xmp", "XML:com.adobe.xmp", "photoshop", "comment", "Software", "Raw profile type exif"}

Image.MAX_IMAGE_PIXELS = None  # Pillow would only warn; ``_open`` refuses


@dataclass(frozen=True, slots=True)
class Size:
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Made:
    """A picture ready to be written: its bytes, their type, its size."""

    data: bytes
    content_type: str
    suffix: str
    size: Size


def sendable(path: Path) -> Made:
    """JPEG or PNG of at most LINE's size, without metadata. Raises FileRefused."""
    with _open(path) as image:
        is_plain = image.format in ("JPEG", "PNG") and not _METADATA & image.info.keys()
        if is_plain and path.stat().st_size <= limits.IMAGE_BYTES:
            suffix, kind = (".jpg", "image/jpeg") if image.format == "JPEG" else (".png", "image/png")
            return Made(path.read_bytes(), kind, suffix, Size(*image.size))
        upright = _upright(image, SENT_PIXELS)
        if image.format in ("PNG", "WEBP", "GIF", "AVIF") and _is_transparent(upright):
            made = _png(upright)
            if len(made.data) <= limits.IMAGE_BYTES:
                return made
        return _jpeg_below(upright, limits.IMAGE_BYTES, quality=90)


def preview(path: Path) -> Made:
    """A small JPEG. Raises FileRefused when the file is no picture that we can read."""
    with _open(path) as image:
        return _jpeg_below(_upright(image, PREVIEW_PIXELS), limits.PREVIEW_BYTES, quality=82)


def size_of(path: Path) -> Size:
    """As it is shown: upright."""
    with _open(path) as image:
        width, height = image.size
        is_turned = image.getexif().get(0x0112, 1) >= 5  # the EXIF tag Orientation: 5 to 8 are turned by a quarter
        return Size(height, width) if is_turned else Size(width, height)


def video_preview() -> Made:
    """What stands for a video until it is played: a dark field with a triangle. We cannot decode videos."""
    width, height, scale = 960, 540, 2
    image = Image.new("RGB", (width * scale, height * scale), "#22262e")
    draw = ImageDraw.Draw(image)
    x, y, radius = width * scale // 2, height * scale // 2, 72 * scale
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill="#3a404c")
    half = radius // 2
    draw.polygon([(x - half * 3 // 4, y - half), (x - half * 3 // 4, y + half), (x + half, y)], fill="#ffffff")
    return _jpeg_below(image.resize((width, height), Image.Resampling.LANCZOS), limits.PREVIEW_BYTES, quality=85)


def _open(path: Path | IO[bytes]) -> Image.Image:
    try:
        image = Image.open(path, formats=_READABLE)
    except (OSError, ValueError, SyntaxError) as error:
        raise FileRefused(_("This picture cannot be read. Send it as JPEG or PNG.")) from error
    width, height = image.size
    if image.format == "JPEG":
        image.draft(None, (SENT_PIXELS, SENT_PIXELS))  # decodes at 1/2, 1/4 or 1/8, never below this
    decoded = image.size[0] * image.size[1]
    if width * height > CLAIMED_PIXELS_MAX or decoded > PIXELS_MAX:
        image.close()
        raise FileRefused(
            _("This picture has %(millions)d million pixels; at most %(limit)d million can be sent.")
            % {"millions": width * height // 1_000_000, "limit": PIXELS_MAX // 1_000_000}
        )
    return image


def _upright(image: Image.Image, longest: int) -> Image.Image:
    try:
        turned = ImageOps.exif_transpose(image)
        turned.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    except (OSError, ValueError, SyntaxError) as error:
        raise FileRefused(_("This picture is damaged.")) from error
    return turned


def _is_transparent(image: Image.Image) -> bool:
    return image.has_transparency_data


def _png(image: Image.Image) -> Made:
    buffer = io.BytesIO()
    image.convert("RGBA").save(buffer, "PNG", optimize=True, exif=b"")
    return Made(buffer.getvalue(), "image/png", ".png", Size(*image.size))


def _jpeg_below(image: Image.Image, bytes_max: int, *, quality: int) -> Made:
    """On white where it was transparent; smaller and smaller until it fits."""
    if _is_transparent(image):
        with_alpha = image.convert("RGBA")
        flat = Image.new("RGB", image.size, "white")
        flat.paste(with_alpha, mask=with_alpha)
    else:
        flat = image.convert("RGB")
    while True:
        buffer = io.BytesIO()
        flat.save(buffer, "JPEG", quality=quality, optimize=True, progressive=True, exif=b"")
        if buffer.tell() <= bytes_max:
            return Made(buffer.getvalue(), "image/jpeg", ".jpg", Size(*flat.size))
        flat = flat.resize((max(1, flat.width * 3 // 4), max(1, flat.height * 3 // 4)), Image.Resampling.LANCZOS)
