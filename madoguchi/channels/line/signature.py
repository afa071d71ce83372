"""LINE signs the raw bytes of a webhook (developers.line.biz/en/docs/messaging-api/verify-webhook-signature)."""

from __future__ import annotations

import base64
import hmac

HEADER = b"x-line-signature"
"""In lower case, as ASGI delivers names; LINE reserves the right to change their case."""


def sign(body: bytes, secret: bytes) -> bytes:
    """base64(HMAC-SHA256(channel secret, body))."""
    return base64.b64encode(hmac.digest(secret, body, "sha256"))


def is_genuine(body: bytes, secret: bytes, signature: bytes) -> bool:
    """Takes the same time wherever the two differ."""
    return hmac.compare_digest(sign(body, secret), signature)
