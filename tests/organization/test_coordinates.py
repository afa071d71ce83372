"""Where a store is: read from what people paste, and measured."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from madoguchi.organization import coordinates
from madoguchi.organization.coordinates import Coordinates, PlaceNotRead, ShortLink
from madoguchi.organization.models import Store
from tests import make

TOWER = Coordinates(25.03396, 121.56447)


@pytest.mark.parametrize(
    "text",
    [
        "25.03396, 121.56447",
        "  25.03396 121.56447 ",
        "25.03396，121.56447",
        "(25.03396, 121.56447)",
        "geo:25.03396,121.56447",
        "https://www.google.com/maps?q=25.03396,121.56447",
        "https://www.google.com/maps/search/?api=1&query=25.03396%2C121.56447",
        "https://www.google.com/maps/search/25.03396,+121.56447?entry=tts",
        "https://www.google.com/maps/@25.03396,121.56447,17z",
        # the pin, not the middle of what was on the screen
        "https://www.google.com/maps/place/101/@25.01,121.5,15z/data=!4m6!3m5!1s0x1:0x2!8m2!3d25.03396!4d121.56447!16s",
        "https://maps.apple.com/?ll=25.03396,121.56447&q=101",
        "https://maps.apple.com/place?coordinate=25.03396,121.56447&name=101",
        "https://www.openstreetmap.org/#map=17/25.03396/121.56447",
        "https://www.openstreetmap.org/?mlat=25.03396&mlon=121.56447#map=12/25.1/121.5",
    ],
)
def test_what_maps_say_is_understood(text: str) -> None:
    assert coordinates.read(text) == TOWER


def test_south_and_west_are_negative() -> None:
    assert coordinates.read("-33.8568, -151.2153") == Coordinates(-33.8568, -151.2153)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "101",
        "信義路五段 7 號",
        "121.56447, 25.03396",
        "25.03, 181",
        "https://www.google.com/maps/place/101",
        "http://[",
    ],
)
def test_what_names_no_place_is_refused(text: str) -> None:
    with pytest.raises(PlaceNotRead):
        coordinates.read(text)


def test_a_short_link_is_refused_with_the_way_out() -> None:
    with pytest.raises(ShortLink):
        coordinates.read("https://maps.app.goo.gl/abcDEF123")


def test_what_is_written_is_read_again() -> None:
    assert coordinates.read(str(TOWER)) == coordinates.read(TOWER.map_url) == TOWER


@pytest.mark.parametrize(
    ("other", "kilometres"),
    [
        (TOWER, 0),
        (Coordinates(25.04777, 121.51702), 5.02),  # Taipei main station
        (Coordinates(35.68124, 139.76713), 2_101),  # Tokyo station
        (Coordinates(-25.03396, -58.43553), 20_015),  # the other side of the earth
    ],
)
def test_distances_are_those_of_the_great_circle(other: Coordinates, kilometres: float) -> None:
    assert coordinates.distance(TOWER, other) == pytest.approx(kilometres, rel=0.005, abs=1e-6)
    assert coordinates.distance(other, TOWER) == pytest.approx(coordinates.distance(TOWER, other))


@pytest.mark.django_db
@pytest.mark.parametrize(("latitude", "longitude"), [(25.0, None), (None, 121.5), (91.0, 121.5), (25.0, -181.0)])
def test_half_a_place_or_one_beyond_the_earth_is_not_kept(latitude: float | None, longitude: float | None) -> None:
    store = make.store()

    with pytest.raises(IntegrityError), transaction.atomic():
        Store.objects.filter(pk=store.pk).update(latitude=latitude, longitude=longitude)
