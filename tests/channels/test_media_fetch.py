"""Copying customers' files: within limits, once, and not from inside our own network."""

import datetime as dt
import json
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from django.conf import LazySettings
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.channels import media_fetch, tasks
from madoguchi.channels.media_files import path_of
from madoguchi.channels.models import Media
from madoguchi.kit.public_web import is_public
from tests import pictures
from tests.line_sandbox import LineSandbox
from tests.make import World

pytestmark = pytest.mark.django_db
State = Media.State


@pytest.fixture(autouse=True)
def _media_root(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def customer(world: World, sandbox: LineSandbox) -> str:
    sandbox.open_for(world.account)
    return sandbox.befriend(world.contact)


def sent_by(customer: str, world: World, sandbox: LineSandbox, data: bytes, kind: str, name: str = "x.bin") -> Media:
    """The customer sends a file in the sandbox; the row is as it is after the webhook."""
    boundary = "----boundary"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="type"\r\n\r\n{kind}\r\n'.encode(),
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode(),
        data,
        f"\r\n--{boundary}--\r\n".encode(),
    ]
    request = urllib.request.Request(
        f"{sandbox.url}/sandbox/people/{customer}/channels/{world.account.channel_id}/messages",
        b"".join(parts),
        {"Content-Type": f"multipart/form-data; boundary={boundary}"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        message_id = json.load(answer)["message"]["id"]
    return Media.objects.create(
        account=world.account, thread=world.conversation.pk, kind=kind, provider_message_id=message_id
    )


def kept_files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_a_picture_is_copied_with_its_dimensions_and_a_preview(
    world: World, sandbox: LineSandbox, customer: str
) -> None:
    data = pictures.jpeg((1600, 1200), orientation=6)
    media = sent_by(customer, world, sandbox, data, "image")

    media_fetch.fetch(media.pk)

    media.refresh_from_db()
    assert (media.state, media.content_type, media.byte_size) == (State.STORED, "image/jpeg", len(data))
    assert (media.width, media.height) == (1200, 1600)
    assert path_of(media.path).read_bytes() == data
    assert path_of(media.preview_path).stat().st_size < 100_000
    assert media.stored_at is not None


def test_fetching_twice_keeps_one_copy(world: World, sandbox: LineSandbox, customer: str, tmp_path: Path) -> None:
    media = sent_by(customer, world, sandbox, b"%PDF-1.7\n%\xe2\xe3", "file", "a.pdf")
    media_fetch.fetch(media.pk)
    Media.objects.filter(pk=media.pk).update(state=State.STORED)

    media_fetch.fetch(media.pk)

    assert len(kept_files(tmp_path)) == 1


def test_what_was_taken_back_is_gone(world: World, sandbox: LineSandbox, customer: str, tmp_path: Path) -> None:
    media = sent_by(customer, world, sandbox, pictures.jpeg(), "image")
    chat = f"/sandbox/people/{customer}/channels/{world.account.channel_id}"
    sandbox.call("POST", f"{chat}/messages/{media.provider_message_id}/unsend")

    media_fetch.fetch(media.pk)

    media.refresh_from_db()
    assert media.state == State.GONE
    assert kept_files(tmp_path) == []


def test_a_file_taken_back_after_it_was_copied_is_deleted(
    world: World, sandbox: LineSandbox, customer: str, tmp_path: Path
) -> None:
    media = sent_by(customer, world, sandbox, pictures.jpeg(), "image")
    media_fetch.fetch(media.pk)
    Media.objects.update(state=State.HIDDEN)

    assert media_fetch.remove_hidden() == 1

    media.refresh_from_db()
    assert (media.path, media.preview_path) == ("", "")
    assert kept_files(tmp_path) == []


def test_one_byte_too_many_is_not_kept(
    world: World, sandbox: LineSandbox, customer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = b"%PDF-1.7\n" + b"x" * 200_000
    monkeypatch.setitem(media_fetch.BYTES_MAX, "file", len(data) - 1)
    media = sent_by(customer, world, sandbox, data, "file", "a.pdf")

    media_fetch.fetch(media.pk)

    media.refresh_from_db()
    assert media.state == State.TOO_LARGE
    assert kept_files(tmp_path) == []


def test_a_video_that_line_still_prepares_is_asked_for_again(world: World, sandbox: LineSandbox, customer: str) -> None:
    delivery = f"/sandbox/channels/{world.account.channel_id}/delivery"
    sandbox.call("PUT", delivery, {"transcodingSeconds": 60})
    media = sent_by(customer, world, sandbox, pictures.mp4(), "video")

    tasks.fetch_media(media.pk)
    media.refresh_from_db()
    assert (media.state, media.attempts) == (State.PENDING, 1)
    [job] = ProcrastinateJob.objects.filter(task_name="madoguchi.channels.tasks.fetch_media")
    assert job.args == {"media_id": media.pk}
    assert job.scheduled_at is not None
    sandbox.call("POST", "/sandbox/clock/advance", {"seconds": 61})
    tasks.fetch_media(media.pk)

    media.refresh_from_db()
    assert (media.state, media.content_type) == (State.STORED, "video/mp4")


def test_only_what_has_no_try_to_come_is_fetched_by_the_sweep(world: World) -> None:
    """Otherwise every sweep would use up some of the tries, and a long outage of LINE's would cost the file."""
    long_ago = timezone.now() - tasks.LEFT_BEHIND_AFTER - dt.timedelta(minutes=1)
    to_come, lost = (
        Media.objects.create(
            account=world.account,
            thread=world.conversation.pk,
            kind="file",
            provider_message_id=name,
            created_at=long_ago,
        )
        for name in ("to come", "lost")
    )
    tasks.fetch_media.configure(schedule_in={"hours": 1}).defer(media_id=to_come.pk)

    tasks.look_after_media(timestamp=0)

    jobs = ProcrastinateJob.objects.filter(task_name=tasks.fetch_media.name).values_list("args__media_id", flat=True)
    assert sorted(jobs) == [to_come.pk, lost.pk]


def test_after_all_tries_it_is_given_up(world: World, sandbox: LineSandbox, customer: str) -> None:
    media = sent_by(customer, world, sandbox, pictures.jpeg(), "image")
    Media.objects.update(attempts=tasks.TRIES_MAX - 1)
    sandbox.fail("500", path="*")

    tasks.fetch_media(media.pk)

    media.refresh_from_db()
    assert media.state == State.FAILED
    assert not ProcrastinateJob.objects.exists()


# -- content that is somewhere else ----------------------------------------------------------------------------------


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """A web server on this machine, and the paths it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            if self.path == "/moved":
                self.send_response(302)
                self.send_header("Location", "/a.jpg")
                self.end_headers()
                return
            data = pictures.jpeg()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


def external(world: World, url: str) -> Media:
    return Media.objects.create(
        account=world.account, thread=world.conversation.pk, kind="image", provider_message_id="1", external_url=url
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])
def test_an_address_inside_our_network_is_never_called(
    world: World, elsewhere: tuple[str, list[str]], host: str
) -> None:
    url, asked = elsewhere
    media = external(world, url.replace("127.0.0.1", host) + "/a.jpg")

    media_fetch.fetch(media.pk)

    media.refresh_from_db()
    assert media.state == State.FAILED
    assert asked == []


def test_a_redirect_into_our_network_is_not_followed(world: World, elsewhere: tuple[str, list[str]]) -> None:
    url, asked = elsewhere
    media = external(world, f"{url}/moved")
    addresses = iter([True, False])  # the first connection is allowed, the one after the redirect is not

    media_fetch.fetch(media.pk, is_allowed=lambda _: next(addresses))

    media.refresh_from_db()
    assert media.state == State.FAILED
    assert asked == ["/moved"]


def test_an_allowed_address_is_fetched(world: World, elsewhere: tuple[str, list[str]]) -> None:
    media = external(world, elsewhere[0] + "/a.jpg")

    media_fetch.fetch(media.pk, is_allowed=lambda _: True)

    media.refresh_from_db()
    assert (media.state, media.width) == (State.STORED, 64)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104  # to be refused
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "::ffff:10.0.0.1",
        "64:ff9b::a00:1", "2002:a00:1::", "not an address",
    ],
)  # fmt: skip
def test_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "203.69.1.1", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_public(address: str) -> None:
    assert is_public(address)
