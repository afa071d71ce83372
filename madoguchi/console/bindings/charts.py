"""Pictures of numbers as plain SVG: positions here, colours by class in bindings.css. No script, no style attribute.

Widths are percentages, so that a chart fits any screen and its letters keep their size; heights are pixels.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from django.utils.translation import gettext as _

from madoguchi.bindings.numbers import Day, Funnel
from madoguchi.console.base import words

HEIGHT = 190
TOP, BASE = 16, 166
"""Between them the columns; below the base the dates."""
COLUMNS_MAX = 62
"""More days than that are shown by the week."""
LABELS = 6


@dataclass(frozen=True, slots=True)
class Column:
    x: str
    width: str
    """The bar's, percent."""
    y: float
    height: float
    slot_x: str
    slot_width: str
    """What the pointer may touch."""
    title: str


@dataclass(frozen=True, slots=True)
class Label:
    x: str
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class ColumnChart:
    columns: list[Column]
    lines: list[Line]
    labels: list[Label]
    before: str
    """The period before as a path; its x runs from 0 to the number of columns."""
    slots: int
    description: str
    by_week: bool
    height: int = HEIGHT
    base: int = BASE


def column_chart(days: Sequence[Day], today: dt.date) -> ColumnChart:
    by_week = len(days) > COLUMNS_MAX
    rows = _weeks(days) if by_week else list(days)
    highest = _nice(max((max(row.bindings, row.before) for row in rows), default=0))
    scale = (BASE - TOP) / highest
    slot = 100 / len(rows)
    gap = 0.3 if len(rows) > 14 else 0.42
    columns = [
        Column(
            x=f"{slot * (number + gap / 2):.3f}%",
            width=f"{slot * (1 - gap):.3f}%",
            y=round(BASE - row.bindings * scale, 1),
            height=round(row.bindings * scale, 1),
            slot_x=f"{slot * number:.3f}%",
            slot_width=f"{slot:.3f}%",
            title=_title(row, by_week, today),
        )
        for number, row in enumerate(rows)
    ]
    points = [f"{number + 0.5:g} {BASE - row.before * scale:.1f}" for number, row in enumerate(rows)]
    return ColumnChart(
        columns=columns,
        lines=[Line(round(BASE - value * scale, 1), f"{value:,}") for value in (highest, highest // 2)],
        labels=_labels([row.on for row in rows], slot, today),
        before=f"M{' L'.join(points)}" if any(row.before for row in rows) else "",
        slots=len(rows),
        description=_("New bindings from %(since)s to %(until)s: %(total)s")
        % {
            "since": words.short_date(days[0].on, today),
            "until": words.short_date(days[-1].on, today),
            "total": f"{sum(d.bindings for d in days):,}",
        },
        by_week=by_week,
    )


def share(part: int, whole: int) -> str:
    """As the width of a bar."""
    return f"{100 * part / whole:.2f}%" if whole else "0%"


@dataclass(frozen=True, slots=True)
class Step:
    label: str
    count: int
    of_first: float | None
    of_former: float | None
    """Shares, 0 to 1; None where nobody came so far."""
    path: str
    """How the bar narrows to the next one, in a square of 100 by 100."""
    y: float
    height: float


def funnel_chart(funnel: Funnel) -> list[Step]:
    labels = (_("Scanned"), _("Friend"), _("Bound"), _("Wrote"), _("Answered"))
    first, steps = funnel.scanned, funnel.steps
    heights = [100 * count / first if first else 0.0 for count in steps]
    found = []
    for number, (label, count) in enumerate(zip(labels, steps, strict=True)):
        former, height = steps[max(0, number - 1)], heights[number]
        following = heights[number + 1] if number + 1 < len(steps) else 0.0
        narrowing = f"M60 {100 - height:.1f} L100 {100 - following:.1f} V100 H60 Z"
        found.append(
            Step(
                label=label,
                count=count,
                of_first=count / first if first else None,
                of_former=count / former if former and number else None,
                path=narrowing if number + 1 < len(steps) else "",
                y=round(100 - height, 1),
                height=round(height, 1),
            )
        )
    return found


def _weeks(days: Sequence[Day]) -> list[Day]:
    """Seven days at a time, the last week whole: the first one may be shorter."""
    first = len(days) % 7
    parts = [days[:first], *(days[start : start + 7] for start in range(first, len(days), 7))]
    return [Day(p[0].on, sum(d.bindings for d in p), sum(d.before for d in p)) for p in parts if p]


def _nice(highest: int) -> int:
    """The next even number with one or two leading digits: its half can be written beside it."""
    if highest <= 4:
        return 4
    ten = int("1" + "0" * (len(str(highest)) - 1))
    tops = (ten * tenths // 10 for tenths in (10, 12, 16, 20, 30, 40, 50, 60, 80))
    return next((top for top in tops if top >= highest and top % 2 == 0), ten * 10)


def _title(row: Day, by_week: bool, today: dt.date) -> str:
    names = {"day": words.day(row.on, today), "n": f"{row.bindings:,}", "before": f"{row.before:,}"}
    if by_week:
        return _("Week from %(day)s: %(n)s (before: %(before)s)") % names
    return _("%(day)s: %(n)s (before: %(before)s)") % names


def _labels(days: Sequence[dt.date], slot: float, today: dt.date) -> list[Label]:
    every = max(1, ceil(len(days) / LABELS))
    shown = range(0, len(days), every)
    found = []
    for number in shown:
        middle = slot * (number + 0.5)
        anchor = "start" if middle < 5 else "end" if middle > 95 else "middle"
        x = {"start": slot * number, "end": slot * (number + 1), "middle": middle}[anchor]
        found.append(Label(f"{x:.3f}%", anchor, words.short_date(days[number], today)))
    return found
