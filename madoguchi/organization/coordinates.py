"""Where something is on the earth: read from what people paste, measured, and shown on a map."""

from __future__ import annotations

import math
import re
from typing import NamedTuple
from urllib.parse import unquote_plus, urlsplit

from django.utils.translation import gettext_lazy as _

from madoguchi.kit.errors import Invalid

EARTH_RADIUS_KM = 6_371.0088
"""Mean radius (Moritz, Geodetic Reference System 1980): distances are right to half a percent."""


class PlaceNotRead(Invalid):
    default = _(
        "This does not say where the place is. Enter latitude and longitude, such as 25.0340, 121.5645, or paste the"
        " address of a map page."
    )


class ShortLink(Invalid):
    default = _("This short link does not say where it leads. Open it, and paste the address the browser then shows.")


class Coordinates(NamedTuple):
    """Degrees (WGS 84): latitude -90 to 90, north is positive; longitude -180 to 180, east is positive."""

    latitude: float
    longitude: float

    def __str__(self) -> str:
        """As maps write it, to about ten centimetres."""
        return f"{self.latitude:.6f}, {self.longitude:.6f}"

    @property
    def map_url(self) -> str:
        """Opens the map app of a phone, or a page (developers.google.com/maps/documentation/urls/get-started)."""
        return f"https://www.google.com/maps/search/?api=1&query={self.latitude:.6f},{self.longitude:.6f}"


def distance(one: Coordinates, other: Coordinates) -> float:
    """Kilometres along the great circle, by the haversine formula."""
    latitudes = math.radians(one.latitude), math.radians(other.latitude)
    north = latitudes[1] - latitudes[0]
    east = math.radians(other.longitude - one.longitude)
    chord = math.sin(north / 2) ** 2 + math.cos(latitudes[0]) * math.cos(latitudes[1]) * math.sin(east / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, chord)))


_N = r"([-+]?\d{1,3}(?:\.\d+)?)"
_BARE = re.compile(rf"\(?{_N}(?:\s*[,，、;]\s*|\s+){_N}\)?")
_IN_LINK = tuple(
    re.compile(pattern)
    for pattern in (
        rf"!3d{_N}!4d{_N}",  # Google Maps: the pin
        rf"[?&](?:q|query|ll|coordinate|destination|daddr)=(?:loc:)?\s*{_N},\s*{_N}",  # Google Maps, Apple Maps
        rf"[?&]mlat={_N}&mlon={_N}",  # OpenStreetMap: the pin
        rf"/(?:search|place)/{_N},\s*{_N}",  # Google Maps: coordinates looked for
        rf"@{_N},{_N}",  # Google Maps: the middle of what is shown
        rf"#map=[\d.]+/{_N}/{_N}",  # OpenStreetMap: the same
        rf"^geo:{_N},{_N}",  # RFC 5870
    )
)
_SHORTENERS = ("maps.app.goo.gl", "goo.gl", "maps.apple")


def read(text: str) -> Coordinates:
    """From latitude and longitude, or from the address of a page of Google Maps, Apple Maps or OpenStreetMap.

    Raises PlaceNotRead, ShortLink.
    """
    text = unquote_plus(text).strip()
    matches = (_BARE.fullmatch(text), *(pattern.search(text) for pattern in _IN_LINK))
    match = next(filter(None, matches), None)
    if match is None:
        raise ShortLink if _host(text) in _SHORTENERS else PlaceNotRead
    found = Coordinates(float(match[1]), float(match[2]))
    if abs(found.latitude) > 90 or abs(found.longitude) > 180:
        raise PlaceNotRead
    return found


def _host(text: str) -> str:
    try:
        return urlsplit(text).hostname or ""
    except ValueError:
        return ""
