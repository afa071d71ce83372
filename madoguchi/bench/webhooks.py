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
    """An even stream of events by ``customers`` other people, over several connections as LINE's come."""

    def __init__(self, port: int, path: str, *, per_second: int, customers: int) -> None:
        self._address = port, path
        self._interval = _CONNECTIONS / per_second
        self._customers = customers
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(_CONNECTIONS)]
        self._sent = [0] * _CONNECTIONS
        self._began = self._ended = 0.0

    @property
    def reached(self) -> float:
        """Events per second, between start and stop."""
        return sum(self._sent) / (self._ended - self._began)

    def start(self) -> None:
        self._began = time.perf_counter()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._ended = time.perf_counter()

    def _run(self, number: int) -> None:
        webhooks, chance = Webhooks(*self._address, seed=100 + number), random.Random(number)
        due = self._began + self._interval * number / _CONNECTIONS
        while not self._stop.is_set():
            time.sleep(max(0.0, due - time.perf_counter()))
            webhooks.send(background_user(chance.randrange(self._customers)))
            self._sent[number] += 1
            due += self._interval


_CONNECTIONS = 8


def background_user(number: int) -> str:
    return f"U{number:032x}"
