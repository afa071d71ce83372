"""People's names, as a circle can hold them."""

from __future__ import annotations

import unicodedata


def initial(name: str) -> str:
    """The letter in a person's circle: of the given name where it can be told, for surnames repeat too often.

    Three Chinese characters are surname and given name (陳佩君: 佩), four are most often Japanese (佐藤美咲: 美).
    """
    letters = [c for c in name if unicodedata.category(c)[0] in "LN"]
    if not letters:
        return "?"
    if all("\u4e00" <= c <= "\u9fff" for c in name):
        return name[{3: 1, 4: 2}.get(len(name), 0)]
    return letters[0].upper()
