"""Who wants to be told on which device, and telling them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection
from urllib.parse import urlsplit

from django.db import transaction

from madoguchi.alerts.errors import BadSubscription
from madoguchi.alerts.models import Subscription
from madoguchi.alerts.subjects import Subject
from madoguchi.alerts.tasks import deliver
from madoguchi.organization.models import Staff

_POINT_BYTES, _AUTH_BYTES = 65, 16
"""RFC 8291: an uncompressed P-256 point, and a secret of 16 bytes."""


@transaction.atomic
def subscribe(*, staff: Staff, endpoint: str, p256dh: str, auth: str, device: str = "") -> Subscription:
    """This browser wants to be told what concerns ``staff``; whoever used it before is no longer told there.

    Raises BadSubscription unless it is what ``PushManager.subscribe`` gives (w3.org/TR/push-api).
    """
    if urlsplit(endpoint).scheme != "https" or len(endpoint) > 1000:
        raise BadSubscription
    if _length(p256dh) != _POINT_BYTES or _length(auth) != _AUTH_BYTES:
        raise BadSubscription
    given = {"staff": staff, "p256dh": p256dh, "auth": auth, "device": device[:120], "failures": 0}
    return Subscription.objects.update_or_create(endpoint=endpoint, defaults=given)[0]


@transaction.atomic
def unsubscribe(*, staff: Staff, endpoint: str) -> None:
    """Nothing happens when it was not theirs."""
    Subscription.objects.filter(staff=staff, endpoint=endpoint).delete()


def reachable(staff_ids: Collection[int]) -> set[int]:
    """Those of them who have given us a device: for callers with many things to say to many people."""
    return set(Subscription.objects.filter(staff__in=staff_ids).values_list("staff", flat=True))


def alert(*, staff_ids: Collection[int], subject: Subject, name: str = "", url: str, tag: str) -> None:
    """Tell these people on the devices they have given us; a job that commits with the caller's transaction.

    ``name`` fills the subject's sentence, ``url`` is a path of the console, ``tag`` lets a later alert replace this one.
    """
    if told := sorted(reachable(staff_ids)):
        deliver.defer(staff_ids=told, subject=subject.value, name=name, url=url, tag=tag)


def _length(value: str) -> int:
    try:
        return len(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)))
    except (binascii.Error, ValueError):
        return 0
