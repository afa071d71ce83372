"""A code as a picture: the bare QR code (PNG, SVG), and the card that stands on the counter (PDF, A6).

The QR code is drawn with error correction M or better and the four modules of quiet zone that ISO/IEC 18004 asks for.
The card speaks the language of its market, and carries the letters it uses inside (a subset of Noto Sans CJK), so it
looks the same at every print shop.
"""

from __future__ import annotations

import io
import itertools
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import segno
import typst
from django.utils import translation
from django.utils.translation import gettext as _

from madoguchi.bindings import links
from madoguchi.bindings.models import Code
from madoguchi.bindings.tokens import shown
from madoguchi.kit import fonts
from madoguchi.organization.models import Brand

QUIET_ZONE = 4
"""Modules of white around the code."""
_TEMPLATE = Path(__file__).with_name("card.typ")
_INK = "#23262f"
_PNG_SCALE = 24
"""Pixels a module: about a thousand across, sharp on a poster."""
_REGIONS = {"zh-hant": ("zh", "TW"), "zh-hans": ("zh", "CN"), "ja": ("ja", "JP"), "en": ("en", "GB")}
"""Language and region by which Noto Sans CJK chooses its forms."""


def png(code: Code) -> bytes:
    buffer = io.BytesIO()
    _matrix(code).save(buffer, kind="png", scale=_PNG_SCALE, border=QUIET_ZONE, dark=_INK, light="#ffffff")
    return buffer.getvalue()


def svg(code: Code) -> bytes:
    """With a white ground, so that it can be scanned on a dark screen too."""
    return _svg(code, border=QUIET_ZONE)


def pdf(code: Code) -> bytes:
    """One page, A6 upright, tagged (PDF/UA-1)."""
    return _typeset(code, "pdf")


def preview(code: Code) -> bytes:
    """The same card as PNG, for screens."""
    return _typeset(code, "png")


@dataclass(frozen=True, slots=True)
class _Words:
    """What stands on a card."""

    title: str
    brand: str
    mark: str
    color: str
    place: str
    invitation: str
    how: str
    name: str
    role: str
    typing: str
    code: str
    lang: str
    region: str
    font: str = fonts.FAMILY


def _typeset(code: Code, kind: Literal["pdf", "png"]) -> bytes:
    return typst.compile(
        _TEMPLATE,
        font_paths=[fonts.regular().parent, fonts.bold().parent],
        ignore_system_fonts=True,
        format=kind,
        ppi=216,
        pdf_standards="ua-1" if kind == "pdf" else None,
        sys_inputs={
            "card": json.dumps(asdict(_words(code)), ensure_ascii=False),
            "code": _svg(code, border=0).decode(),
        },
    )


def _words(code: Code) -> _Words:
    account, brand, is_person = code.account, _brand_of(code), code.staff is not None
    locale = account.market.locale
    place = str(code.store or code.department)
    with translation.override(locale):
        lang, region = _REGIONS[translation.get_supported_language_variant(locale)]
        return _Words(
            title=_("{name}, {place}").format(name=code.staff or place, place=place) if is_person else place,
            brand=brand.name,
            mark=brand.mark,
            color=brand.color,
            place=place if is_person else account.name,
            invitation=_("After you leave the store, I am still here for you.")
            if is_person
            else _("After you leave the store, we are still here for you."),
            how=_("Scan with LINE, add us, and ask anything."),
            name=str(code.staff or place),
            role=_("Your personal contact at {place}").format(place=place) if is_person else _("Our whole team"),
            typing=_("Or send this code to {account} on LINE").format(account=account.basic_id or account.name),
            code=shown(code.token),
            lang=lang,
            region=region,
        )


def _brand_of(code: Code) -> Brand:
    """The one that the code is limited to; for several or all of them the account's voice."""
    brands = list(code.brands.defer("icon")[:2])
    return brands[0] if len(brands) == 1 else code.account.default_brand


def _svg(code: Code, *, border: int) -> bytes:
    """Filled shapes that say so themselves: a page's style for drawn icons must not thicken the modules."""
    modules = list(_matrix(code).matrix)
    size = len(modules) + 2 * border
    dark: list[str] = []
    for y, row in enumerate(modules):
        x = 0
        for is_dark, run in itertools.groupby(row):
            length = len(list(run))
            if is_dark:
                dark.append(f"M{x + border} {y + border}h{length}v1h-{length}z")
            x += length
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<path fill="#ffffff" stroke="none" d="M0 0h{size}v{size}h-{size}z"/>'
        f'<path fill="{_INK}" stroke="none" d="{"".join(dark)}"/></svg>'
    ).encode()


def _matrix(code: Code) -> segno.QRCode:
    """M at least; a higher correction where it makes the code no larger."""
    return segno.make_qr(links.code_url(code), error="m", boost_error=True)
