from __future__ import annotations

import base64

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import IntegrityError, transaction

from madoguchi.alerts.models import ServerKey


def current_key() -> ServerKey:
    """The installation's own; made when it is first asked for. Two who ask at once get the same one."""
    key = ServerKey.objects.filter(is_current=True).first()
    if key is not None:
        return key
    try:
        with transaction.atomic():
            return _make()
    except IntegrityError:
        return ServerKey.objects.get(is_current=True)


def public_pem(key: ServerKey) -> bytes:
    private = serialization.load_pem_private_key(key.private_key.encode(), password=None)
    return private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _make() -> ServerKey:
    private = ec.generate_private_key(ec.SECP256R1())
    point = private.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return ServerKey.objects.create(
        private_key=pem.decode(), public_key=base64.urlsafe_b64encode(point).rstrip(b"=").decode()
    )
