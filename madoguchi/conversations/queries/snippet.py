"""The part of a text around what was searched for, with the hits told apart. Templates escape the pieces as usual."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from madoguchi.kit.bigrams import fold

LENGTH = 60
_BEFORE = 18
_HALF_WIDTH_VOICING = "ﾞﾟ"


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    is_hit: bool = False


def snippet(text: str, words: Sequence[str]) -> list[Piece]:
    """About 60 characters, beginning a little before the first hit; all hits of the folded ``words`` in it are marked."""
    flat = " ".join(text.split())
    hits = _hits(flat, words)
    start = max(0, hits[0][0] - _BEFORE) if hits else 0
    end = min(len(flat), start + LENGTH)
    pieces = [Piece("…")] if start else []
    position = start
    for first, last in hits:
        if first >= end:
            break
        last = min(last, end)
        pieces += [Piece(flat[position:first]), Piece(flat[first:last], is_hit=True)]
        position = last
    pieces.append(Piece(flat[position:end] + ("…" if end < len(flat) else "")))
    return [piece for piece in pieces if piece.text]


def _hits(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Where the words stand in the text as written: folding may change the number of characters."""
    folded, origin = "", []
    for first, last in _characters(text):
        part = fold(text[first:last])
        folded += part
        origin += [(first, last)] * len(part)
    found: list[tuple[int, int]] = []
    for word in words:
        at = folded.find(word)
        while at >= 0:
            found.append((origin[at][0], origin[at + len(word) - 1][1]))
            at = folded.find(word, at + len(word))
    merged: list[tuple[int, int]] = []
    for first, last in sorted(found):
        if merged and first < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _characters(text: str) -> Iterator[tuple[int, int]]:
    """As people count them: with their combining marks, which folding may join with them."""
    first = 0
    for position in range(1, len(text) + 1):
        if position == len(text) or not (
            unicodedata.combining(text[position]) or text[position] in _HALF_WIDTH_VOICING
        ):
            yield first, position
            first = position
