"""Pictures that people bring: kept in the size they are shown in, or refused with what is wrong."""

from __future__ import annotations

import io

import pytest
from django.utils import translation
from PIL import Image

from madoguchi.kit.errors import NotAllowed
from madoguchi.menus import pictures, render
from madoguchi.menus.models import Menu, Picture, Size
from madoguchi.menus.pictures import PictureRefused
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission
from tests import make
from tests.menus.building import draft

BOX = render.picture_box(Size.LARGE, "large-3x2", 3, 0)


def file(width: int, height: int, kind: str = "JPEG", **more: object) -> io.BytesIO:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "#336699").save(buffer, kind, **more)
    buffer.seek(0)
    return buffer


@pytest.fixture
def menu(world: make.World, kai: Staff) -> Menu:
    return draft(kai, world.account).menu


def keep(kai: Staff, menu: Menu, content: io.BytesIO) -> Picture:
    return pictures.keep(by=kai, menu_id=menu.pk, name="shop.jpg", file=content, box=BOX)


def test_a_picture_of_the_right_shape_is_kept_without_what_the_camera_wrote(kai: Staff, menu: Menu) -> None:
    exif = Image.Exif()
    exif[0x010E] = "at home"
    kept = keep(kai, menu, file(BOX.width * 2, BOX.height * 2, exif=exif))

    with Image.open(io.BytesIO(bytes(kept.content))) as image:
        assert image.size == (kept.width, kept.height)
        assert (image.width, abs(image.height - BOX.height) <= 1) == (BOX.width, True)
        assert not image.getexif()
    assert b"at home" not in bytes(kept.content)


def test_the_same_picture_is_kept_once(kai: Staff, menu: Menu) -> None:
    assert keep(kai, menu, file(*BOX[2:])) == keep(kai, menu, file(*BOX[2:]))
    assert Picture.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (file(BOX.height, BOX.width), "wrong shape"),
        (file(BOX.width // 3, BOX.height // 3), "too small"),
        (file(9000, round(9000 / BOX.ratio), "PNG"), "million pixels"),
        (io.BytesIO(b"GIF89a, or so it says"), "cannot be read"),
        (io.BytesIO(b"\xff\xd8" + bytes(pictures.BYTES_MOST)), "too large"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(kai: Staff, menu: Menu, content: io.BytesIO, reason: str) -> None:
    content.seek(0)

    with translation.override("en"), pytest.raises(PictureRefused, match=reason):
        keep(kai, menu, content)

    assert not Picture.objects.exists()


def test_only_who_may_edit_menus_brings_pictures(world: make.World, menu: Menu) -> None:
    reader = make.staff("reader", role=make.role(Permission.MENU_READ))

    with pytest.raises(NotAllowed):
        keep(reader, menu, file(*BOX[2:]))

    assert not Picture.objects.exists()
