"""All accounts at one look, for those who keep them."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from madoguchi.channels import quota
from madoguchi.channels.links import webhook_url
from madoguchi.channels.models import Account, Contact, OutboundMessage

State = OutboundMessage.State
FORECAST_AFTER_DAYS = 3
"""A forecast from one or two days would only be noise."""


@dataclass(frozen=True, slots=True)
class Overview:
    account: Account
    friends: int
    blocked: int
    waiting: int
    """Requests that are to be sent, or being sent."""
    refused: int
    """In the last 24 hours."""
    unknown: int
    quota: quota.QuotaState
    forecast: int | None
    """Messages this month if it goes on like this; None: too early to say, or not asked yet."""

    @property
    def webhook(self) -> str:
        return webhook_url(self.account)

    @property
    def is_forecast_over(self) -> bool:
        return self.forecast is not None and self.quota.limit is not None and self.forecast > self.quota.limit


def accounts() -> QuerySet[Account]:
    """Without their secrets."""
    rows = Account.objects.select_related("provider", "market", "default_brand", "default_department")
    return rows.defer("channel_secret", "access_token")


def overviews(rows: QuerySet[Account], now: dt.datetime | None = None) -> list[Overview]:
    """Three statements, however many accounts."""
    now = now or timezone.now()
    day = now - dt.timedelta(days=1)
    found = list(rows)
    people = _counts(Contact.objects.filter(account__in=found).values_list("account", "friendship"))
    settled = Q(state__in=[State.REFUSED, State.UNKNOWN], settled_at__gte=day)
    requests = OutboundMessage.objects.filter(Q(state__in=[State.QUEUED, State.SENDING]) | settled, account__in=found)
    sent = _counts(requests.values_list("account", "state"))
    return [
        Overview(
            account=account,
            friends=people.get((account.pk, Contact.Friendship.FRIEND), 0),
            blocked=people.get((account.pk, Contact.Friendship.BLOCKED), 0),
            waiting=sum(sent.get((account.pk, state), 0) for state in (State.QUEUED, State.SENDING)),
            refused=sent.get((account.pk, State.REFUSED), 0),
            unknown=sent.get((account.pk, State.UNKNOWN), 0),
            quota=quota.state(account),
            forecast=forecast(account, now),
        )
        for account in found
    ]


def forecast(account: Account, now: dt.datetime) -> int | None:
    """At the pace of this month so far, in whole messages."""
    if account.quota_checked_at is None:
        return None
    local = now.astimezone(ZoneInfo(account.market.time_zone))
    start = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    passed = (local - start) / dt.timedelta(days=1)
    if passed < FORECAST_AFTER_DAYS:
        return None
    return round(account.quota_used / passed * calendar.monthrange(local.year, local.month)[1])


def _counts(rows: QuerySet[Any, tuple[int, str]]) -> dict[tuple[int, str], int]:
    return {(account, value): count for account, value, count in rows.annotate(Count("pk")).order_by()}
