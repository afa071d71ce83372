"""The elementary checks. Problems are collected, as LINE lists all of them in `details`."""

import unicodedata
from collections.abc import Callable, Collection
from typing import Any

from madoguchi.sandbox.line.errors import InvalidBody, Problem
from madoguchi.sandbox.line.records import Json

_JOINER = "\u200d"


def utf16_length(text: str) -> int:
    """UTF-16 code units: how LINE counts the text of messages (text-character-count)."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def grapheme_length(text: str) -> int:
    """Grapheme clusters, how LINE counts labels and titles: combining marks, variation selectors, skin tones,
    joined emoji and pairs of regional indicators count with what they belong to (UAX #29, without Hangul jamo)."""
    if text.isascii():
        return len(text) - text.count("\r\n")
    count, previous, indicators = 0, "", 0
    for character in text:
        regional = "\U0001f1e6" <= character <= "\U0001f1ff"
        extends = (
            character == _JOINER
            or previous == _JOINER
            or unicodedata.category(character) in ("Mn", "Me", "Mc")
            or "\U0001f3fb" <= character <= "\U0001f3ff"
            or "\U000e0020" <= character <= "\U000e007f"
            or (regional and indicators % 2 == 1)
        )
        if not extends or not previous:
            count += 1
        indicators = indicators + 1 if regional else 0
        previous = character
    return count


Count = Callable[[str], int]


class Checker:
    """Collects problems of one request; `where` is a JSON path such as `messages[0].text`."""

    def __init__(self, accepts_url: Callable[[str], bool]) -> None:
        self.problems: list[Problem] = []
        self._accepts_url = accepts_url

    def add(self, text: str, where: str) -> None:
        self.problems.append((text, where))

    def raise_if_any(self) -> None:
        if self.problems:
            raise InvalidBody(self.problems)

    def text(
        self,
        item: Json,
        name: str,
        where: str,
        most: int,
        *,
        required: bool = True,
        least: int = 0,
        count: Count = utf16_length,
    ) -> str:
        """A string of at most `most`; absent is fine unless `required`. A required one must not be empty."""
        value = item.get(name)
        at = f"{where}.{name}" if where else name
        if value is None or value == "":
            if required:
                self.add("May not be empty", at)
        elif not isinstance(value, str):
            self.add("Must be a string", at)
        # Every count is at most the number of UTF-16 units, so that a short text needs no counting.
        elif (len(value) > most // 2 or least) and not least <= count(value) <= most:
            self.add(f"Length must be between {least} and {most}", at)
        else:
            return value
        return ""

    def url(self, item: Json, name: str, where: str, *, required: bool = True, most: int = 2000) -> None:
        value = self.text(item, name, where, most, required=required)
        if value and not self._accepts_url(value):
            self.add("Must be a valid HTTPS URL", f"{where}.{name}")

    def number(
        self, item: Json, name: str, where: str, low: float, high: float, *, required: bool = True, whole: bool = True
    ) -> float | None:
        value, at = item.get(name), f"{where}.{name}" if where else name
        if value is None:
            if required:
                self.add("May not be empty", at)
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or (whole and not isinstance(value, int)):
            self.add("Must be a number", at)
        elif not low <= value <= high:
            self.add(f"Must be between {low:g} and {high:g}", at)
        else:
            return float(value)
        return None

    def choice(self, item: Json, name: str, where: str, allowed: Collection[str], *, required: bool = True) -> str:
        value, at = item.get(name), f"{where}.{name}" if where else name
        if value is None and not required:
            return ""
        if not isinstance(value, str) or value not in allowed:
            self.add(f"Must be one of the following values: [{', '.join(sorted(allowed))}]", at)
            return ""
        return value

    def items(self, item: Json, name: str, where: str, low: int, high: int, *, required: bool = True) -> list[Json]:
        """A list of objects of a size; the objects that are none are reported and left out."""
        value, at = item.get(name), f"{where}.{name}" if where else name
        if value is None and not required:
            return []
        if not isinstance(value, list):
            self.add("May not be empty" if value is None else "Must be an array", at)
            return []
        if not low <= len(value) <= high:
            self.add(f"Size must be between {low} and {high}", at)
            return []
        for index, each in enumerate(value):
            if not isinstance(each, dict):
                self.add("Must be an object", f"{at}[{index}]")
        return [each for each in value if isinstance(each, dict)]

    def object(self, item: Json, name: str, where: str, *, required: bool = True) -> Json | None:
        value, at = item.get(name), f"{where}.{name}" if where else name
        if isinstance(value, dict):
            return value
        if value is not None:
            self.add("Must be an object", at)
        elif required:
            self.add("May not be empty", at)
        return None

    def flag(self, item: Json, name: str, where: str) -> None:
        value: Any = item.get(name)
        if value is not None and not isinstance(value, bool):
            self.add("Must be a boolean", f"{where}.{name}" if where else name)
