"""(d) Server time of inbox, thread and search at 5 million messages, 1 million members, 80 brands, 300 stores.

The pages are asked for as a browser asks, through the product's own WSGI stack: session, sign-in, permissions, queries,
templates, middleware. Who asks ranges from headquarters, who see everything, to a clerk who sees some hundred
conversations; what is searched for ranges from a word in every third message to one that stands nowhere. The same is
asked of a company a thousand times smaller: the ratio says what size costs.

Making the large database takes some minutes, so it is kept (``bench-screens`` in the data folder, 5 GB) until the tables
or the generator change.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from madoguchi.bench.figures import Context, Figure
from madoguchi.postgres import Postgres

LARGE, SMALL = 1.0, 0.001
_PRODUCT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Timing:
    """Of one kind of page: milliseconds, and the most statements that one of them took."""

    kind: str
    p50: float
    p95: float
    slowest: float
    processor: float
    """Mean processor time of one, ours and the database's together: what it would take on a machine that is not busy."""
    statements: int
    worst: str
    """Who asked for what when it was slowest."""


def run(context: Context) -> list[Figure]:
    kept = context.server.folder.parents[1] / "bench-screens"
    small = {timing.kind: timing for timing in _measure(kept, SMALL, context)}
    large = {timing.kind: timing for timing in _measure(kept, LARGE, context)}
    figures = []
    for kind, limit in (("inbox", 100), ("thread", 100), ("search", 150)):
        timing = large[kind]
        note = f"median {timing.p50:.0f} ms, slowest {timing.slowest:.0f} ms: {timing.worst}"
        figures += [
            Figure(f"{kind}: server time, p95", timing.p95, "ms", at_most=limit, note=note),
            Figure(f"{kind}: processor time, page and database, mean", timing.processor, "ms"),
            Figure(f"{kind}: statements at most", timing.statements, "", at_most=12),
            Figure(f"{kind}: median against a company a thousandth of the size", timing.p50 / small[kind].p50, "x"),
        ]
    return figures


def _measure(kept: Path, scale: float, context: Context) -> list[Timing]:
    """Has the database of this size made when there is none that fits, then measures on a server of its own."""
    folder, name = kept / f"{scale:g}", "madoguchi_screens"
    with Postgres(folder, durable=False, settings={"shared_buffers": "1GB", "max_wal_size": "8GB"}) as server:
        if _fingerprint_of(server.url, name) != _fingerprint():
            context.progress(f"making a company of {scale:g} times the full size")
            with psycopg.connect(server.url, autocommit=True) as connection:
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            _child(_url(server.url, name), "make", str(scale), _fingerprint())
    with Postgres(folder) as server:  # as the product runs it
        context.progress(f"asking for pages of a company of {scale:g} times the full size")
        output = _child(_url(server.url, name), "measure", str(context.seconds))
    return [Timing(**fields) for fields in json.loads(output)]


def _child(url: str, *words: str) -> str:
    environment = os.environ | {"MADOGUCHI_DATABASE_URL": url}
    command = [sys.executable, "-m", "madoguchi.bench.screens_child", *words]
    return subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout


def _url(url: str, name: str) -> str:
    return url.replace("/madoguchi?", f"/{name}?")


def _fingerprint() -> str:
    """Of all that decides what is in the database: the tables, and the generator."""
    files = [
        *_PRODUCT.glob("*/migrations/*.py"),
        _PRODUCT / "conversations" / "terms.py",
        _PRODUCT / "kit" / "bigrams.py",
    ]
    makers = ("generate", "copying", "organization", "population", "threads", "vocabulary")
    files += [Path(__file__).with_name(f"{maker}.py") for maker in makers]
    return hashlib.sha256(b"".join(file.read_bytes() for file in sorted(files))).hexdigest()


def _fingerprint_of(server_url: str, name: str) -> str:
    """What the database was made from; empty when it is not there or was not finished."""
    try:
        with psycopg.connect(_url(server_url, name)) as connection:
            [row] = connection.execute("SELECT value FROM bench_fingerprint").fetchall()
            return str(row[0])
    except (psycopg.OperationalError, psycopg.errors.UndefinedTable, ValueError):
        return ""


def as_json(timings: list[Timing]) -> str:
    return json.dumps([asdict(timing) for timing in timings])
