"""What LINE and phones fetch: only by our signature, in parts, and gone when the file is gone."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import LazySettings
from django.test import Client

from madoguchi.channels import links, uploads
from madoguchi.channels.models import Media
from tests import pictures
from tests.make import World

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%\xe2\xe3" + bytes(range(256)) * 40


@pytest.fixture(autouse=True)
def _media_root(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def pdf(world: World) -> Media:
    return sent(world, PDF, "使用說明.pdf")


def sent(world: World, data: bytes, name: str) -> Media:
    with uploads.prepared([pictures.upload(data, name)]) as [upload]:
        media = upload.row(world.account, world.conversation.pk)
        media.save()
        return media


def address(media: Media, variant: str = links.ORIGINAL) -> str:
    return urlsplit(links.file_url(media, variant)).path


def body(response: object) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[attr-defined] # the test client's answer


def test_a_signed_link_needs_no_sign_in(client: Client, pdf: Media) -> None:
    response = client.get(address(pdf))

    assert (response.status_code, body(response)) == (200, PDF)
    assert response["Content-Type"] == "application/pdf"
    assert response["Accept-Ranges"] == "bytes"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("inline")


def test_a_picture_and_its_preview_are_two_files(client: Client, world: World) -> None:
    media = sent(world, pictures.jpeg((1600, 1200)), "a.jpg")

    original, preview = client.get(address(media)), client.get(address(media, links.PREVIEW))

    assert body(original) != body(preview)
    assert [original["Content-Type"], preview["Content-Type"]] == ["image/jpeg", "image/jpeg"]


@pytest.mark.parametrize("variant", [links.ORIGINAL, links.PREVIEW, "other"])
def test_a_link_cannot_be_made_up(client: Client, pdf: Media, variant: str) -> None:
    good = address(pdf).split("/")
    token = good[2]
    flipped = token[:-1] + ("A" if token[-1] != "A" else "B")

    for forged in (f"{pdf.public_id}-{variant}", f"{pdf.public_id}-{variant}.", flipped, "x"):
        assert client.get(f"/files/{forged}/a.pdf").status_code == 404


def test_the_signature_of_one_file_does_not_open_another(client: Client, world: World, pdf: Media) -> None:
    other = sent(world, PDF, "內部.pdf")
    signature = address(pdf).split("/")[2].partition(".")[2]

    assert client.get(f"/files/{other.public_id}-original.{signature}/a.pdf").status_code == 404


def test_a_removed_file_is_gone(client: Client, pdf: Media) -> None:
    Media.objects.update(state=Media.State.HIDDEN)

    assert client.get(address(pdf)).status_code == 404


def test_what_is_not_shown_in_place_is_saved(client: Client, world: World) -> None:
    media = sent(world, b"a;b\n1;2\n", "表.csv")

    response = client.get(address(media))

    assert response["Content-Disposition"].startswith("attachment")
    assert body(response) == b"a;b\n1;2\n"


@pytest.mark.parametrize(
    ("asked", "first", "end"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=100-", 100, len(PDF)),
        ("bytes=-5", len(PDF) - 5, len(PDF)),
        ("bytes=10-99999999", 10, len(PDF)),
    ],
)
def test_a_part_can_be_asked_for(client: Client, pdf: Media, asked: str, first: int, end: int) -> None:
    response = client.get(address(pdf), headers={"range": asked})

    assert (response.status_code, body(response)) == (206, PDF[first:end])
    assert response["Content-Range"] == f"bytes {first}-{end - 1}/{len(PDF)}"
    assert response["Content-Length"] == str(end - first)


def test_a_part_beyond_the_end_is_refused(client: Client, pdf: Media) -> None:
    response = client.get(address(pdf), headers={"range": f"bytes={len(PDF)}-"})

    assert (response.status_code, response["Content-Range"]) == (416, f"bytes */{len(PDF)}")


@pytest.mark.parametrize("asked", ["bytes=5-2", "bytes=-", "lines=1-2", "bytes=0-1,5-6", "bytes=０-9"])
def test_a_range_that_makes_no_sense_gets_the_whole_file(client: Client, pdf: Media, asked: str) -> None:
    response = client.get(address(pdf), headers={"range": asked.encode().decode("latin-1")})

    assert (response.status_code, len(body(response))) == (200, len(PDF))


def test_a_part_of_a_file_that_has_changed_is_not_mixed_in(client: Client, pdf: Media) -> None:
    response = client.get(address(pdf), headers={"range": "bytes=0-9", "if-range": '"another"'})

    assert (response.status_code, len(body(response))) == (200, len(PDF))


def test_what_the_phone_has_already_is_not_sent_again(client: Client, pdf: Media) -> None:
    first = client.get(address(pdf))
    body(first)

    assert client.get(address(pdf), headers={"if-none-match": first["ETag"]}).status_code == 304


def test_head_tells_the_size(client: Client, pdf: Media) -> None:
    response = client.head(address(pdf))

    assert (response["Content-Length"], response.content) == (str(len(PDF)), b"")
