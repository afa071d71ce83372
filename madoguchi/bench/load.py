"""A load generator for webhooks: one process, plain sockets, every connection asks again as soon as it is answered.

Requests are made and signed before the clock starts, so that the generator takes as little as possible from the machine
it measures. No pipelining: a connection has one request in flight, as LINE's have.
"""

from __future__ import annotations

import json
import multiprocessing
import random
import select
import socket
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from madoguchi.channels.line.signature import sign


@dataclass(frozen=True, slots=True)
class Plan:
    port: int
    path: str
    secret: bytes
    seed: int
    requests: int
    """How many different ones to have ready; the run ends early when they are used up."""
    seconds: float
    connections: int = 64
    duplicates: float = 0.05
    """Share of requests that carry an event which has come before."""


@dataclass(frozen=True, slots=True)
class Outcome:
    answered: int
    """With 200."""
    refused: int
    distinct_events: int
    seconds: float
    p50_ms: float
    p99_ms: float

    @property
    def per_second(self) -> float:
        return self.answered / self.seconds


def drive(plan: Plan) -> Outcome:
    """Run the plan in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_drive, plan).result()


def event(number: int, seed: int, chance: random.Random) -> dict[str, object]:
    """A text message as LINE sends it, about 600 bytes."""
    user = chance.randrange(5_000)
    return {
        "type": "message",
        "message": {
            "type": "text",
            "id": f"{500_000_000_000_000_000 + seed * 10_000_000 + number}",
            "quoteToken": "IStG5h1Tz7b-Gr7P0mv8xAkQkT1oYvL6WcXzJ3uRbEw" * 3,
            "markAsReadToken": "30yhdy232-xAkQkT1oYvL6WcXzJ3uRbEw-abcdefgh",
            "text": f"您好，請問第{number}號濾網還有庫存嗎？想到門市看看。",
        },
        "webhookEventId": f"01B{seed:03d}{number:020d}",
        "deliveryContext": {"isRedelivery": False},
        "timestamp": 1_795_000_000_000 + number,
        "source": {"type": "user", "userId": f"U{user:032x}"},
        "replyToken": f"nHuyWiB7yP5Zw52FIkcQobQuGDXCTA{seed}{number}",
        "mode": "active",
    }


def _drive(plan: Plan) -> Outcome:
    requests = _requests(plan)
    poll = select.epoll()
    sockets = {}
    for _ in range(plan.connections):
        connection = socket.create_connection(("127.0.0.1", plan.port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sockets[connection.fileno()] = connection
        poll.register(connection, select.EPOLLIN)
    asked_at: dict[int, float] = {}
    partial: dict[int, bytes] = {}
    latencies: list[float] = []
    refused = used = 0
    started = time.perf_counter()
    ends_at = started + plan.seconds
    for number, connection in sockets.items():
        asked_at[number] = time.perf_counter()
        connection.sendall(requests[used])
        used += 1
    while asked_at:
        for number, _ in poll.poll(10):
            data = partial.pop(number, b"") + sockets[number].recv(4096)
            if not data.endswith(b"\r\n\r\nOK"):
                if (data and b"\r\n\r\n" not in data) or data.endswith(b"\r\n\r\n"):
                    partial[number] = data
                    continue
                refused += 1
            now = time.perf_counter()
            latencies.append(now - asked_at.pop(number))
            if now < ends_at and used < len(requests):
                asked_at[number] = now
                sockets[number].sendall(requests[used])
                used += 1
    seconds = time.perf_counter() - started
    for connection in sockets.values():
        connection.close()
    latencies.sort()
    return Outcome(
        answered=len(latencies) - refused,
        refused=refused,
        distinct_events=len({request[-40:] for request in requests[:used]}),
        seconds=seconds,
        p50_ms=latencies[len(latencies) // 2] * 1000,
        p99_ms=latencies[int(len(latencies) * 0.99)] * 1000,
    )


def _requests(plan: Plan) -> list[bytes]:
    chance = random.Random(plan.seed)
    requests: list[bytes] = []
    for number in range(plan.requests):
        if requests and chance.random() < plan.duplicates:
            requests.append(chance.choice(requests))
            continue
        # The event's number stands at the end of the body, where the distinct ones are counted by.
        body = json.dumps({"events": [event(number, plan.seed, chance)], "destination": f"U{number:038d}"}).encode()
        requests.append(
            b"POST %b HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json; charset=utf-8\r\n"
            b"User-Agent: LineBotWebhook/2.0\r\nx-line-signature: %b\r\nContent-Length: %d\r\n\r\n%b"
            % (plan.path.encode(), sign(body, plan.secret), len(body), body)
        )
    return requests
