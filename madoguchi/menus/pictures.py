"""Pictures that people bring for a cell or a whole tab: looked at by content, or refused with what is wrong.

What is kept has the size it is shown in and nothing that is not picture: no place, no camera.
"""

from __future__ import annotations

import hashlib
import io
from typing import IO

from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from madoguchi.kit.errors import Invalid
from madoguchi.menus import access
from madoguchi.menus.layouts import Box
from madoguchi.menus.models import Menu, Picture
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission

BYTES_MOST = 10_000_000
"""Of an upload; what goes to LINE is drawn anew and made small enough."""
PIXELS_MOST = 40_000_000
RATIO_TOLERANCE = 0.04
"""What is cut off at the edges for so small a difference nobody sees."""
ENLARGED_MOST = 2.0
"""A picture that would have to be made larger than this looks blurred on a phone."""


class PictureRefused(Invalid):
    """The message says what is wrong and what would be right."""


def keep(*, by: Staff, menu_id: int, name: str, file: IO[bytes], box: Box) -> Picture:
    """A picture for ``box`` (``render.picture_box``); the same picture again is the same row.

    Raises NotFound, NotAllowed, PictureRefused.
    """
    content, image = _read(file, box)
    with transaction.atomic():
        menu = access.lock(by, menu_id, Permission.MENU_EDIT)
        return _kept(menu, by, name, content, image.size)


def _kept(menu: Menu, by: Staff, name: str, content: bytes, size: tuple[int, int]) -> Picture:
    digest = hashlib.sha256(content).hexdigest()
    fields = {"name": name[:120], "content": content, "width": size[0], "height": size[1], "by": by}
    return Picture.objects.get_or_create(menu=menu, sha256=digest, defaults=fields)[0]


def _read(file: IO[bytes], box: Box) -> tuple[bytes, Image.Image]:
    data = file.read(BYTES_MOST + 1)
    if len(data) > BYTES_MOST:
        limit = filesizeformat(BYTES_MOST)
        raise PictureRefused(_("The picture is too large: at most {limit} can be uploaded.").format(limit=limit))
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as image:
            _refuse_size(image)
            upright = ImageOps.exif_transpose(image)
            _refuse_shape(upright, box)
            shown = _flat(upright)
    except (OSError, ValueError, SyntaxError) as error:
        raise PictureRefused(_("This picture cannot be read. Use a JPEG, PNG or WebP file.")) from error
    shown.thumbnail((box.width, box.height), Image.Resampling.LANCZOS)
    return _encoded(shown), shown


def _refuse_size(image: Image.Image) -> None:
    """Before anything is decoded: a small file can claim to be a very large picture."""
    if image.width * image.height > PIXELS_MOST:
        raise PictureRefused(
            _("The picture has {millions} million pixels; at most {limit} million can be used.").format(
                millions=image.width * image.height // 1_000_000, limit=PIXELS_MOST // 1_000_000
            )
        )


def _refuse_shape(image: Image.Image, box: Box) -> None:
    sizes = {"width": box.width, "height": box.height, "own_width": image.width, "own_height": image.height}
    if abs(image.width / image.height / box.ratio - 1) > RATIO_TOLERANCE:
        raise PictureRefused(
            _(
                "The picture has the wrong shape: it is {own_width} × {own_height}, and the place has the ratio of"
                " {width} × {height}."
            ).format(**sizes)
        )
    if image.width * ENLARGED_MOST < box.width:
        raise PictureRefused(
            _("The picture is too small: it is {own_width} × {own_height}; {width} × {height} is right.").format(
                **sizes
            )
        )


def _flat(image: Image.Image) -> Image.Image:
    """On white where it was transparent."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    with_alpha = image.convert("RGBA")
    flat = Image.new("RGB", image.size, "white")
    flat.paste(with_alpha, mask=with_alpha)
    return flat


def _encoded(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=92, optimize=True, progressive=True)
    return buffer.getvalue()
