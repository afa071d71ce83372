"""A push service at the wire: takes what it is sent, as RFC 8030 says, and a browser that can read it."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from madoguchi.alerts.models import Subscription
from madoguchi.organization.models import Staff


@dataclass
class Browser:
    """Holds the keys that only it knows."""

    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def p256dh(self) -> str:
        point = self.private.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return _text(point)

    @property
    def auth(self) -> str:
        return _text(self.secret)

    def read(self, body: bytes) -> dict[str, Any]:
        """RFC 8188, RFC 8291: salt, record size, the sender's key, then one record that ends with 0x02."""
        salt, length = body[:16], body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        shared = self.private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        own = base64.urlsafe_b64decode(self.p256dh + "=")
        secret = _derived(shared, self.secret, b"WebPush: info\x00" + own + sender, 32)
        key = _derived(secret, salt, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = _derived(secret, salt, b"Content-Encoding: nonce\x00", 12)
        opened = AESGCM(key).decrypt(nonce, sealed, None)
        assert opened.endswith(b"\x02")
        shown = json.loads(opened[:-1])
        assert isinstance(shown, dict)
        return shown


@dataclass
class PushService:
    address: str = ""
    status: int = 201
    headers: dict[str, str] = field(default_factory=dict)
    """Of its answers."""
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def subscription(self, staff: Staff, browser: Browser, **more: Any) -> Subscription:
        return Subscription.objects.create(
            staff=staff,
            endpoint=f"{self.address}/push/{browser.auth}",
            p256dh=browser.p256dh,
            auth=browser.auth,
            **more,
        )


@contextlib.contextmanager
def running() -> Iterator[PushService]:
    service = PushService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(service.status)
            for name, value in {**service.headers, "Content-Length": "0"}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    service.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(secret)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
