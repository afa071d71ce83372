"""Webhooks at a chosen pace, as LINE would send them for one account: signed, one event each."""

from __future__ import annotations

import http.client
import json
import random
import socket
import threading
import time
from dataclasses import dataclass, field

from madoguchi.bench.company import SECRET
from madoguchi.bench.load import event
from madoguchi.channels.line.signature import sign


@dataclass
class Webhooks:
    """One connection to the entrance."""

    port: int
    path: str
    seed: int = 7
    _number: int = 0
    _connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    def send(self, user_id: str | None = None, text: str | None = None) -> None:
        """One event; returns when it is accepted. None: one of 5,000 customers writes something."""
        self._number += 1
        payload = event(self._number, self.seed, random.Random(self._number))
        payload["timestamp"] = int(time.time() * 1000)
        if user_id:
            payload["source"] = {"type": "user", "userId": user_id}
        if text:
            payload["message"] = {**payload["message"], "text": text}  # type: ignore[dict-item] # see event()
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


class Background:
    """An even stream of events by ``customers`` other people, in a thread."""

    def __init__(self, port: int, path: str, *, per_second: int, customers: int) -> None:
        self._webhooks = Webhooks(port, path, seed=8)
        self._per_second = per_second
        self._customers = customers
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.sent = 0
        self.seconds = 0.0

    @property
    def reached(self) -> float:
        """Events per second; known when it has stopped."""
        return self.sent / self.seconds

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        chance, began = random.Random(8), time.perf_counter()
        while not self._stop.is_set():
            self._webhooks.send(background_user(chance.randrange(self._customers)))
            self.sent += 1
            time.sleep(max(0.0, began + self.sent / self._per_second - time.perf_counter()))
        self.seconds = time.perf_counter() - began


def background_user(number: int) -> str:
    return f"U{number:032x}"
