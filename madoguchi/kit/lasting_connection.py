"""An asynchronous connection for loops that outlive the database: opened when needed, and again after it was lost."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Any, LiteralString

import psycopg
from django.conf import settings

CONNECT_SECONDS = 5


class LastingConnection:
    """Autocommit, in the order of the callers. Raises psycopg.OperationalError while the database is away.

    ``session`` is executed on each new connection, for instance ``SET synchronous_commit TO off``.
    """

    def __init__(self, name: str, *, session: LiteralString = "", answer_seconds: float = 10) -> None:
        self._name = name
        self._session = session
        self._answer_seconds = answer_seconds
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._lock = asyncio.Lock()

    async def execute(self, query: LiteralString, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """One statement, prepared after its first use; the rows it returns, if any."""
        async with self._opened() as connection:
            cursor = await connection.execute(query, parameters or None, prepare=True)
            return await cursor.fetchall() if cursor.description else []

    async def close(self) -> None:
        if self._connection:
            await self._connection.close()

    @contextlib.asynccontextmanager
    async def _opened(self) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
        """A connection that hangs or breaks in the middle is thrown away: its state is not known."""
        async with self._lock:
            connection = self._connection
            try:
                async with asyncio.timeout(self._answer_seconds):
                    if connection is None or connection.closed:
                        connection = self._connection = await self._open()
                    yield connection
            except TimeoutError as error:
                await self.close()
                raise psycopg.OperationalError(f"No answer within {self._answer_seconds} s") from error
            except asyncio.CancelledError:
                await self.close()
                raise

    async def _open(self) -> psycopg.AsyncConnection[Any]:
        connection = await psycopg.AsyncConnection.connect(
            settings.DATABASE_URL, autocommit=True, connect_timeout=CONNECT_SECONDS, application_name=self._name
        )
        if self._session:
            await connection.execute(self._session)
        return connection
