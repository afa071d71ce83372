"""Jobs of the channels. Each is safe to run twice; a sweep finds what a lost job has left undone."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.channels import errors, media_fetch, quota
from madoguchi.channels.models import Media

TRIES_MAX = 14
LONGEST_WAIT_SECONDS = 3600
LEFT_BEHIND_AFTER = dt.timedelta(hours=2)


@app.task(name="madoguchi.channels.tasks.fetch_media")
def fetch_media(media_id: int) -> None:
    """Copy a customer's file; while LINE prepares it or does not answer, again and again for about eight hours."""
    try:
        media_fetch.fetch(media_id)
    except (errors.TryAgainLater, errors.AccessTokenRefused):
        media = Media.objects.get(pk=media_id)
        media.attempts += 1
        media.save(update_fields=["attempts"])
        if media.attempts >= TRIES_MAX:
            media_fetch.give_up(media_id)
        else:
            wait = min(LONGEST_WAIT_SECONDS, 2**media.attempts)
            fetch_media.configure(schedule_in={"seconds": wait}).defer(media_id=media_id)


@app.periodic(cron="*/10 * * * *")
@app.task(name="madoguchi.channels.tasks.look_after_media")
def look_after_media(timestamp: int) -> None:  # noqa: ARG001  # procrastinate passes it
    """Delete what was taken back, and fetch what a lost job should have fetched."""
    media_fetch.remove_hidden()
    left = Media.objects.filter(state=Media.State.PENDING, created_at__lt=timezone.now() - LEFT_BEHIND_AFTER)
    to_come = ProcrastinateJob.objects.filter(task_name=fetch_media.name, status="todo")
    left = left.exclude(pk__in=list(to_come.values_list("args__media_id", flat=True)))  # a second row of tries
    for media_id in left.order_by("pk").values_list("pk", flat=True)[:500]:
        fetch_media.defer(media_id=media_id)


@app.periodic(cron="* * * * *")
@app.task(name="madoguchi.channels.tasks.refresh_quota")
def refresh_quota(timestamp: int) -> None:  # noqa: ARG001  # procrastinate passes it
    """Every quarter of an hour for each account; every minute for one that is in trouble."""
    for account in quota.due(timezone.now()):
        quota.refresh(account)
