"""Files that staff want to send: by content, within the limits, without what must not leave the house."""

import io
import zipfile
from pathlib import Path

import pytest
from django.conf import LazySettings
from PIL import Image

from madoguchi.channels import uploads
from madoguchi.channels.errors import FileRefused
from madoguchi.channels.line import limits
from madoguchi.channels.media_files import path_of
from madoguchi.channels.uploads import Upload
from tests import pictures


@pytest.fixture(autouse=True)
def _media_root(settings: LazySettings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def prepare(data: bytes, name: str) -> Upload:
    with uploads.prepared([pictures.upload(data, name)]) as [upload]:
        return upload


def stored(path: str) -> Image.Image:
    return Image.open(io.BytesIO(path_of(path).read_bytes()))


def kept_files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_a_plain_jpeg_is_sent_as_it_is() -> None:
    data = pictures.jpeg()

    upload = prepare(data, "照片.JPG")

    assert path_of(upload.path).read_bytes() == data
    assert (upload.kind, upload.content_type, upload.name) == ("image", "image/jpeg", "照片.jpg")
    assert upload.size is not None
    assert (upload.size.width, upload.size.height) == (64, 48)


def test_the_place_where_a_picture_was_taken_does_not_leave_the_house() -> None:
    upload = prepare(pictures.jpeg(place=True), "照片.jpg")

    assert not stored(upload.path).getexif()
    assert b"Exif" not in path_of(upload.path).read_bytes()
    assert b"Exif" not in path_of(upload.preview_path).read_bytes()


def test_a_picture_is_turned_upright() -> None:
    upload = prepare(pictures.jpeg((64, 48), orientation=6), "照片.jpg")

    assert stored(upload.path).size == (48, 64)
    assert upload.size is not None
    assert (upload.size.width, upload.size.height) == (48, 64)


@pytest.mark.parametrize(
    ("kind", "name"), [("WEBP", "a.webp"), ("GIF", "a.gif"), ("AVIF", "a.avif"), ("TIFF", "a.tif")]
)
def test_other_formats_become_jpeg(kind: str, name: str) -> None:
    upload = prepare(pictures.encoded(pictures.picture(), kind), name)

    assert (upload.content_type, upload.name, stored(upload.path).format) == ("image/jpeg", "a.jpg", "JPEG")


def test_transparency_survives_as_png() -> None:
    upload = prepare(pictures.encoded(pictures.picture(mode="RGBA", colour="#2f6b4f80"), "WEBP"), "a.webp")

    assert upload.content_type == "image/png"
    assert stored(upload.path).has_transparency_data


def test_a_picture_above_lines_limit_is_made_smaller() -> None:
    noise = Image.effect_noise((3600, 3600), 120)
    data = pictures.encoded(noise, "PNG")
    assert len(data) > limits.IMAGE_BYTES

    upload = prepare(data, "a.png")

    assert path_of(upload.path).stat().st_size <= limits.IMAGE_BYTES
    assert path_of(upload.preview_path).stat().st_size <= limits.PREVIEW_BYTES


def test_a_picture_that_claims_too_many_pixels_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    bomb = pictures.encoded(Image.new("1", (7_000, 7_000)), "PNG")
    assert len(bomb) < 500_000

    with pytest.raises(FileRefused, match="40"):
        prepare(bomb, "bomb.png")
    assert kept_files(tmp_path) == []


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"MZ\x90\x00" + b"\x00" * 300, "setup.exe"),
        (b"MZ\x90\x00" + b"\x00" * 300, "價目表.pdf"),
        (b"\x7fELF" + b"\x00" * 300, "program"),
        (b"#!/bin/sh\nrm -rf /\n", "readme.txt"),
        (b"<html><script>alert(1)</script>", "page.html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "icon.svg"),
        (b"\x00\x01\x02\x03" * 40, "data.txt"),
        (b"\xff\xd8\xff\xe0 not really", "damaged.jpg"),
        (b"", "empty.pdf"),
    ],
)
def test_programs_pages_and_what_is_not_what_it_says_are_refused(data: bytes, name: str, tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match=name.partition(".")[0]):
        prepare(data, name)

    assert kept_files(tmp_path) == []


def test_an_office_document_is_known_by_its_content() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("docProps/app.xml", "<x/>")
        archive.writestr("[Content_Types].xml", "<x/>")

    upload = prepare(buffer.getvalue(), "報價單.xlsx")

    assert upload.name == "報價單.xlsx"
    assert upload.content_type.endswith("spreadsheetml.sheet")


def test_a_name_that_hides_the_type_is_given_the_true_ending() -> None:
    assert prepare(b"%PDF-1.7\n%\xe2\xe3", "說明\u202efdp.exe").name == "說明_fdp.exe.pdf"


def test_a_name_cannot_leave_its_folder() -> None:
    assert "/" not in prepare(b"%PDF-1.7\n%\xe2\xe3", "../../etc/passwd").name


def test_a_file_above_our_limit_is_refused_with_the_limit_named(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match=r"50\.0 MB"):
        prepare(b"%PDF-1.7\n" + b"\x00" * uploads.FILE_BYTES, "大.pdf")

    assert kept_files(tmp_path) == []


def test_a_video_gets_a_picture_to_stand_for_it() -> None:
    upload = prepare(pictures.mp4(), "示範.mp4")

    assert (upload.kind, upload.content_type) == ("video", "video/mp4")
    assert stored(upload.preview_path).size == (960, 540)
