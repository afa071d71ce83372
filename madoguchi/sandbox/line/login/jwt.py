"""JSON Web Tokens of the three kinds that LINE uses: HS256 (web login), ES256 (LIFF), RS256 (channel assertions)."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from functools import cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from madoguchi.sandbox.line.records import Json

KEY_ID = "sandbox"
# Not a secret: whoever runs a sandbox may sign whatever they like, and tokens survive a restart.
_PRIVATE_VALUE = int.from_bytes(hashlib.sha256(b"madoguchi LINE sandbox").digest())


class InvalidToken(Exception):
    """Not a token, or not signed by whom it should be."""


def encode_hs256(payload: Json, secret: str) -> str:
    return _encode({"typ": "JWT", "alg": "HS256"}, payload, lambda data: hmac.digest(secret.encode(), data, "sha256"))


def encode_es256(payload: Json) -> str:
    def sign(data: bytes) -> bytes:
        r, s = decode_dss_signature(_private_key().sign(data, ec.ECDSA(SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)

    return _encode({"typ": "JWT", "alg": "ES256", "kid": KEY_ID}, payload, sign)


def decode(token: str, *, secret: str) -> Json:
    """The payload of an id token, HS256 with the channel secret or ES256 with the sandbox's key."""
    header, payload, signed, signature = _parts(token)
    match header.get("alg"):
        case "HS256":
            if not hmac.compare_digest(hmac.digest(secret.encode(), signed, "sha256"), signature):
                raise InvalidToken
        case "ES256":
            if len(signature) != 64:
                raise InvalidToken
            der = encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
            try:
                _private_key().public_key().verify(der, signed, ec.ECDSA(SHA256()))
            except InvalidSignature:
                raise InvalidToken from None
        case _:
            raise InvalidToken
    return payload


def decode_assertion(token: str, keys: list[Json]) -> Json:
    """The payload of a channel's RS256 assertion; `keys` are the JWKs that the console has registered."""
    header, payload, signed, signature = _parts(token)
    key = next((key for key in keys if key.get("kid") == header.get("kid")), None)
    if header.get("alg") != "RS256" or key is None:
        raise InvalidToken
    try:
        public = rsa.RSAPublicNumbers(int.from_bytes(_decode(key["e"])), int.from_bytes(_decode(key["n"]))).public_key()
        public.verify(signature, signed, padding.PKCS1v15(), SHA256())
    except (InvalidSignature, KeyError, ValueError):
        raise InvalidToken from None
    return payload


def public_keys() -> Json:
    """The JWKS document of `/oauth2/v2.1/certs`."""
    numbers = _private_key().public_key().public_numbers()
    key = {
        "kty": "EC",
        "crv": "P-256",
        "alg": "ES256",
        "use": "sig",
        "kid": KEY_ID,
        "x": _text(numbers.x.to_bytes(32)),
        "y": _text(numbers.y.to_bytes(32)),
    }
    return {"keys": [key]}


@cache
def _private_key() -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(_PRIVATE_VALUE, ec.SECP256R1())


def _encode(header: Json, payload: Json, sign: Callable[[bytes], bytes]) -> str:
    signed = ".".join(_text(json.dumps(part, separators=(",", ":")).encode()) for part in (header, payload))
    return f"{signed}.{_text(sign(signed.encode()))}"


def _parts(token: str) -> tuple[Json, Json, bytes, bytes]:
    signed, _, signature = token.rpartition(".")
    try:
        header, payload = (json.loads(_decode(part)) for part in signed.split("."))
        raw = _decode(signature)
    except (ValueError, TypeError):
        raise InvalidToken from None
    if not isinstance(header, dict) or not isinstance(payload, dict):
        raise InvalidToken
    return header, payload, signed.encode(), raw


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
