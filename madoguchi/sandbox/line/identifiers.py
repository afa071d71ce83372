"""The shapes of LINE's identifiers: user ids, ULIDs of events, opaque tokens."""

import base64
import hashlib
import secrets
import time
import uuid

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def user_id(*parts: str) -> str:
    """`U` and 32 hex digits, always the same for the same parts."""
    return "U" + hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def basic_id(seed: str) -> str:
    """`@` and eight characters, as official accounts get without paying for a premium id."""
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8])
    return "@" + f"{number % 1000:03d}" + "".join(chr(97 + (number >> shift) % 26) for shift in (12, 20, 28, 36, 44))


def ulid(at_ms: int) -> str:
    value = (at_ms << 80) | secrets.randbits(80)
    return "".join(_CROCKFORD[(value >> shift) & 31] for shift in range(125, -1, -5))


def request_id() -> str:
    return str(uuid.UUID(int=secrets.randbits(128), version=4))


def opaque(length: int = 32) -> str:
    """A random token of hex digits, the shape of a reply token."""
    return secrets.token_hex(length // 2)


def sealed(purpose: str, key: str, subject: str) -> str:
    """A token that carries `subject` and needs no table: see `unsealed`."""
    mac = hashlib.blake2b(f"{purpose}.{subject}".encode(), key=key.encode()[:64], digest_size=18).digest()
    return base64.urlsafe_b64encode(subject.encode() + b"." + mac).decode().rstrip("=")


def unsealed(purpose: str, key: str, token: object) -> str | None:
    """The subject of a token made by `sealed` for the same purpose and key, or None."""
    if not isinstance(token, str):
        return None
    try:
        decoded = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    subject = decoded[:-19].decode(errors="replace")
    return subject if secrets.compare_digest(sealed(purpose, key, subject), token) else None


def snapshot_safe_seed() -> int:
    """Message ids continue above this after a fresh start, so two worlds do not hand out the same ids."""
    return 500_000_000_000_000_000 + int(time.time() * 1000) * 10_000
