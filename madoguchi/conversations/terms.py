"""What a message can be found by: its pairs of characters, and a mark for the week in which it was written.

With the week among the terms, one index answers "this word, in these weeks": search goes back in time and stops when it
has enough, so a word that is in every third of five million messages costs no more than a rare one. A mark is a single
character of the Unicode private use area, which no text yields: pairs have two characters, and private ones separate
words (kit.bigrams).
"""

from __future__ import annotations

import datetime as dt

from madoguchi.kit.bigrams import bigrams

_WEEK_SECONDS = 7 * 24 * 3600
_FIRST_MARK, _LAST_MARK = 0xE000, 0xF8FF


def week_of(at: dt.datetime) -> int:
    """Weeks since 1970, in UTC."""
    return int(at.timestamp()) // _WEEK_SECONDS


def week_start(week: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(week * _WEEK_SECONDS, dt.UTC)


def week_mark(week: int) -> str:
    """Enough marks for 122 years from 1970; what lies outside shares the first or the last one."""
    return chr(min(max(_FIRST_MARK + week, _FIRST_MARK), _LAST_MARK))


def search_terms(text: str, at: dt.datetime) -> list[str] | None:
    """For ``Message.search``; ``at`` is its ``occurred_at``. None: there is nothing to find."""
    pairs = bigrams(text)
    return [*pairs, week_mark(week_of(at))] if pairs else None
