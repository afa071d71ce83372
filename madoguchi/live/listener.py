"""Hearing NOTIFY: one connection that is opened again whenever it is lost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import psycopg
from django.conf import settings
from psycopg import sql

log = logging.getLogger(__name__)

RETRY_SECONDS = 1.0
QUIET_SECONDS = 15.0
"""After so long without a word the connection has to show that it is still alive."""


class Listener:
    """Calls ``on_message`` with the payload of each NOTIFY on the channel, and ``on_connect`` whenever it begins to hear:
    what was said before that is lost, so the listener's owner looks at the tables then. ``on_unreachable`` is called
    whenever the database could not be reached, from the second try after a loss on."""

    def __init__(
        self,
        channel: str,
        *,
        on_message: Callable[[str], None],
        on_connect: Callable[[], None],
        on_unreachable: Callable[[], None] = lambda: None,
    ) -> None:
        self._channel = channel
        self._on_message = on_message
        self._on_connect = on_connect
        self._on_unreachable = on_unreachable
        self._is_hearing = False

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._is_hearing = False
            try:
                await self._listen()
            except (psycopg.Error, OSError, TimeoutError) as error:
                log.info("Not listening on %s: %s", self._channel, str(error).strip())
                if not self._is_hearing:
                    self._on_unreachable()
            await asyncio.sleep(RETRY_SECONDS)

    async def _listen(self) -> None:
        async with await psycopg.AsyncConnection.connect(
            settings.DATABASE_URL, autocommit=True, connect_timeout=5, application_name=f"listen {self._channel}"
        ) as connection:
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._channel)))
            self._is_hearing = True
            self._on_connect()
            while True:
                async for notification in connection.notifies(timeout=QUIET_SECONDS):
                    self._on_message(notification.payload)
                async with asyncio.timeout(QUIET_SECONDS):
                    await connection.execute("SELECT 1")
