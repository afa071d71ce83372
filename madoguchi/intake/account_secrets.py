"""Which account a webhook address belongs to, and the secret its requests are signed with.

All accounts are held in memory (a company has a hundred at most) and read again when they are five seconds old. What
does not fit (an unknown address, a wrong signature) reads them again at most once a second, so that a new account or a
reissued secret works at once, and strangers cannot make us ask the database more often than that.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from dataclasses import dataclass

import psycopg
from django.core.exceptions import ImproperlyConfigured

from madoguchi.kit.encrypted import decrypt
from madoguchi.kit.lasting_connection import LastingConnection

log = logging.getLogger(__name__)

FRESH_SECONDS = 5.0
RELOAD_SECONDS_MIN = 1.0


class SecretUnreadable(Exception):
    """The account is known, but what it signs with was encrypted under another key than the installation has now."""


@dataclass(frozen=True, slots=True)
class AccountSecret:
    account_id: int
    secret: bytes


class AccountSecrets:
    def __init__(self, connection: LastingConnection) -> None:
        self._connection = connection
        self._by_address: dict[str, AccountSecret] = {}
        self._unreadable: frozenset[str] = frozenset()
        self._loaded_at = float("-inf")
        self._loading: asyncio.Task[None] | None = None

    async def find(self, public_id: str) -> AccountSecret | None:
        """None: there is no such active account. Raises psycopg.OperationalError when that cannot be known, and
        SecretUnreadable."""
        age = time.monotonic() - self._loaded_at
        known = self._by_address.get(public_id)
        if known is None:
            return await self.find_anew(public_id)
        if age > FRESH_SECONDS:
            self._load()
        return known

    async def find_anew(self, public_id: str) -> AccountSecret | None:
        """As ``find``, after looking into the database, unless that has just been done."""
        if time.monotonic() - self._loaded_at > RELOAD_SECONDS_MIN:
            await asyncio.shield(self._load())
        if public_id in self._unreadable:
            raise SecretUnreadable(public_id)
        return self._by_address.get(public_id)

    async def close(self) -> None:
        if self._loading:
            self._loading.cancel()
            with contextlib.suppress(asyncio.CancelledError, psycopg.OperationalError):
                await self._loading

    def _load(self) -> asyncio.Task[None]:
        """One read at a time serves all who wait for it."""
        if self._loading is None or self._loading.done():
            self._loading = asyncio.create_task(self._read())
            self._loading.add_done_callback(_look_at_outcome)
        return self._loading

    async def _read(self) -> None:
        rows = await self._connection.execute(
            "SELECT public_id, id, channel_secret FROM channels_account WHERE is_active AND kind = 'line'"
        )
        readable: dict[str, AccountSecret] = {}
        unreadable: set[str] = set()
        for public_id, account_id, secret in rows:
            try:
                readable[public_id] = AccountSecret(account_id, decrypt(secret).encode())
            except ImproperlyConfigured as error:
                unreadable.add(public_id)
                if public_id not in self._unreadable:
                    log.error("Webhooks of account %s are turned away until it has a new secret: %s", public_id, error)
        self._by_address, self._unreadable = readable, frozenset(unreadable)
        self._loaded_at = time.monotonic()


def _look_at_outcome(task: asyncio.Task[None]) -> None:
    """A failed read in the background is not news: the requests that need it see it themselves."""
    if not task.cancelled():
        task.exception()
