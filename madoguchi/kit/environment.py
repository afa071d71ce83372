"""Reading settings from the environment: typed, and nonsense is refused with a sentence instead of being guessed at.

An empty variable counts as not set. Every name begins with MADOGUCHI_ and is explained in docs/settings.md.
"""

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from madoguchi.kit.setup import SetupError

_TRUE, _FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool) -> bool:
    value = text(name).lower()
    if value and value not in _TRUE + _FALSE:
        raise SetupError(f"{name} is “{value}”. It must be 1 or 0.")
    return value in _TRUE if value else default


def whole_number(name: str, default: int, *, at_least: int, at_most: int) -> int:
    value = text(name, str(default))
    if not re.fullmatch(r"\d{1,12}", value, re.ASCII) or not at_least <= int(value) <= at_most:
        raise SetupError(f"{name} is “{value}”. It must be a whole number from {at_least} to {at_most}.")
    return int(value)


def one_of(name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = text(name, default)
    if value not in allowed:
        raise SetupError(f"{name} is “{value}”. It must be one of: {', '.join(allowed)}.")
    return value


def listing(name: str, default: str = "") -> list[str]:
    """Separated by commas; blanks around them do not matter."""
    return [part for part in (part.strip() for part in text(name, default).split(",")) if part]


def folder(name: str, default: str) -> Path:
    return Path(text(name, default)).expanduser().resolve()


def web_address(name: str, default: str) -> str:
    """An origin such as https://care.example.com, without a path or a slash at its end."""
    value = text(name, default).rstrip("/")
    try:
        parts = urlsplit(value)
        good = (
            parts.scheme in ("http", "https") and parts.hostname and not (parts.path or parts.query or parts.fragment)
        )
        _ = parts.port  # raises ValueError when it is no number
    except ValueError:
        good = None
    if not good:
        raise SetupError(
            f"{name} is “{value}”. It must look like https://care.example.com, with nothing after the host."
        )
    return value


def hosts(name: str, default: str) -> list[str]:
    """Host names as Django compares them: no scheme, no port; `.example.com` covers all below it."""
    values = listing(name, default)
    for value in values:
        if not re.fullmatch(r"\.?[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]", value):
            raise SetupError(
                f"{name} contains “{value}”. Write host names only, such as care.example.com, with commas."
            )
    return values


def time_zone(name: str, default: str) -> str:
    value = text(name, default)
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise SetupError(f"{name} is “{value}”. It must be a time zone such as Asia/Taipei or Asia/Tokyo.") from None
    return value


def database(name: str, default: str) -> tuple[str, dict[str, Any]]:
    """The address as psycopg takes it, and the same as Django's DATABASES wants it."""
    address = text(name, default)
    try:
        parts = conninfo_to_dict(address)
    except ProgrammingError as error:
        raise SetupError(f"{name} cannot be read: {str(error).strip()}. {_DATABASE_EXAMPLE}") from None
    ports = str(parts.get("port") or "5432").split(",")
    if not re.match(r"postgres(ql)?://", address) or not parts.get("dbname") or not all(map(str.isdecimal, ports)):
        raise SetupError(f"{name} is not the address of a PostgreSQL database. {_DATABASE_EXAMPLE}")
    known = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    options = {key: value for key, value in parts.items() if key not in known.values()}
    return address, {
        "ENGINE": "django.db.backends.postgresql",
        **{ours: str(parts.get(theirs) or "") for ours, theirs in known.items()},
        "OPTIONS": options,
    }


_DATABASE_EXAMPLE = "It must look like postgresql://user:password@host:5432/madoguchi."
