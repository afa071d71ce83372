"""One alert to some browsers, through the push services that their makers run (RFC 8030).

The content is encrypted for the browser alone (RFC 8291), and each push service is told who we are (VAPID, RFC 8292).
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import logging
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from urllib.parse import urlsplit

import aiohttp
from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from madoguchi.alerts.keys import current_key, public_pem
from madoguchi.alerts.models import ServerKey, Subscription
from madoguchi.kit import public_web

log = logging.getLogger(__name__)

TTL_SECONDS = 3600
"""A push service keeps it so long for a phone that is switched off; later it would only be noise."""
FAILURES_MAX = 5
SILENCE_MAX = dt.timedelta(days=14)
"""A device to which so many tries in a row have failed, and nothing else has got through for so long, is forgotten: a bad
hour of ours or of a push service takes nobody's notifications away."""
_TIMEOUT = aiohttp.ClientTimeout(total=10)
_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,32}")
"""RFC 8030, 5.4."""
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
    LATER = "later"
    """The push service is busy, broken or out of reach: another try may succeed."""
    REFUSED = "refused"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Answer:
    outcome: Outcome
    wait_seconds: int = 0
    """How long the push service asks us to wait (RFC 8030, 8.4; RFC 9110, Retry-After)."""


def send(
    subscriptions: Sequence[Subscription], alert: Alert, *, is_allowed: public_web.Check = public_web.is_public
) -> dict[int, Answer]:
    """By subscription. Those that are gone, and those that have failed for long, are forgotten.

    ``is_allowed`` says which addresses may be connected to: the endpoint comes from a browser.
    """
    if not subscriptions:
        return {}
    key = current_key()
    answers = asyncio.run(_send_all([_request(each, alert, key) for each in subscriptions], is_allowed))
    _settle(answers)
    return answers


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
    headers = {**made.headers, "urgency": "high"}  # somebody waits: a phone that saves power is woken (RFC 8030, 5.3)
    if _TOPIC.fullmatch(alert.tag):
        headers["topic"] = alert.tag  # a phone that was off is told the latest only
    return _Request(subscription, made.encrypted, headers)


async def _send_all(requests: Sequence[_Request], is_allowed: public_web.Check) -> dict[int, Answer]:
    async with public_web.session(is_allowed=is_allowed, timeout=_TIMEOUT) as session:
        answers = await asyncio.gather(*(_send(session, each) for each in requests))
    return {each.subscription.pk: answer for each, answer in zip(requests, answers, strict=True)}


async def _send(session: aiohttp.ClientSession, request: _Request) -> Answer:
    subscription = request.subscription
    posting = session.post(subscription.endpoint, data=request.body, headers=request.headers, allow_redirects=False)
    try:
        async with posting as response:
            status, retry_after = response.status, response.headers.get("Retry-After", "")
    except (aiohttp.ClientError, TimeoutError) as error:
        log.info("Subscription %s cannot be reached: %s", subscription.pk, type(error).__name__)
        is_forbidden = isinstance(error.__cause__, public_web.NotPublic)
        return Answer(Outcome.REFUSED if is_forbidden else Outcome.LATER)
    if status in (200, 201, 202):
        return Answer(Outcome.DELIVERED)
    log.info("Push service answered %s for subscription %s", status, subscription.pk)
    if status in _GONE:
        return Answer(Outcome.GONE)
    if status == 429 or status >= 500:
        return Answer(Outcome.LATER, int(retry_after) if re.fullmatch(r"[0-9]{1,6}", retry_after) else 0)
    return Answer(Outcome.REFUSED)


def _settle(answers: dict[int, Answer]) -> None:
    def those(*outcomes: Outcome) -> list[int]:
        return [pk for pk, answer in answers.items() if answer.outcome in outcomes]

    rows, now = Subscription.objects, timezone.now()
    rows.filter(pk__in=those(Outcome.DELIVERED)).update(delivered_at=now, failures=0)
    rows.filter(pk__in=those(Outcome.GONE)).delete()
    failed = rows.filter(pk__in=those(Outcome.LATER, Outcome.REFUSED))
    failed.update(failures=F("failures") + 1)
    is_silent = Q(delivered_at__lt=now - SILENCE_MAX) | Q(delivered_at=None, created_at__lt=now - SILENCE_MAX)
    failed.filter(is_silent, failures__gte=FAILURES_MAX).delete()
