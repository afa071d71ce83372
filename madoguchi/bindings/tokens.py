"""Codes that people can read out and type: ten characters without look-alikes, shown as ``K7QF3-M2X9T``."""

from __future__ import annotations

import re
import secrets
import unicodedata
from typing import NamedTuple

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 characters, so each is five bits; no 0, 1, I, O."""
LENGTH = 10
_TOKEN = re.compile(rf"[{ALPHABET}]{{{LENGTH}}}")
_DASHES = "-ー‐‑–—−_ "
_SHOWN = re.compile(rf"(?<![0-9A-Z])[{ALPHABET}]{{5}}[{_DASHES}]?[{ALPHABET}]{{5}}(?![0-9A-Z])")
_WORTH_A_LOOK = re.compile(r"[0-9A-Za-z０-９Ａ-Ｚａ-ｚ]{5}")
"""Cheap, and true of every text that carries a code."""


class Found(NamedTuple):
    token: str
    is_alone: bool
    """The text is nothing but the code: somebody typed it."""


def new_code() -> str:
    """With a letter and a digit at least, so that neither a word nor a telephone number looks like one."""
    while True:
        token = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        if _is_code(token):
            return token


def shown(token: str) -> str:
    return f"{token[: LENGTH // 2]}-{token[LENGTH // 2 :]}"


def read(typed: str) -> str:
    """The token in what somebody typed into a field: width, case, dashes and spaces do not matter. Empty: it is none."""
    token = re.sub(rf"[{_DASHES}]", "", _fold(typed))
    return token if _TOKEN.fullmatch(token) else ""


def find(text: str) -> list[Found]:
    """What looks like a code in a message, in its order. A word or a number of ten characters does not."""
    if not _WORTH_A_LOOK.search(text):
        return []
    folded = _fold(text).strip()
    matches = [(match, re.sub(rf"[{_DASHES}]", "", match.group())) for match in _SHOWN.finditer(folded)]
    return [Found(token, match.group() == folded) for match, token in matches if _is_code(token)]


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).upper()


def _is_code(token: str) -> bool:
    return any(character.isdigit() for character in token) and any(character.isalpha() for character in token)
