"""From a customer's message to the agent's screen, as far as the server has a part in it.

Web and worker run as they do in production. While 200 events a second arrive for other customers, one customer writes
now and then, and the time is taken from sending the webhook to hearing of the conversation on an agent's live stream.
What the browser adds (fetching the fragment, painting it) is measured by the journeys.
"""

from __future__ import annotations

import http.client
import json
import random
import socket
import sys
import threading
import time
from dataclasses import dataclass, field

from django.test import Client

from madoguchi.bench.company import SECRET, create_account
from madoguchi.bench.figures import Context, Figure
from madoguchi.bench.load import event
from madoguchi.bench.processes import running, serving
from madoguchi.channels.line.signature import sign
from madoguchi.conversations.models import Conversation
from madoguchi.organization.models import Staff

BACKGROUND_PER_SECOND = 200
_SAMPLES = 100
_WATCHED = "U" + "f" * 32


def run(context: Context) -> list[Figure]:
    account = create_account()
    path = f"/hooks/line/{account.public_id}"
    with (
        serving("madoguchi.asgi:application", context.port) as _,
        running([sys.executable, "-m", "madoguchi", "worker"]) as _,
    ):
        webhooks = _Webhooks(context.port, path)
        webhooks.send_from(_WATCHED)
        conversation = _conversation_of(_WATCHED)
        stream = _Stream(context.port, conversation)
        background = _Background(context.port, path)
        background.start()
        delays = sorted(_delay(webhooks, stream) for _ in range(_SAMPLES))
        background.stop()
        stream.close()
    context.progress(f"{background.sent / background.seconds:.0f} events/s in the background")
    return [
        Figure("webhook to live signal, half of all", delays[len(delays) // 2], "ms"),
        Figure("webhook to live signal, 95 of 100", delays[int(len(delays) * 0.95)], "ms", at_most=150),
        Figure("events per second in the background", background.sent / background.seconds, "/s"),
    ]


def _delay(webhooks: _Webhooks, stream: _Stream) -> float:
    """Milliseconds."""
    time.sleep(random.uniform(0.02, 0.08))
    heard = stream.count
    began = time.perf_counter()
    webhooks.send_from(_WATCHED)
    stream.wait_beyond(heard)
    return (stream.heard_at - began) * 1000


def _conversation_of(user_id: str) -> Conversation:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if found := Conversation.objects.filter(contact__external_id=user_id).first():
            return found
        time.sleep(0.05)
    raise RuntimeError("The worker does not handle events.")


@dataclass
class _Webhooks:
    port: int
    path: str
    seed: int = 7
    _number: int = 0
    _connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    def send_from(self, user_id: str | None = None) -> None:
        """One signed event; returns when it is accepted. None: one of 5,000 other customers."""
        self._number += 1
        payload = event(self._number, self.seed, random.Random(self._number))
        payload["timestamp"] = int(time.time() * 1000)
        if user_id:
            payload["source"] = {"type": "user", "userId": user_id}
        body = json.dumps({"destination": "U0", "events": [payload]}).encode()
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port)
            self._connection.connect()
            self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection.request("POST", self.path, body, {"x-line-signature": sign(body, SECRET.encode()).decode()})
        answer = self._connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"The entrance answered {answer.status}.")


class _Background:
    """An even stream of events by other customers, in a thread."""

    def __init__(self, port: int, path: str) -> None:
        self._webhooks = _Webhooks(port, path, seed=8)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.sent = 0
        self.seconds = 0.0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        began = time.perf_counter()
        while not self._stop.is_set():
            self._webhooks.send_from()
            self.sent += 1
            time.sleep(max(0.0, began + self.sent / BACKGROUND_PER_SECOND - time.perf_counter()))
        self.seconds = time.perf_counter() - began


class _Stream:
    """An agent who has the conversation open."""

    def __init__(self, port: int, conversation: Conversation) -> None:
        staff = Staff.objects.create_superuser("agent", display_name="Agent")
        client = Client()
        client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._connection.request(
            "GET",
            f"/live?conversation={conversation.public_id}",
            headers={"Cookie": f"sessionid={client.cookies['sessionid'].value}"},
        )
        self._answer = self._connection.getresponse()
        self._heard = threading.Condition()
        self.count = 0
        self.heard_at = 0.0
        self._closed = False
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def wait_beyond(self, count: int) -> None:
        with self._heard:
            if not self._heard.wait_for(lambda: self.count > count, timeout=20):
                raise RuntimeError("The live stream says nothing.")

    def close(self) -> None:
        self._closed = True
        self._listener.join(30)
        self._connection.close()

    def _listen(self) -> None:
        for line in self._answer:
            if self._closed:
                return
            if line.startswith(b"event: conversation"):
                with self._heard:
                    self.count += 1
                    self.heard_at = time.perf_counter()
                    self._heard.notify_all()
