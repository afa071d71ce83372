"""Random identifiers for addresses that people outside can see: unguessable, and telling nothing about counts."""

from __future__ import annotations

import secrets

LENGTH = 16
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # no 0/o, 1/i/l: these ids are sometimes read out


def new_public_id() -> str:
    """16 characters of a 31-letter alphabet: about 79 bits. Drawn as one number, for each draw asks the system."""
    number = secrets.randbelow(len(_ALPHABET) ** LENGTH)
    letters = []
    for _ in range(LENGTH):
        number, letter = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[letter])
    return "".join(letters)
