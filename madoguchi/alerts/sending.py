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

from madoguchi.alerts.keys import current_key
from madoguchi.alerts.models import Subscription
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
    outcomes = asyncio.run(_send_all(subscriptions, alert, is_allowed))
    _settle(outcomes)
    return outcomes


async def _send_all(
    subscriptions: Sequence[Subscription], alert: Alert, is_allowed: public_web.Check
) -> dict[int, Outcome]:
    private_key = await asyncio.to_thread(lambda: current_key().private_key)
    async with public_web.session(is_allowed=is_allowed, timeout=_TIMEOUT) as session:
        outcomes = await asyncio.gather(*(_send(session, each, alert, private_key) for each in subscriptions))
    return {each.pk: outcome for each, outcome in zip(subscriptions, outcomes, strict=True)}


async def _send(session: aiohttp.ClientSession, subscription: Subscription, alert: Alert, private_key: str) -> Outcome:
    import pywebpush  # brings requests along: only the worker pays for it, when there is something to send
    from py_vapid import Vapid

    try:
        await pywebpush.webpush_async(
            {
                "endpoint": subscription.endpoint,
                "keys": {"p256dh": subscription.p256dh, "auth": subscription.auth},
            },
            json.dumps(asdict(alert), ensure_ascii=False),
            vapid_private_key=Vapid.from_pem(private_key.encode()),
            vapid_claims={"sub": _operator()},
            ttl=TTL_SECONDS,
            timeout=_TIMEOUT,
            aiohttp_session=session,
        )
    except pywebpush.WebPushException as error:
        log.info("Push service answered %s for subscription %s", error.status_code, subscription.pk)
        return Outcome.GONE if error.status_code in _GONE else Outcome.FAILED
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        log.info("Subscription %s cannot be reached: %s", subscription.pk, type(error).__name__)
        return Outcome.FAILED
    return Outcome.DELIVERED


def _operator() -> str:
    """Whom a push service can turn to (RFC 8292, 2.1): a web address with TLS, or else a mailbox."""
    address = urlsplit(settings.BASE_URL)
    return settings.BASE_URL if address.scheme == "https" else f"mailto:webmaster@{address.hostname}"


def _settle(outcomes: dict[int, Outcome]) -> None:
    def those(outcome: Outcome) -> list[int]:
        return [pk for pk, each in outcomes.items() if each == outcome]

    rows = Subscription.objects
    rows.filter(pk__in=those(Outcome.DELIVERED)).update(delivered_at=timezone.now(), failures=0)
    rows.filter(pk__in=those(Outcome.FAILED)).update(failures=F("failures") + 1)
    rows.filter(pk__in=those(Outcome.GONE)).delete()
    rows.filter(failures__gte=FAILURES_MAX).delete()
