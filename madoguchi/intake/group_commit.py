"""Many webhook requests, one commit.

A commit costs a write to the disk, whether it holds one event or five hundred. Whatever arrived while the last commit
ran goes into the next one; there is no timer and nothing waits when there is no crowd. A request is answered only after
the commit that holds its events.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import psycopg

from madoguchi.intake import raw_events
from madoguchi.kit.lasting_connection import LastingConnection

log = logging.getLogger(__name__)

WAITING_REQUESTS_MAX = 5_000
WAITING_BYTES_MAX = 64 * 1024 * 1024
BATCH_REQUESTS_MAX = 500
BATCH_BYTES_MAX = 8 * 1024 * 1024


class NotStored(Exception):
    """The request's events are not known to be stored: answer 503, and the provider will send them again."""


@dataclass(frozen=True, slots=True)
class _Request:
    account_id: int
    body: str
    stored: asyncio.Future[None]


class GroupCommit:
    """``stored`` is called after each commit."""

    def __init__(self, *, stored: Callable[[], None]) -> None:
        self._stored = stored
        self._connection = LastingConnection("madoguchi hooks", session="SET synchronous_commit TO on")
        self._waiting: deque[_Request] = deque()
        self._waiting_bytes = 0
        self._arrived = asyncio.Event()

    async def store(self, account_id: int, body: str) -> None:
        """Return when all events of this webhook body are safely on disk, or were already. Raises NotStored."""
        if len(self._waiting) >= WAITING_REQUESTS_MAX or self._waiting_bytes + len(body) > WAITING_BYTES_MAX:
            raise NotStored
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Request(account_id, body, stored))
        self._waiting_bytes += len(body)
        self._arrived.set()
        await stored

    async def run(self) -> None:
        """Until cancelled."""
        try:
            while True:
                await self._arrived.wait()
                await self._commit(self._next_batch())
        finally:
            await self._connection.close()

    async def drain(self) -> None:
        """Return when nobody waits any more."""
        while self._waiting:
            await asyncio.gather(*(request.stored for request in self._waiting), return_exceptions=True)

    def _next_batch(self) -> list[_Request]:
        batch: list[_Request] = []
        size = 0
        while self._waiting and len(batch) < BATCH_REQUESTS_MAX:
            size += len(self._waiting[0].body)
            if batch and size > BATCH_BYTES_MAX:
                break
            batch.append(self._waiting.popleft())
            self._waiting_bytes -= len(batch[-1].body)
        if not self._waiting:
            self._arrived.clear()
        return batch

    async def _commit(self, batch: list[_Request]) -> None:
        try:
            await raw_events.store(self._connection, [(request.account_id, request.body) for request in batch])
        except (psycopg.DataError, psycopg.IntegrityError):
            await self._commit_one_by_one(batch)
        except psycopg.Error as error:
            log.warning("%d webhook requests could not be stored: %s", len(batch), error)
            _refuse(batch)
            await asyncio.sleep(0.1)
        except BaseException:
            _refuse(batch)
            raise
        else:
            for request in batch:
                _confirm(request)
        self._stored()

    async def _commit_one_by_one(self, batch: list[_Request]) -> None:
        """Something in the batch cannot be written as it is. Its neighbours must not suffer."""
        for request in batch:
            try:
                await raw_events.store_carefully(self._connection, request.account_id, request.body)
            except psycopg.Error as error:
                log.warning("A webhook request for account %d could not be stored: %s", request.account_id, error)
                _refuse([request])
            except Exception:
                log.exception("A webhook request for account %d could not be stored", request.account_id)
                _refuse([request])
            else:
                _confirm(request)


def _confirm(request: _Request) -> None:
    if not request.stored.done():  # the client may have gone
        request.stored.set_result(None)


def _refuse(batch: list[_Request]) -> None:
    for request in batch:
        if not request.stored.done():
            request.stored.set_exception(NotStored())
