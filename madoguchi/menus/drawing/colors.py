"""A brand's colour and what goes with it, always legible: contrast as WCAG 2 defines it
(https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""

from __future__ import annotations

from dataclasses import dataclass

RGB = tuple[int, int, int]

WHITE: RGB = (255, 255, 255)
INK: RGB = (30, 36, 48)
LEGIBLE = 4.5


@dataclass(frozen=True, slots=True)
class Palette:
    brand: RGB
    """Dark enough to carry white letters, and to stand on ``tint``."""
    tint: RGB
    """Behind icons."""
    ground: RGB
    """Behind the cells."""
    strip: RGB
    """Behind tabs that are not the present one."""
    faint: RGB
    """Their names, on ``strip``."""


def palette(color: str) -> Palette:
    """``color``: #rrggbb."""
    given = (int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16))
    tint, ground, strip = mix(given, WHITE, 0.13), mix(given, WHITE, 0.055), mix(given, WHITE, 0.17)
    brand = _darkened(given, against=tint)
    return Palette(brand, tint, ground, strip, _darkened(mix(given, (90, 96, 110), 0.35), against=strip))


def contrast(one: RGB, other: RGB) -> float:
    """1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mix(one: RGB, other: RGB, share: float) -> RGB:
    """``share`` of the first, the rest of the other."""
    red, green, blue = (round(a * share + b * (1 - share)) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _darkened(color: RGB, *, against: RGB) -> RGB:
    """The same hue, as little darker as makes it legible."""
    darker, share = color, 1.0
    while contrast(darker, against) < LEGIBLE:
        share -= 0.04
        darker = mix(color, (0, 0, 0), share)
    return darker


def _luminance(color: RGB) -> float:
    red, green, blue = (
        value / 12.92 if (value := part / 255) <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for part in color
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
