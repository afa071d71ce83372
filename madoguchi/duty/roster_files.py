"""The form of a monthly roster as a CSV file, as retailers already have it: one row per person, a pair of columns per day.

    staff,name,1-In,1-Out,2-In,2-Out,…,31-Out
    aoi,葵,10:00,19:00,,,…

The first column says who: user name, e-mail or name. A blank pair is a day off. Further shifts of a day are further rows
of the same person, or columns ``1-In-2``, ``1-Out-2``. A column ``store`` or ``department`` holds codes of places; ``name``
is only read by people. Times are HH:MM on a 24-hour clock; 24:00 ends the day; an end not after the start lies on the
next day.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from madoguchi.duty.errors import BadRosterFile

BYTES_MAX = 1_000_000
ROWS_MAX = 5_000
_ENCODINGS = ("utf-8-sig", "utf-16", "cp950", "cp932")
"""UTF-8 with or without a mark, what Excel calls Unicode text, and its Big5 and Shift-JIS."""
_DAY_COLUMN = re.compile(r"([1-9]|0[1-9]|[12]\d|3[01])-(in|out)(?:-([1-9]))?", re.IGNORECASE)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::00)?")
_PLACE_COLUMNS = {"store": "store", "locationcode": "store", "department": "department"}
_IGNORED_COLUMNS = frozenset({"", "name"})
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Line(NamedTuple):
    """A row that is not blank. ``number`` is the row of the file, 1 being the headings."""

    number: int
    person: str
    store_code: str
    department_code: str
    """Both empty: the place that was chosen beside the file."""
    times: dict[int, list[tuple[str, str]]]
    """By day of the month: from, to, as written; never both empty."""


class _Column(NamedTuple):
    day: int
    which: int
    """First, second … shift of the day."""
    is_end: bool


def read_lines(data: bytes, known: Collection[str]) -> list[Line]:
    """``known`` are words that the file probably has: with them the encoding is chosen. Raises BadRosterFile."""
    if len(data) > BYTES_MAX:
        raise BadRosterFile(_("A roster file has at most 1 MB."))
    text = _decoded(data, known)
    first_line = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first_line.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise BadRosterFile from None
    if len(rows) > ROWS_MAX:
        raise BadRosterFile(_("A roster file has at most 5,000 rows."))
    if not rows:
        raise BadRosterFile(_("The file is empty."))
    codes_at, columns = _headings(rows[0])
    lines = [
        _line(number, row, codes_at, columns)
        for number, row in enumerate(rows[1:], start=2)
        if any(cell.strip() for cell in row)
    ]
    if not lines:
        raise BadRosterFile(_("The file names nobody: there are no rows below the headings."))
    return lines


def minute_of_day(written: str) -> int | None:
    """``HH:MM`` as minutes since midnight, 1440 for 24:00; None: no such time."""
    found = _TIME.fullmatch(written)
    if not found:
        return None
    hour, minute = int(found[1]), int(found[2])
    return hour * 60 + minute if minute < 60 and (hour < 24 or (hour, minute) == (24, 0)) else None


def written_time(at: dt.datetime, *, is_end: bool = False) -> str:
    """As ``minute_of_day`` reads it; the midnight that ends a day is 24:00."""
    return "24:00" if is_end and at.time() == dt.time() else f"{at:%H:%M}"


def write_lines(
    days: int, rows: Iterable[tuple[str, str, dict[int, tuple[str, str]]]], *, kind: str, code: str
) -> bytes:
    """A file as ``read_lines`` reads it, from user name, name, and times by day, all at one place: ``kind`` is ``store``
    or ``department``. With a mark, so that Excel sees UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    pairs = [f"{day}-{which}" for day in range(1, days + 1) for which in ("In", "Out")]
    writer.writerow(["staff", "name", kind, *pairs])
    for username, name, times in rows:
        cells = [cell for day in range(1, days + 1) for cell in times.get(day, ("", ""))]
        writer.writerow([harmless(cell) for cell in (username, name, code, *cells)])
    return out.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """A text that a spreadsheet would take for a formula, made a text (owasp.org/www-community/attacks/CSV_Injection)."""
    return f"'{cell}" if cell.startswith(_STARTS_A_FORMULA) else cell


def _decoded(data: bytes, known: Collection[str]) -> str:
    """Bytes that are valid in several encodings are in the one that yields most of the known words."""
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.removeprefix(b"\xef\xbb\xbf")
        encodings = [name for name in _ENCODINGS if name != "utf-16"]
    else:
        encodings = ["utf-16"]
    texts = []
    for encoding in encodings:
        try:
            texts.append(data.decode(encoding))
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8-sig":
            break  # text in another encoding is practically never valid UTF-8
    if not texts or any("\0" in text for text in texts):
        raise BadRosterFile(_("The file is no text in UTF-8, Big5 or Shift-JIS. Save it as CSV."))
    return max(texts, key=lambda text: sum(word in text for word in known))


def _headings(cells: Sequence[str]) -> tuple[dict[str, int], dict[int, _Column]]:
    """In which columns the codes of places stand, by kind, and what stands in the other columns."""
    codes_at: dict[str, int] = {}
    columns: dict[int, _Column] = {}
    for index, cell in enumerate(cells):
        heading = _plain(cell).casefold()
        if index == 0 or heading in _IGNORED_COLUMNS:
            continue
        if kind := _PLACE_COLUMNS.get(heading):
            codes_at[kind] = index
        elif found := _DAY_COLUMN.fullmatch(heading):
            columns[index] = _Column(int(found[1]), int(found[3] or 1), found[2] == "out")
        else:
            raise BadRosterFile(_("The column “%(column)s” is none of a roster.") % {"column": cell.strip()[:40]})
    twice = next((column for column, times in Counter(columns.values()).items() if times > 1), None)
    if twice:
        raise BadRosterFile(_("Day %(day)s stands in the headings twice.") % {"day": twice.day})
    if not columns:
        raise BadRosterFile(_("The first row has to name the days: 1-In, 1-Out, 2-In, 2-Out …"))
    return codes_at, columns


def _line(number: int, row: Sequence[str], codes_at: dict[str, int], columns: dict[int, _Column]) -> Line:
    def cell(index: int | None) -> str:
        return _plain(row[index]) if index is not None and index < len(row) else ""

    written: dict[tuple[int, int], list[str]] = {}
    for index, column in columns.items():
        written.setdefault((column.day, column.which), ["", ""])[column.is_end] = cell(index)
    times: dict[int, list[tuple[str, str]]] = {}
    for (day, _which), (start, end) in sorted(written.items()):
        if start or end:
            times.setdefault(day, []).append((start, end))
    return Line(number, _plain(row[0]), cell(codes_at.get("store")), cell(codes_at.get("department")), times)


def _plain(cell: str) -> str:
    """Full-width digits and colons are what East Asian keyboards give; a leading ' is what ``harmless`` wrote."""
    return unicodedata.normalize("NFKC", cell).strip().removeprefix("'").strip()
