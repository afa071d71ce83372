"""Lengths as LINE counts them (developers.line.biz/en/docs/messaging-api/text-character-count)."""

from __future__ import annotations


def utf16_units(text: str) -> int:
    """UTF-16 code units: most emoji count as two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
