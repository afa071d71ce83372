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
LOOK_SECONDS = 1.0
"""So often it looks who else is listening, which also shows that the connection is still alive."""
ANSWER_SECONDS = 15.0

Pids = frozenset[int]


class Listener:
    """Calls ``on_message`` with the payload of each NOTIFY on the channel.

    ``on_connect`` is called whenever it begins to hear: what was said before that is lost, so the listener's owner looks
    at the tables then. ``on_loss`` is called, twice a second apart, when another process that listened on the channel has
    gone: it may have been killed between a commit and the NOTIFY that was to follow. (Twice, for the server may finish a
    commit whose process is gone already.) ``on_unreachable`` is called whenever the database could not be reached, from
    the second try after a loss on.
    """

    def __init__(
        self,
        channel: str,
        *,
        on_message: Callable[[str], None],
        on_connect: Callable[[], None],
        on_loss: Callable[[], None] = lambda: None,
        on_unreachable: Callable[[], None] = lambda: None,
    ) -> None:
        self._channel = channel
        self._name = f"listen {channel}"
        self._on_message = on_message
        self._on_connect = on_connect
        self._on_loss = on_loss
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
            settings.DATABASE_URL, autocommit=True, connect_timeout=5, application_name=self._name
        ) as connection:
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._channel)))
            listening, gone_before = await self._listening(connection), Pids()
            self._is_hearing = True
            self._on_connect()
            while True:
                async for notification in connection.notifies(timeout=LOOK_SECONDS):
                    self._on_message(notification.payload)
                now_listening = await self._listening(connection)
                gone = listening - now_listening
                if gone or gone_before:
                    self._on_loss()
                listening, gone_before = now_listening, gone

    async def _listening(self, connection: psycopg.AsyncConnection[tuple[int]]) -> Pids:
        """Of all processes on the channel, their connections by the number that the server knows them by."""
        async with asyncio.timeout(ANSWER_SECONDS):
            found = await connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s",
                [self._name],
            )
            return Pids([pid for (pid,) in await found.fetchall()])
