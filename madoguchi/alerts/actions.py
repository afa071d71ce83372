"""Who wants to be told on which device, and telling them."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Collection

from cryptography.hazmat.primitives.asymmetric import ec
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction

from madoguchi.alerts.errors import BadSubscription
from madoguchi.alerts.models import Subscription
from madoguchi.alerts.subjects import Subject
from madoguchi.alerts.tasks import deliver
from madoguchi.organization.models import Staff

_POINT_BYTES, _AUTH_BYTES = 65, 16
"""RFC 8291: an uncompressed P-256 point, and a secret of 16 bytes."""
_ENDPOINT_MAX = 1_000
DEVICES_MAX = 10
"""Of one person; a further one takes the place of the oldest."""
_is_address = URLValidator(schemes=["https"])


@transaction.atomic
def subscribe(*, staff: Staff, endpoint: str, p256dh: str, auth: str, device: str = "") -> Subscription:
    """This browser wants to be told what concerns ``staff``; whoever used it before is no longer told there.

    Raises BadSubscription unless it is what ``PushManager.subscribe`` gives (w3.org/TR/push-api).
    """
    _refuse_nonsense(endpoint, p256dh, auth)
    given = {"staff": staff, "p256dh": p256dh, "auth": auth, "device": device[:120], "failures": 0}
    made, _is_new = Subscription.objects.update_or_create(endpoint=endpoint, defaults=given)
    older = staff.subscriptions.exclude(pk=made.pk).order_by("-pk")[DEVICES_MAX - 1 :]
    Subscription.objects.filter(pk__in=[each.pk for each in older]).delete()
    return made


@transaction.atomic
def unsubscribe(*, staff: Staff, endpoint: str) -> None:
    """Nothing happens when it was not theirs."""
    Subscription.objects.filter(staff=staff, endpoint=endpoint).delete()


def endpoint_digests(staff: Staff) -> list[str]:
    """SHA-256, in hexadecimal, of each address that tells this person: a browser can see by it whether it is meant.

    The address itself lets whoever knows it be a nuisance (RFC 8030, 8.3), so pages do not contain it.
    """
    endpoints = staff.subscriptions.order_by("pk").values_list("endpoint", flat=True)
    return [hashlib.sha256(endpoint.encode()).hexdigest() for endpoint in endpoints]


def reachable(staff_ids: Collection[int]) -> set[int]:
    """Those of them who have given us a device: for callers with many things to say to many people."""
    return set(Subscription.objects.filter(staff__in=staff_ids).values_list("staff", flat=True))


def alert(*, staff_ids: Collection[int], subject: Subject, name: str = "", url: str, tag: str) -> None:
    """Tell these people, while they are on duty, on the devices they have given us: a job that commits with the caller's
    transaction.

    ``name`` fills the subject's sentence, ``url`` is a path of the console, ``tag`` lets a later alert replace this one.
    """
    if told := sorted(reachable(staff_ids)):
        deliver.defer(staff_ids=told, subject=subject.value, name=name, url=url, tag=tag)


def _refuse_nonsense(endpoint: str, p256dh: str, auth: str) -> None:
    """What could never be sent to must not stand in the way of the others who are told in one go."""
    point, secret = _bytes(p256dh), _bytes(auth)
    if len(endpoint) > _ENDPOINT_MAX or len(point) != _POINT_BYTES or len(secret) != _AUTH_BYTES:
        raise BadSubscription
    try:
        _is_address(endpoint)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except (ValidationError, ValueError):
        raise BadSubscription from None


def _bytes(value: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
    except (binascii.Error, ValueError):
        return b""
