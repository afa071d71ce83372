"""From a customer's message to the agent's screen, as far as the server has a part in it.

Web and worker run as they do in production. While 200 events a second arrive for other customers, one customer writes
now and then, and the time is taken from sending the webhook to hearing of the conversation on an agent's live stream.
What the browser adds (fetching the fragment, painting it) is in the bench `bubble`.
"""

from __future__ import annotations

import http.client
import random
import sys
import threading
import time

from django.test import Client

from madoguchi.bench.company import create_account
from madoguchi.bench.figures import Context, Figure
from madoguchi.bench.processes import running, serving
from madoguchi.bench.webhooks import Background, Webhooks
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
        webhooks = Webhooks(context.port, path)
        webhooks.send(_WATCHED)
        conversation = conversation_of(_WATCHED)
        webhooks = Webhooks(context.port, path, seed=9)  # the server has closed the connection that was quiet
        stream = _Stream(context.port, conversation)
        background = Background(context.port, path, per_second=BACKGROUND_PER_SECOND, customers=5_000)
        background.start()
        delays = sorted(_delay(webhooks, stream) for _ in range(_SAMPLES))
        background.stop()
        stream.close()
    context.progress(f"{background.reached:.0f} events/s in the background")
    return [
        Figure("webhook to live signal, half of all", delays[len(delays) // 2], "ms"),
        Figure("webhook to live signal, 95 of 100", delays[int(len(delays) * 0.95)], "ms", at_most=150),
        Figure("events per second in the background", background.reached, "/s"),
    ]


def _delay(webhooks: Webhooks, stream: _Stream) -> float:
    """Milliseconds."""
    time.sleep(random.uniform(0.02, 0.08))
    heard = stream.count
    began = time.perf_counter()
    webhooks.send(_WATCHED)
    stream.wait_beyond(heard)
    return (stream.heard_at - began) * 1000


def conversation_of(user_id: str) -> Conversation:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if found := Conversation.objects.filter(contact__external_id=user_id).first():
            return found
        time.sleep(0.05)
    raise RuntimeError("The worker does not handle events.")


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
