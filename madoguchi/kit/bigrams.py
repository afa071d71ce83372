"""Searching Chinese and Japanese: text as a set of neighbouring character pairs.

PostgreSQL's trigram index cannot find two-character words, and CJK text has no spaces to split at. We store the pairs
of each text in an array column with a GIN index, ask for rows that have all pairs of the query, and then check the text
itself. Width, case and compatibility forms are folded (NFKC), so ``ＡＢ`` finds ``ab``.
"""

from __future__ import annotations

import re
import unicodedata

_SEPARATORS = re.compile(r"[\s\W_]+", re.UNICODE)
MAX_CHARACTERS = 2_000
"""Only the beginning of a very long text can be found: LINE allows 5,000 units, people write far less."""


def fold(text: str) -> str:
    """The form in which text is compared: NFKC, lower case."""
    return unicodedata.normalize("NFKC", text).casefold()


def words(text: str) -> list[str]:
    """What stands between blanks and punctuation, folded.

    >>> words("濾網、Ab")
    ['濾網', 'ab']
    """
    return [word for word in _SEPARATORS.split(fold(text)) if word]


def bigrams(text: str) -> list[str]:
    """The distinct pairs of neighbouring characters within words, in a stable order.

    >>> bigrams("濾網 Ab")
    ['ab', '濾網']
    """
    return sorted({word[i : i + 2] for word in words(text[:MAX_CHARACTERS]) for i in range(len(word) - 1)})
