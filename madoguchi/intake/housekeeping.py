"""What has to be done every minute, whether or not anything happens. Each duty is safe to run in several workers.

How long what is pruned here was kept is said in docs/production.md.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import Callable

from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import Error, connection, transaction
from django.utils import timezone

from madoguchi.channels.models import ReplyToken
from madoguchi.conversations.actions.snooze import wake_due
from madoguchi.conversations.models import Presence

log = logging.getLogger(__name__)

INTERVAL_SECONDS = 60.0
PRESENCE_KEPT_FOR = dt.timedelta(minutes=10)
FAILED_JOBS_KEPT_FOR = dt.timedelta(days=30)
SIGN_INS_KEPT_FOR = dt.timedelta(days=90)
"""Who signed in or tried to, from which address: long enough to look into an incident."""
_ROWS_AT_ONCE = 5_000


def wake_snoozed(now: dt.datetime) -> int:
    woken = 0
    while True:
        some: int = wake_due(now)
        woken += some
        if not some:
            return woken


def prune_raw_events(now: dt.datetime) -> int:
    """Those that are done with, whether something followed from them or not; a parked one stays until it is tried again.
    In portions, each a commit."""
    kept_since = now - dt.timedelta(days=settings.EVENTS_KEPT_DAYS)
    pruned = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_PRUNE_EVENTS, [kept_since, _ROWS_AT_ONCE])
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


def prune_sign_ins(now: dt.datetime) -> int:
    """Anybody can try names without end, so these rows come from strangers."""
    models = (AccessAttempt, AccessLog)
    return sum(model.objects.filter(attempt_time__lt=now - SIGN_INS_KEPT_FOR).delete()[0] for model in models)


def prune_failed_jobs(now: dt.datetime) -> int:
    """The worker deletes what succeeded; what failed stays to be looked at in the support admin."""
    with connection.cursor() as cursor:
        cursor.execute(_PRUNE_JOBS, [now - FAILED_JOBS_KEPT_FOR])
        return int(cursor.rowcount)


DUTIES: tuple[Callable[[dt.datetime], int], ...] = (
    wake_snoozed,
    prune_reply_tokens,
    prune_presences,
    prune_raw_events,
    prune_sessions,
    prune_sign_ins,
    prune_failed_jobs,
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


_PRUNE_EVENTS = """
DELETE FROM intake_rawevent WHERE id IN (
  SELECT id FROM intake_rawevent WHERE state IN ('done', 'kept') AND handled_at < %s ORDER BY handled_at LIMIT %s
  FOR UPDATE SKIP LOCKED)
"""
_PRUNE_JOBS = """
DELETE FROM procrastinate_jobs job WHERE job.status IN ('failed', 'cancelled', 'aborted')
  AND NOT EXISTS (SELECT FROM procrastinate_events event WHERE event.job_id = job.id AND event.at >= %s)
"""
