"""The numbers as files for a spreadsheet: one table each, one line a row."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from io import StringIO

from django.utils.translation import gettext as _

from madoguchi.bindings.numbers import Activity, Compared, Numbers

Cell = str | int
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def guarded(cell: Cell) -> Cell:
    """What a spreadsheet would run as a formula is shown as text (owasp.org, CSV Injection)."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def as_csv(rows: Iterator[Sequence[Cell]]) -> bytes:
    """UTF-8 with the mark by which spreadsheet programs know it."""
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([guarded(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def days(found: Numbers) -> Iterator[Sequence[Cell]]:
    yield _("Day"), _("New bindings"), _("Same day of the period before")
    for day in found.days:
        yield day.on.isoformat(), day.bindings, day.before


def ways(found: Numbers) -> Iterator[Sequence[Cell]]:
    yield _("How it came about"), *_heads_compared()
    for way, count in found.ways.items():
        yield str(way.label), *_compared(count)


def ends(found: Numbers) -> Iterator[Sequence[Cell]]:
    yield _("Why it ended"), *_heads_compared()
    for end, count in found.ends.items():
        yield str(end.label), *_compared(count)


def stores(found: Numbers) -> Iterator[Sequence[Cell]]:
    yield _("Store"), _("Code"), *_heads_compared(), *_heads_activity(), *_heads_funnel()
    for place in found.places:
        name, code = (place.store.name, place.store.code) if place.store else (_("Departments"), "")
        yield name, code, *_compared(place.new), *_activity(place.activity), *place.funnel.steps


def people(found: Numbers) -> Iterator[Sequence[Cell]]:
    yield _("Person"), _("User name"), *_heads_compared(), *_heads_activity()
    for person in found.people:
        name, username = (person.staff.display_name, person.staff.username) if person.staff else (_("Store teams"), "")
        yield name, username, *_compared(person.new), *_activity(person.activity)


def codes(found: Numbers) -> Iterator[Sequence[Cell]]:
    yield _("Code"), _("Label"), _("Person"), _("Place"), *_heads_funnel()
    for code, funnel in found.codes:
        yield code.token, code.label, str(code.staff or _("Team")), str(code.store or code.department), *funnel.steps


TABLES: dict[str, Callable[[Numbers], Iterator[Sequence[Cell]]]] = {
    "days": days,
    "ways": ways,
    "ends": ends,
    "stores": stores,
    "people": people,
    "codes": codes,
}


def _heads_compared() -> tuple[str, str]:
    return _("This period"), _("Period before")


def _compared(count: Compared) -> tuple[int, int]:
    return count.now, count.before


def _heads_activity() -> tuple[str, str, str]:
    return _("Customers now"), _("Active within 30 days"), _("Active within 90 days")


def _activity(activity: Activity) -> tuple[int, int, int]:
    return activity.customers, activity.active_30, activity.active_90


def _heads_funnel() -> tuple[str, ...]:
    return _("Scanned"), _("Friend"), _("Bound"), _("Wrote"), _("Answered")
