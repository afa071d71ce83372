"""How many messages of this month an account may still push, and whether LINE lets it in at all."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import dataclass

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from madoguchi import live
from madoguchi.channels import errors
from madoguchi.channels.line.client import Access, LineClient, Quota
from madoguchi.channels.models import Account

REFRESH_EVERY = dt.timedelta(minutes=15)
NEARLY = 0.9
"""From this share on staff are warned."""
TOPIC = "accounts"


class Level(models.TextChoices):
    FINE = "fine", _("Enough left")
    NEARLY_USED_UP = "nearly_used_up", _("Nearly used up")
    USED_UP = "used_up", _("Used up")
    UNKNOWN = "unknown", _("Not asked yet")


@dataclass(frozen=True, slots=True)
class QuotaState:
    used: int
    limit: int | None
    """None: no limit, or not known yet."""
    level: Level

    @property
    def remaining(self) -> int | None:
        return None if self.limit is None else max(0, self.limit - self.used)


def state(account: Account) -> QuotaState:
    """As of the last answer of LINE, plus what we have pushed since. LINE's own count lags and is approximate."""
    used, limit = account.quota_used, account.quota_limit
    if account.quota_checked_at is None:
        level = Level.UNKNOWN
    elif limit is None or used < limit * NEARLY:
        level = Level.FINE
    else:
        level = Level.USED_UP if used >= limit else Level.NEARLY_USED_UP
    return QuotaState(used, limit, level)


def due(now: dt.datetime) -> models.QuerySet[Account]:
    """Accounts to ask about: never asked, not lately, or in trouble that may be over."""
    return Account.objects.filter(
        Q(quota_checked_at=None) | Q(quota_checked_at__lte=now - REFRESH_EVERY) | ~Q(health=Account.Health.OK),
        is_active=True,
    )


def refresh(account: Account) -> None:
    """Ask LINE, and write what it says; also notices a token that is refused, and one that works again."""
    try:
        found = asyncio.run(_ask(Access.of(account)))
    except errors.AccessTokenRefused as error:
        _set_health(account, Account.Health.TOKEN_REFUSED, error.message)
        return
    except errors.ChannelError:
        return
    now = timezone.now()
    Account.objects.filter(pk=account.pk).update(quota_limit=found.limit, quota_used=found.used, quota_checked_at=now)
    if (account.quota_limit, account.quota_used) != (found.limit, found.used):
        live.publish([TOPIC])
    is_used_up = found.limit is not None and found.used >= found.limit
    if is_used_up:
        _set_health(account, Account.Health.QUOTA_USED_UP, "")
    elif account.health != Account.Health.FORBIDDEN:  # that is about sending, and only sending can tell
        _set_health(account, Account.Health.OK, "")


async def _ask(access: Access) -> Quota:
    async with LineClient(connections=1) as line:
        return await line.quota(access)


def _set_health(account: Account, health: Account.Health, detail: str) -> None:
    changed = (
        Account.objects.filter(pk=account.pk)
        .exclude(health=health)
        .update(health=health, health_detail=detail[:300], health_at=timezone.now())
    )
    if changed:
        live.publish([TOPIC])
