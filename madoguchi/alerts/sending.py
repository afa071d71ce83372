"""One alert to some browsers, through the push services that their makers run (RFC 8030).

The content is encrypted for the browser alone (RFC 8291), and each push service is told who we are (VAPID, RFC 8292).
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from urllib.parse import urlsplit

import aiohttp
from django.conf import settings
from django.db.models import F
from django.utils import timezone

from madoguchi.alerts.keys import current_key, public_pem
from madoguchi.alerts.models import ServerKey, Subscription
from madoguchi.kit import public_web

log = logging.getLogger(__name__)

TTL_SECONDS = 3600
"""A push service keeps it so long for a phone that is switched off; later it would only be noise."""
FAILURES_MAX = 5
_TIMEOUT = aiohttp.ClientTimeout(total=10)
_GONE = frozenset({404, 410})
"""The person has withdrawn the permission, or the browser is no more (RFC 8030, 7.3)."""


@dataclass(frozen=True, slots=True)
class Alert:
    """What the service worker shows."""

    title: str
    body: str
    url: str
    """A path of ours, opened by a tap."""
    tag: str
    """A later alert with the same tag takes the place of the earlier one."""


class Outcome(StrEnum):
    DELIVERED = "delivered"
    FAILED = "failed"
    GONE = "gone"


def send(
    subscriptions: Sequence[Subscription], alert: Alert, *, is_allowed: public_web.Check = public_web.is_public
) -> dict[int, Outcome]:
    """By subscription. Those that are gone, and those that fail five times in a row, are forgotten.

    ``is_allowed`` says which addresses may be connected to: the endpoint comes from a browser.
    """
    if not subscriptions:
        return {}
    key = current_key()
    outcomes = asyncio.run(_send_all([_request(each, alert, key) for each in subscriptions], is_allowed))
    _settle(outcomes)
    return outcomes


@dataclass(frozen=True, slots=True)
class _Request:
    subscription: Subscription
    body: bytes
    headers: dict[str, str]


def _request(subscription: Subscription, alert: Alert, key: ServerKey) -> _Request:
    from webpush import WebPush, WebPushSubscription  # brings pydantic along: only the worker pays for it

    keys = {"p256dh": subscription.p256dh, "auth": subscription.auth}
    made = WebPush(
        private_key=key.private_key.encode(),
        public_key=public_pem(key),
        subscriber=f"webmaster@{urlsplit(settings.BASE_URL).hostname}",
        ttl=TTL_SECONDS,
    ).get(
        json.dumps(asdict(alert), ensure_ascii=False),
        WebPushSubscription.model_validate({"endpoint": subscription.endpoint, "keys": keys}),
    )
    return _Request(subscription, made.encrypted, dict(made.headers))


async def _send_all(requests: Sequence[_Request], is_allowed: public_web.Check) -> dict[int, Outcome]:
    async with public_web.session(is_allowed=is_allowed, timeout=_TIMEOUT) as session:
        outcomes = await asyncio.gather(*(_send(session, each) for each in requests))
    return {each.subscription.pk: outcome for each, outcome in zip(requests, outcomes, strict=True)}


async def _send(session: aiohttp.ClientSession, request: _Request) -> Outcome:
    subscription = request.subscription
    try:
        async with session.post(subscription.endpoint, data=request.body, headers=request.headers) as answer:
            status = answer.status
    except (aiohttp.ClientError, TimeoutError) as error:
        log.info("Subscription %s cannot be reached: %s", subscription.pk, type(error).__name__)
        return Outcome.FAILED
    if status in (200, 201, 202):
        return Outcome.DELIVERED
    log.info("Push service answered %s for subscription %s", status, subscription.pk)
    return Outcome.GONE if status in _GONE else Outcome.FAILED


def _settle(outcomes: dict[int, Outcome]) -> None:
    def those(outcome: Outcome) -> list[int]:
        return [pk for pk, each in outcomes.items() if each == outcome]

    rows = Subscription.objects
    rows.filter(pk__in=those(Outcome.DELIVERED)).update(delivered_at=timezone.now(), failures=0)
    rows.filter(pk__in=those(Outcome.FAILED)).update(failures=F("failures") + 1)
    rows.filter(pk__in=those(Outcome.GONE)).delete()
    rows.filter(failures__gte=FAILURES_MAX).delete()
