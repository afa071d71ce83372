"""Live changes for the phones: every subscriber has a bounded queue, the page refetches what changed."""

import asyncio
import contextlib
import json
from collections.abc import Iterator

from .records import Json

QUEUE_SIZE = 256


class Stream:
    """Fans changes out to the open phones. A subscriber that falls behind is told to fetch everything again."""

    def __init__(self) -> None:
        self._queues: dict[asyncio.Queue[bytes | None], str] = {}
        self.closed = False

    def publish(self, event: str, data: Json, *, person_id: str = "") -> None:
        """To everybody, or with `person_id` to that person's phones and to those who watch all."""
        frame = None
        for queue, subscriber in list(self._queues.items()):
            if person_id and subscriber and subscriber != person_id:
                continue
            frame = frame or f"event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(b"event: people\ndata: {}\n\n")
            queue.put_nowait(frame)

    @property
    def watched(self) -> bool:
        return bool(self._queues)

    @contextlib.contextmanager
    def subscribe(self, person_id: str) -> Iterator[asyncio.Queue[bytes | None]]:
        """A queue of server-sent-event frames; None means that the sandbox stops."""
        queue: asyncio.Queue[bytes | None] = asyncio.Queue(QUEUE_SIZE)
        self._queues[queue] = person_id
        if self.closed:
            queue.put_nowait(None)
        try:
            yield queue
        finally:
            del self._queues[queue]

    def close(self) -> None:
        self.closed = True
        for queue in self._queues:
            while queue.full():
                queue.get_nowait()
            queue.put_nowait(None)
