"""Who hears what, and how often."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from madoguchi import live
from madoguchi.console.stream import audience, queue_topics
from madoguchi.conversations.models import Conversation
from madoguchi.kit.asgi import Message, Scope
from madoguchi.live import stream as live_stream
from madoguchi.live.stream import Stream
from madoguchi.organization.models import Staff
from tests import make
from tests.database import database_url

RESYNC = ("resync", "everything")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> make.World:
    return make.world()


class Page:
    """A browser with an open stream; ``said`` collects its events as (name, data)."""

    def __init__(self, staff: Staff | None, conversation: Conversation | None = None, method: str = "GET") -> None:
        query = f"conversation={conversation.public_id}" if conversation else ""
        self.scope: Scope = {"method": method, "query_string": query.encode(), "headers": _cookie(staff)}
        self.status = 0
        self.text = ""
        self.closed = asyncio.Event()
        self.ended = asyncio.Event()
        self._spoken = asyncio.Event()

    @property
    def said(self) -> list[tuple[str, str]]:
        blocks = [block.split("\n") for block in self.text.split("\n\n") if block.startswith("event: ")]
        return [(name.removeprefix("event: "), data.removeprefix("data: ")) for name, data in blocks]

    async def receive(self) -> Message:
        await self.closed.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.status = message.get("status", self.status)
        self.text += message.get("body", b"").decode()
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self.ended.set()
        self._spoken.set()

    async def hears(self, event: tuple[str, str], times: int = 1) -> None:
        async with asyncio.timeout(10):
            while self.said.count(event) < times:
                self._spoken.clear()
                await self._spoken.wait()


def _cookie(staff: Staff | None) -> list[tuple[bytes, bytes]]:
    if staff is None:
        return []
    client = Client()
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    return [(b"cookie", f"theme=dark; sessionid={client.cookies['sessionid'].value}".encode())]


def while_open(pages: list[Page], scenario: Callable[[], Awaitable[None]]) -> None:
    """Run the scenario while the pages listen; then they leave."""

    async def run() -> None:
        entrance = Stream(audience)
        await entrance.startup()
        await asyncio.to_thread(_wait_for_listener)
        streams = [asyncio.create_task(entrance(page.scope, page.receive, page.send)) for page in pages]
        for page in pages:
            await page.hears(("resync", "everything"))
        await scenario()
        for page in pages:
            page.closed.set()
        async with asyncio.timeout(5):
            await asyncio.gather(*streams)
        await entrance.shutdown()

    asyncio.run(run())


def _wait_for_listener() -> None:
    deadline = time.monotonic() + 10
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s"
                " AND state = 'idle' AND query NOT LIKE 'LISTEN%%'",  # it has looked who else is listening
                [f"listen {live.CHANNEL}"],
            )
            if cursor.fetchone():
                break
            time.sleep(0.02)
    connection.close()


def publish(*topics: str) -> None:
    try:
        live.publish(topics)
    finally:
        connection.close()


# -- who ---------------------------------------------------------------------------------------------------------------


def ask(page: Page) -> int:
    asyncio.run(Stream(audience)(page.scope, page.receive, page.send))
    return page.status


def test_nobody_hears_anything_without_being_signed_in(world: make.World) -> None:
    assert ask(Page(None)) == 401
    forged = Page(None)
    forged.scope["headers"] = [(b"cookie", b"sessionid=abcdefghijklmnopqrstuvwxyz012345")]
    assert ask(forged) == 401

    left = Page(world.aoi)
    Staff.objects.filter(pk=world.aoi.pk).update(is_active=False)
    assert ask(left) == 401


def test_a_conversation_out_of_reach_does_not_exist(world: make.World, caplog: pytest.LogCaptureFixture) -> None:
    assert ask(Page(world.ren, world.conversation)) == 404
    assert "ren" in caplog.text

    seen = Page(world.aoi, world.conversation)
    while_open([seen], _nothing)
    assert seen.status == 200


def test_only_get_opens_a_stream(world: make.World) -> None:
    assert ask(Page(world.aoi, method="POST")) == 405


def test_topics_follow_from_where_a_person_may_read(world: make.World) -> None:
    nobody = make.staff("nobody", role=None)
    branded = make.staff("branded", brands=[world.brand])

    assert queue_topics(world.aoi) == {f"queue-staff-{world.aoi.pk}", f"queue-store-{world.store.pk}"}
    assert queue_topics(world.mio) == {f"queue-staff-{world.mio.pk}", "queue"}
    assert queue_topics(branded) == {f"queue-staff-{branded.pk}", "queue"}
    assert queue_topics(nobody) == {f"queue-staff-{nobody.pk}"}


async def _nothing() -> None:
    pass


# -- what --------------------------------------------------------------------------------------------------------------


def test_everybody_hears_their_own_topics_only(world: make.World) -> None:
    aoi, ren, mio = Page(world.aoi, world.conversation), Page(world.ren), Page(world.mio)
    conversation = f"conversation-{world.conversation.pk}"
    queue = f"queue-store-{world.store.pk}"

    async def scenario() -> None:
        await asyncio.to_thread(publish, conversation, queue, "queue", f"staff-{world.ren.pk}", "accounts")
        await asyncio.gather(
            aoi.hears(("queue", queue)), mio.hears(("queue", "queue")), ren.hears(("accounts", "accounts"))
        )

    while_open([aoi, ren, mio], scenario)

    accounts, resync = ("accounts", "accounts"), ("resync", "everything")
    assert set(aoi.said) == {resync, accounts, ("conversation", conversation), ("queue", queue)}
    assert set(ren.said) == {resync, accounts, ("staff", f"staff-{world.ren.pk}")}
    assert set(mio.said) == {resync, accounts, ("queue", "queue")}


def test_changes_of_a_conversation_are_told_at_once_and_queues_in_intervals(world: make.World) -> None:
    page = Page(world.aoi, world.conversation)
    conversation, queue = f"conversation-{world.conversation.pk}", f"queue-store-{world.store.pk}"
    changes = 6

    async def scenario() -> None:
        for number in range(1, changes + 1):
            await asyncio.to_thread(publish, conversation, queue)
            await page.hears(("conversation", conversation), times=number)

    began = time.monotonic()
    while_open([page], scenario)
    seconds = time.monotonic() - began

    assert page.said.count(("conversation", conversation)) == changes
    assert 1 <= page.said.count(("queue", queue)) <= 1 + seconds / live_stream.QUEUE_INTERVAL_SECONDS


def test_the_last_change_of_a_queue_is_told_after_the_interval(world: make.World) -> None:
    page = Page(world.aoi)
    queue = f"queue-store-{world.store.pk}"

    async def scenario() -> None:
        await asyncio.to_thread(publish, queue)
        await page.hears(("queue", queue))
        await asyncio.to_thread(publish, queue)
        await page.hears(("queue", queue), times=2)

    while_open([page], scenario)


def test_a_lost_listener_makes_pages_look_at_everything(world: make.World) -> None:
    page = Page(world.aoi)

    async def scenario() -> None:
        before = page.said.count(("resync", "everything"))
        await asyncio.to_thread(_disconnect_listeners)
        await page.hears(("resync", "everything"), times=before + 1)
        await asyncio.to_thread(publish, f"staff-{world.aoi.pk}")
        await page.hears(("staff", f"staff-{world.aoi.pk}"))

    while_open([page], scenario)


def test_a_signal_that_died_with_its_process_makes_pages_look_at_everything(world: make.World) -> None:
    page = Page(world.mio)

    async def scenario() -> None:
        before = page.said.count(RESYNC)
        returncode = await asyncio.to_thread(_die_before_telling, world.conversation)
        assert returncode == -signal.SIGKILL
        await page.hears(RESYNC, times=before + 2)

    while_open([page], scenario)

    world.conversation.refresh_from_db()
    assert world.conversation.last_text == "said by a process that is no more"
    assert {name for name, _ in page.said} == {"resync"}


def _die_before_telling(conversation: Conversation) -> int:
    """A process that listens, as all that publish do, commits, and is killed before its signal goes out."""
    environment = os.environ | {
        "MADOGUCHI_DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "madoguchi.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", _DYING, str(conversation.pk)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode


_DYING = """
import asyncio, os, signal, sys, threading
import django
django.setup()
from django.db import transaction
from madoguchi import live
from madoguchi.conversations.models import Conversation
from madoguchi.live.listener import Listener

