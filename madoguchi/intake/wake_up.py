"""Telling the consumers that there is something new: at most fifty times a second, never as part of a commit."""

from __future__ import annotations

import asyncio

import psycopg

from madoguchi.kit.lasting_connection import LastingConnection

CHANNEL = "madoguchi_intake"
INTERVAL_SECONDS = 0.02


class WakeUp:
    def __init__(self, connection: LastingConnection) -> None:
        self._connection = connection
        self._wanted = asyncio.Event()

    def consumers(self) -> None:
        self._wanted.set()

    async def run(self) -> None:
        """Until cancelled. A wake-up that is lost is made good by the consumers' own look, once a second."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            try:
                await self._connection.execute("NOTIFY madoguchi_intake")
            except psycopg.OperationalError:
                await asyncio.sleep(1)
            await asyncio.sleep(INTERVAL_SECONDS)
