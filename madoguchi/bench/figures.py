"""What a bench returns, and the table of it."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from madoguchi.postgres import Postgres


@dataclass(frozen=True, slots=True)
class Context:
    """What a bench may use: a durable PostgreSQL of its own, whose migrated database Django is connected to."""

    server: Postgres
    url: str
    seconds: float
    """How long one measurement should take, roughly."""
    port: int
    """The first of ten that it may listen on."""
    progress: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. ``at_least`` or ``at_most`` is the target; neither: the line explains another one."""

    name: str
    value: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None
    note: str = ""
    """Where the target is missed: what limits it."""

    @property
    def is_reached(self) -> bool | None:
        if self.at_least is not None:
            return self.value >= self.at_least
        if self.at_most is not None:
            return self.value <= self.at_most
        return None

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "is_reached": self.is_reached}


def table(figures: Iterable[Figure]) -> str:
    rows = [(_mark(figure), figure.name, _value(figure), _target(figure), figure.note) for figure in figures]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(4)]
    return "\n".join(
        f"{mark:<{widths[0]}}  {name:<{widths[1]}}  {value:>{widths[2]}}  {target:<{widths[3]}}  {note}".rstrip()
        for mark, name, value, target, note in rows
    )


def machine(folder: Path) -> dict[str, str | int | float]:
    """What the figures were measured on. ``folder`` is where the database is."""
    cpu = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor(),
    )
    memory = next((line.split()[1] for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), "0")
    return {
        "cpu": cpu,
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(int(memory) / 2**20, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "disk_syncs_per_second": round(_disk_syncs_per_second(folder)),
        "load_before": os.getloadavg()[0],
    }


def _disk_syncs_per_second(folder: Path) -> float:
    """fdatasync after 8 kB, one after the other: what one client's commits cannot exceed."""
    probe = folder / "probe"
    count, started = 0, time.perf_counter()
    with probe.open("wb", buffering=0) as file:
        while time.perf_counter() - started < 0.5:
            file.write(bytes(8192))
            os.fdatasync(file.fileno())
            count += 1
    probe.unlink()
    return count / (time.perf_counter() - started)


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


def _mark(figure: Figure) -> str:
    return {True: "ok", False: "MISSED", None: ""}[figure.is_reached]


def _value(figure: Figure) -> str:
    number = f"{figure.value:,.0f}" if abs(figure.value) >= 100 else f"{figure.value:.3g}"
    return f"{number} {figure.unit}".strip()


def _target(figure: Figure) -> str:
    if figure.at_least is not None:
        return f">= {figure.at_least:,g}"
    if figure.at_most is not None:
        return f"<= {figure.at_most:,g}"
    return ""
