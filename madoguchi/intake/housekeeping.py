"""What has to be done every minute, whether or not anything happens. Each duty is safe to run in several workers."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import Callable

from django.contrib.sessions.models import Session
from django.db import Error, connection, transaction
from django.utils import timezone

from madoguchi.channels.models import ReplyToken
from madoguchi.conversations.actions.snooze import wake_due
from madoguchi.conversations.models import Presence

log = logging.getLogger(__name__)

INTERVAL_SECONDS = 60.0
EVENTS_KEPT_FOR = dt.timedelta(days=30)
PRESENCE_KEPT_FOR = dt.timedelta(minutes=10)
_ROWS_AT_ONCE = 5_000


def wake_snoozed(now: dt.datetime) -> int:
    woken = 0
    while True:
        some: int = wake_due(now)
        woken += some
        if not some:
            return woken


def prune_raw_events(now: dt.datetime) -> int:
    """Handled ones only; what was kept or parked stays until somebody has looked at it. In portions, each a commit."""
    pruned = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_PRUNE, [now - EVENTS_KEPT_FOR, _ROWS_AT_ONCE])
            rows: int = cursor.rowcount
        pruned += rows
        if rows < _ROWS_AT_ONCE:
            return pruned


def prune_reply_tokens(now: dt.datetime) -> int:
    return ReplyToken.objects.filter(expires_at__lt=now).delete()[0]


def prune_presences(now: dt.datetime) -> int:
    return Presence.objects.filter(seen_at__lt=now - PRESENCE_KEPT_FOR).delete()[0]


def prune_sessions(now: dt.datetime) -> int:
    return Session.objects.filter(expire_date__lt=now).delete()[0]


DUTIES: tuple[Callable[[dt.datetime], int], ...] = (
    wake_snoozed,
    prune_reply_tokens,
    prune_presences,
    prune_raw_events,
    prune_sessions,
)


async def run(stop: asyncio.Event) -> None:
    """Until ``stop``."""
    while not stop.is_set():
        await asyncio.to_thread(keep_house)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), INTERVAL_SECONDS)


def keep_house() -> None:
    """All duties once; one that fails does not keep the others from being done."""
    try:
        for duty in DUTIES:
            try:
                if done := duty(timezone.now()):
                    log.info("%s: %d", duty.__name__, done)
            except Error as error:
                log.warning("%s has to wait: %s", duty.__name__, str(error).strip())
            except Exception:
                log.exception("%s failed", duty.__name__)
    finally:
        connection.close()


_PRUNE = """
DELETE FROM intake_rawevent WHERE id IN (
  SELECT id FROM intake_rawevent WHERE state = 'done' AND handled_at < %s ORDER BY handled_at LIMIT %s
  FOR UPDATE SKIP LOCKED)
"""
