"""Small real files for tests."""

from __future__ import annotations

import io
import struct

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def upload(data: bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def picture(size: tuple[int, int] = (64, 48), *, mode: str = "RGB", colour: str = "#2f6b4f") -> Image.Image:
    return Image.new(mode, size, colour)


def jpeg(size: tuple[int, int] = (64, 48), *, orientation: int | None = None, place: bool = False) -> bytes:
    """``place``: with the coordinates where it was taken."""
    exif = Image.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    if place:
        exif.get_ifd(0x8825).update({1: "N", 2: (25.0, 2.0, 1.5), 3: "E", 4: (121.0, 33.0, 58.0)})
    buffer = io.BytesIO()
    metadata = {"exif": exif} if orientation is not None or place else {}
    picture(size).save(buffer, "JPEG", **metadata)
    return buffer.getvalue()


def encoded(image: Image.Image, kind: str) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


def mp4(seconds: int = 1) -> bytes:
    """The beginning of an MP4 file: enough to be recognised, nothing to be seen."""
    kind = struct.pack(">I4s4sI4s4s", 24, b"ftyp", b"isom", 512, b"isom", b"mp42")
    return kind + struct.pack(">I4s", 8 + 1000 * seconds, b"mdat") + b"\x00" * 1000 * seconds
