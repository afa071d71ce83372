"""Pictures that people upload for a cell or a whole tab: looked at, turned upright, made no larger than needed, and kept
without anything that is not picture."""

from __future__ import annotations

import hashlib
import io

from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from madoguchi.kit.errors import Invalid
from madoguchi.menus import drafts
from madoguchi.menus.layouts import Box
from madoguchi.menus.models import Picture
from madoguchi.organization.models import Staff

BYTES_MOST = 10_000_000
PIXELS_MOST = 60_000_000
"""Above it, opening the picture would take hundreds of megabytes of memory."""
CUT_MOST = 0.12
"""Of the picture: covering its place cuts off what stands out. More than this, and words at the edge would go."""
SHARP_FROM = 0.4
"""Of the place's width: a picture with fewer pixels looks blurred on a phone, which shows about half of ours."""
_FORMATS = ("JPEG", "PNG")


@transaction.atomic
def keep(*, by: Staff, version_id: int, name: str, data: bytes, place: Box) -> Picture:
    """A picture for this place of the menu. The same one twice is kept once.

    Raises Invalid with a sentence that says what is wrong with it, and as ``drafts.lock``.
    """
    draft = drafts.lock(by, version_id)
    content, size = _prepared(data, place)
    digest = hashlib.sha256(content).hexdigest()
    found = {"name": name[-120:], "content": content, "width": size[0], "height": size[1], "by": by}
    return Picture.objects.get_or_create(menu=draft.menu, sha256=digest, defaults=found)[0]


def _prepared(data: bytes, place: Box) -> tuple[bytes, tuple[int, int]]:
    image = _opened(data)
    _require_fits(image, place)
    fitted = ImageOps.fit(image, (place.width, place.height), Image.Resampling.LANCZOS)
    if image.width < place.width:
        width = image.width
        fitted = ImageOps.fit(image, (width, max(1, round(width / place.ratio))), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    if _is_drawing(fitted):
        fitted.save(buffer, "PNG", optimize=True)
    else:
        fitted.save(buffer, "JPEG", quality=90, optimize=True)
    return buffer.getvalue(), fitted.size


def _opened(data: bytes) -> Image.Image:
    """Upright, in RGB, what is transparent on white."""
    if len(data) > BYTES_MOST:
        raise Invalid(
            _("This file has {size} MB; at most {most} MB can be uploaded.").format(
                size=round(len(data) / 1_000_000, 1), most=BYTES_MOST // 1_000_000
            )
        )
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            if image.width * image.height > PIXELS_MOST:
                raise Invalid(
                    _("This picture has {width} × {height} pixels, more than can be opened here.").format(
                        width=image.width, height=image.height
                    )
                )
            upright = ImageOps.exif_transpose(image).convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise Invalid(_("This is no JPEG or PNG picture, or it is damaged.")) from None
    on_white = Image.new("RGB", upright.size, "#ffffff")
    on_white.paste(upright, mask=upright.getchannel("A"))
    return on_white


def _require_fits(image: Image.Image, place: Box) -> None:
    sizes = {"width": image.width, "height": image.height, "wide": place.width, "high": place.height}
    ratio = image.width / image.height
    cut = 1 - min(ratio, place.ratio) / max(ratio, place.ratio)
    if cut > CUT_MOST:
        raise Invalid(
            _(
                "This picture has another shape than its place: it is {width} × {height}, the place is {wide} × {high}. "
                "Cut it to that shape, or choose another layout."
            ).format(**sizes)
        )
    if image.width < place.width * SHARP_FROM:
        raise Invalid(
            _(
                "This picture is too small and would look blurred: it is {width} × {height}, "
                "the place is {wide} × {high}."
            ).format(**sizes)
        )


def _is_drawing(image: Image.Image) -> bool:
    """Few colours: sharper and smaller as PNG."""
    return image.resize((256, 256), Image.Resampling.NEAREST).getcolors(4_096) is not None
