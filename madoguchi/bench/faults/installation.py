"""A whole installation that can be hurt: PostgreSQL, web, worker and the sandbox, each a process of its own."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self

import django.db
import psycopg
from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from madoguchi.bench.company import create_account
from madoguchi.channels.models import Contact, OutboundMessage, ReplyToken
from madoguchi.conversations.actions.send import send
from madoguchi.conversations.models import Conversation
from madoguchi.intake.models import RawEvent
from madoguchi.kit.processes import dying_with_parent
from madoguchi.organization.models import Staff
from madoguchi.postgres import Postgres

CUSTOMERS = 4
PATIENCE_SECONDS = 60
_OPEN = (OutboundMessage.State.QUEUED, OutboundMessage.State.SENDING)


class Process:
    """`python -m <words>` that can be killed, frozen and started again."""

    def __init__(self, words: list[str], is_ready: Callable[[], bool]) -> None:
        self._words = [sys.executable, "-m", *words]
        self._is_ready = is_ready
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if self._process is None:
            self._process = subprocess.Popen(
                self._words, stdout=sys.stderr, preexec_fn=dying_with_parent(signal.SIGKILL)
            )
            wait_for(self._is_ready, f"{self._words[2]} to be ready")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGSTOP)


class Installation:
    """Customers who are friends of one account, one person who answers, and the processes between them."""

    def __init__(self, server: Postgres, port: int) -> None:
        self.server = server
        self.sandbox_url = f"http://127.0.0.1:{port}"
        self._web_url = f"http://127.0.0.1:{port + 1}"
        self.sandbox = Process(
            ["madoguchi", "sandbox", "--port", str(port), "--state", "none"],
            lambda: _answers(f"{self.sandbox_url}/sandbox/world"),
        )
        self.web = Process(["madoguchi", "serve", "--port", str(port + 1)], lambda: _answers(f"{self._web_url}/health"))
        self.worker = Process(["madoguchi", "worker"], lambda: True)
        self.round = 0
        self.people = {f"p{n}": f"U{n:032x}" for n in range(CUSTOMERS)}
        """LINE user ids by the sandbox's names."""
        self._said: dict[str, int] = {}

    def __enter__(self) -> Self:
        self.account = create_account()
        self.account.api_base = self.account.data_base = self.sandbox_url
        self.account.requests_per_second = 100_000
        self.account.save()
        self.staff = Staff.objects.create_superuser("aoi", None, display_name="Aoi")
        self.sandbox.start()
        self.channel = self.account.channel_id
        channel = {
            "channelId": self.channel,
            "secret": self.account.channel_secret,
            "accessToken": self.account.access_token,
            "provider": self.account.provider.name,
            "webhookUrl": f"{self._web_url}/hooks/line/{self.account.public_id}",
            "webhookActive": True,
            "redelivery": True,
        }
        self.ask("POST", "/sandbox/channels", channel)
        waits = [0.2, 0.5, 1, 1, 2, 2, 3, 3, 5, 5, 10, 10]
        self.ask(
            "PUT", f"/sandbox/channels/{self.channel}/delivery", {"redeliverySeconds": waits, "duplicateRate": 0.1}
        )
        provider = self.account.provider.name
        people = [{"personId": p, "name": p, "userIds": {provider: user_id}} for p, user_id in self.people.items()]
        self.ask("POST", "/sandbox/people", people)
        self.web.start()
        self.worker.start()
        for person in self.people:
            self.ask("POST", f"/sandbox/people/{person}/channels/{self.channel}/add")
        wait_for(lambda: Contact.objects.count() == CUSTOMERS, "the customers to be known")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in (self.worker, self.web, self.sandbox):
            process.kill()

    # -- what people do --------------------------------------------------------------------------------------------

    def begin_round(self, number: int) -> None:
        """Everybody has written once, and we know it: every thread exists."""
        self.round = number
        self.write()
        self.wait_until_quiet()

    def write(self, times: int = 1) -> None:
        """Every customer, in turn."""
        for _ in range(times):
            for person in self.people:
                text = {"type": "text", "text": self._next("c", person)}
                self.ask("POST", f"/sandbox/people/{person}/channels/{self.channel}/messages", text)

    def answer(self, times: int = 2, *, for_free: bool = False) -> None:
        """Staff answer every thread. Not for free: as if the reply tokens had run out meanwhile."""
        if not for_free:
            ReplyToken.objects.all().delete()
        for _ in range(times):
            for conversation in Conversation.objects.select_related("contact").order_by("pk"):
                text = self._next("s", conversation.contact.external_id)
                send(conversation_id=conversation.pk, staff=self.staff, client_key=uuid.uuid4(), text=text)

    def _next(self, who: str, whom: str) -> str:
        count = self._said[whom] = self._said.get(whom, 0) + 1
        return f"r{self.round} {who} {count}"

    # -- what goes wrong, and right again --------------------------------------------------------------------------

    @contextlib.contextmanager
    def locked(self, statement: str) -> Iterator[int]:
        """Hold what the statement locks until the block ends; how many rows that is."""
        with psycopg.connect(settings.DATABASE_URL) as holder:
            yield holder.execute(statement).rowcount
            holder.rollback()

    def wait_until_somebody_is_blocked(self) -> None:
        blocked = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        wait_for(lambda: _count(blocked) > 0, "somebody to wait for the lock")

    def wait_until_sending(self) -> None:
        sending = OutboundMessage.objects.filter(state=OutboundMessage.State.SENDING)
        wait_for(sending.exists, "a request to be under way")

    def fault(self, kind: str, *, seconds: float = 30.0) -> None:
        rule = {"match": {"path": "/v2/bot/message/*"}, "kind": kind, "seconds": seconds}
        self.ask("PUT", "/sandbox/faults", [rule])

    def repair(self) -> None:
        self.ask("PUT", "/sandbox/faults", [])
        if self.server.pid is None:
            self.server.start()
        for process in (self.web, self.worker):
            process.start()

    def wait_until_quiet(self) -> None:
        """No webhook under way, no event unhandled, no answer unsettled."""
        wait_for(self._is_quiet, "everything to come to rest")

    def _is_quiet(self) -> bool:
        if self.ask("GET", "/sandbox/webhooks")["pending"] or RawEvent.objects.filter(state="new").exists():
            return False
        return not OutboundMessage.objects.filter(state__in=_OPEN).exists()

    def ask(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310  # on this machine
            self.sandbox_url + path, data, {"Content-Type": "application/json"}, method=method
        )
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310  # as above
            return json.load(answer)


def wait_for(is_so: Callable[[], bool], what: str) -> None:
    """Raises TimeoutError. While the database is away, the answer is no."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            if is_so():
                return
        except (OSError, psycopg.Error, django.db.Error):  # the database, or a process that is just starting
            connections.close_all()
        if time.monotonic() > deadline:
            raise TimeoutError(f"Waited {PATIENCE_SECONDS} s at {timezone.now():%H:%M:%S} for {what}")
        time.sleep(0.02)


def _count(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])


def _answers(url: str) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  # on this machine
        return bool(answer.status == 200)
    return False
