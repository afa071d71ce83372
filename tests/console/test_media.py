"""Files of customers: seen by those who see the conversation, and never run."""

from pathlib import Path

import pytest
from django.conf import settings

from madoguchi.channels.models import Media
from tests.console.conftest import SignIn
from tests.make import World
from tests.pictures import jpeg

PICTURE = jpeg()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path)
    return tmp_path


def stored(world: World, folder: Path, **more: str) -> Media:
    (folder / "file").write_bytes(PICTURE)
    fields = {"kind": "image", "content_type": "image/jpeg", "name": "照片.jpg", "path": "file", **more}
    return Media.objects.create(account=world.account, thread=world.conversation.pk, state="stored", **fields)


def test_a_picture_is_shown_to_those_who_see_the_conversation(world: World, sign_in: SignIn, folder: Path) -> None:
    media = stored(world, folder)

    theirs, others = (sign_in(person).get(f"/media/{media.public_id}") for person in (world.aoi, world.ren))

    assert (theirs.status_code, others.status_code) == (200, 404)
    assert theirs.getvalue() == PICTURE
    assert theirs.headers["X-Content-Type-Options"] == "nosniff"
    assert theirs.headers["Cache-Control"].startswith("private")
    assert theirs.headers["Content-Disposition"].startswith("inline")


@pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "application/pdf", ""])
def test_what_could_run_is_only_saved(world: World, sign_in: SignIn, folder: Path, content_type: str) -> None:
    media = stored(world, folder, kind="file", content_type=content_type, name='a";<b>.html')

    answer = sign_in(world.aoi).get(f"/media/{media.public_id}")
    answer.getvalue()

    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_copy_is_not_sent_twice(world: World, sign_in: SignIn, folder: Path) -> None:
    media, client = stored(world, folder), sign_in(world.aoi)
    first = client.get(f"/media/{media.public_id}")
    first.getvalue()
    etag = first.headers["ETag"]

    again = client.get(f"/media/{media.public_id}", headers={"if-none-match": etag})

    assert (again.status_code, again.content) == (304, b"")
    assert sign_in(world.ren).get(f"/media/{media.public_id}", headers={"if-none-match": etag}).status_code == 404


@pytest.mark.parametrize("state", ["pending", "hidden", "failed"])
def test_what_is_not_there_is_not_found(world: World, sign_in: SignIn, folder: Path, state: str) -> None:
    media = stored(world, folder)
    Media.objects.update(state=state)

    assert sign_in(world.aoi).get(f"/media/{media.public_id}").status_code == 404


def test_a_part_can_be_asked_for(world: World, sign_in: SignIn, folder: Path) -> None:
    """Players seek by ranges; Safari plays nothing without them."""
    media, client = stored(world, folder, kind="video", content_type="video/mp4"), sign_in(world.aoi)

    part = client.get(f"/media/{media.public_id}", headers={"range": "bytes=2-5"})
    beyond = client.get(f"/media/{media.public_id}", headers={"range": f"bytes={10**9}-"})

    assert (part.status_code, part.getvalue(), part.headers["Content-Range"]) == (
        206,
        PICTURE[2:6],
        f"bytes 2-5/{len(PICTURE)}",
    )
    assert beyond.status_code == 416
