import io

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image

from madoguchi.channels import links
from madoguchi.door import brand_icons
from madoguchi.organization.models import Brand
from tests import make, pictures

pytestmark = pytest.mark.django_db


def address(brand: Brand) -> str:
    return links.icon_url(brand).removeprefix(settings.BASE_URL)


def test_a_brand_without_an_icon_gets_its_mark_on_its_colour(client: Client) -> None:
    response = client.get(address(make.brand(mark="L", color="#5a3d7a")))

    image = Image.open(io.BytesIO(response.content)).convert("RGB")
    assert (response["Content-Type"], image.format, image.size) == ("image/png", None, (256, 256))
    assert image.getpixel((5, 5)) == (0x5A, 0x3D, 0x7A)
    assert (255, 255, 255) in {colour for _, colour in image.getcolors(100_000) or []}
    assert len(response.content) < 1_000_000


def test_an_uploaded_icon_is_served_as_it_is(client: Client) -> None:
    icon = pictures.encoded(pictures.picture((32, 32)), "PNG")

    assert client.get(address(make.brand(icon=icon))).content == icon


def test_the_current_version_is_kept_for_ever_and_another_is_not(client: Client) -> None:
    brand = make.brand()
    current = address(brand)

    assert "immutable" in client.get(current)["Cache-Control"]
    assert "immutable" not in client.get(current.partition("?")[0])["Cache-Control"]
    brand.color = "#123456"
    brand.save()
    assert address(brand) != current
    assert "immutable" not in client.get(current)["Cache-Control"]


def test_an_icon_the_phone_has_already_is_not_sent_again(client: Client) -> None:
    brand = make.brand()
    etag = client.get(address(brand))["ETag"]

    assert client.get(address(brand), headers={"if-none-match": etag}).status_code == 304


def test_an_unknown_brand_has_no_icon(client: Client) -> None:
    assert client.get("/brands/nobody/icon.png").status_code == 404


def test_a_mark_can_be_chinese_and_two_letters_fit() -> None:
    assert len({brand_icons.drawn(mark, "#2f6b4f") for mark in ("森", "光", "한", "L")}) == 4  # no empty boxes
    wide = Image.open(io.BytesIO(brand_icons.drawn("WM", "#2f6b4f"))).convert("RGB")
    assert all(wide.getpixel((x, y)) == (0x2F, 0x6B, 0x4F) for x in (2, 253) for y in range(256))