hears = threading.Event()
listener = Listener(live.CHANNEL, on_message=print, on_connect=hears.set)
threading.Thread(target=asyncio.run, args=[listener.run()], daemon=True).start()
assert hears.wait(20)
threading.Event().wait(2)  # the others look who listens once a second
with transaction.atomic():
    transaction.on_commit(lambda: os.kill(os.getpid(), signal.SIGKILL))
    changed = Conversation.objects.get(pk=sys.argv[1])
    changed.last_text = "said by a process that is no more"
    changed.save()
    live.publish(changed.topics)
"""


def _disconnect_listeners() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name LIKE 'listen %%' AND datname = current_database()"
        )
    connection.close()


def test_a_stream_pings_and_ends_by_itself(world: make.World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_stream, "PING_SECONDS", 0.05)
    monkeypatch.setattr(live_stream, "LIFETIME_SECONDS", 0.3)
    page = Page(world.aoi)

    assert ask(page) == 200

    assert page.text.startswith("retry: 1000\n\n")
    assert page.text.count(": ping\n\n") >= 2


# -- publish -----------------------------------------------------------------------------------------------------------


def test_nothing_is_told_before_the_commit_or_after_a_rollback(world: make.World) -> None:
    page = Page(world.mio)

    def work() -> None:
        with transaction.atomic():
            live.publish(["queue"])
            transaction.set_rollback(True)
        with transaction.atomic():
            live.publish([f"staff-{world.mio.pk}"])
            time.sleep(0.3)
            assert {name for name, _ in page.said} == {"resync"}
        connection.close()

    async def scenario() -> None:
        await asyncio.to_thread(work)
        await page.hears(("staff", f"staff-{world.mio.pk}"))

    while_open([page], scenario)

    assert ("queue", "queue") not in page.said


def test_many_topics_fit_into_few_payloads() -> None:
    topics = [f"conversation-{number}" for number in range(3000)]

    payloads: Any = live.payloads(topics)

    assert [topic for payload in payloads for topic in payload.split()] == topics
    assert max(len(payload.encode()) for payload in payloads) < 8000
    assert len(payloads) == 7
