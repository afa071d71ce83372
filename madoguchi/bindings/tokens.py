"""Codes that people can read out and type: ten characters without look-alikes, shown as ``K7QF3-M2X9T``."""

from __future__ import annotations

import re
import secrets

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 characters, so each is five bits; no 0, 1, I, O."""
LENGTH = 10
_LOOSE = re.compile(rf"[{ALPHABET}]{{5}}[-－ー‐ ]?[{ALPHABET}]{{5}}", re.IGNORECASE)


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def shown(token: str) -> str:
    return f"{token[: LENGTH // 2]}-{token[LENGTH // 2 :]}"
