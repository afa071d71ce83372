"""(f) What `madoguchi demo` costs when nothing happens, and how soon it is ready on existing data.

The real supervisor runs on a generated demo folder: PostgreSQL, web, worker and the LINE sandbox. Before memory is
measured everybody of the demo has signed in and looked around: a process that has done nothing yet is no measure. It is
the sum of the proportional set sizes of all processes (proc(5), /proc/pid/smaps_rollup): a page that several share
counts once in all, where the sum of resident sizes counts it for each.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import quote, urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

from madoguchi.bench.figures import Context, Figure

STARTS = 5
_REST_SECONDS = 12
"""After the start, so that what starting took is given back and timers have run once."""
_FIRST_START_SECONDS = 600


def run(context: Context) -> list[Figure]:
    var = context.server.folder.with_name("demo")
    try:
        context.progress("generating the demo company")
        with _demo(var, context.port, patience=_FIRST_START_SECONDS):
            pass
        starts = [_start(context, var) for _ in range(STARTS)]
        with _demo(var, context.port) as (supervisor, _):
            _use(context.port, json.loads((var / "demo.json").read_text())["logins"])
            time.sleep(_REST_SECONDS)
            memory = {name: _memory(pids) for name, pids in _processes(supervisor).items()}
    finally:
        shutil.rmtree(var, ignore_errors=True)
    pss, rss = (sum(each[kind] for each in memory.values()) for kind in (0, 1))
    return [
        Figure("resident memory of all processes, idle", pss, "MB", at_most=500),
        *(Figure(f"of these: {name}", each[0], "MB") for name, each in memory.items()),
        Figure("the same with shared pages counted for each process", rss, "MB"),
        Figure(
            f"from the command to ready on existing data, median of {STARTS}",
            statistics.median(starts),
            "s",
            at_most=3,
            note=f"{min(starts):.1f} to {max(starts):.1f} s; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores",
        ),
    ]


def _start(context: Context, var: Path) -> float:
    with _demo(var, context.port) as (_, seconds):
        context.progress(f"ready after {seconds:.2f} s")
        return seconds


@contextmanager
def _demo(var: Path, port: int, *, patience: float = 60) -> Iterator[tuple[int, float]]:
    """The supervisor's pid and the seconds until it said that it is ready; stopped when the block ends."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MADOGUCHI_", "DJANGO_"))}
    output = var.with_suffix(".out")
    began = time.monotonic()
    with output.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "madoguchi", "demo", "--port", str(port), "--var", str(var)],
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        while "is ready" not in output.read_text():
            if process.poll() is not None or time.monotonic() - began > patience:
                raise RuntimeError(f"The demo does not start: {output.read_text()}")
            time.sleep(0.01)
        yield process.pid, time.monotonic() - began
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
        output.unlink(missing_ok=True)


def _use(port: int, logins: list[dict[str, str]]) -> None:
    """Everybody of the demo signs in and looks around at the same time, so that all threads have worked."""
    with ThreadPoolExecutor(len(logins)) as pool:
        list(pool.map(partial(_look_around, f"http://localhost:{port}"), logins))


def _look_around(url: str, login: dict[str, str]) -> None:
    browser = build_opener(HTTPCookieProcessor())

    def read(path: str, form: dict[str, str] | None = None) -> str:
        body = urlencode(form).encode() if form else None
        with browser.open(Request(url + path, body, {"Referer": url + path}), timeout=30) as answer:  # noqa: S310
            return str(answer.read().decode())

    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', read("/sign-in"))
    assert token
    form = {"csrfmiddlewaretoken": token[1], "username": login["username"], "password": login["password"]}
    found = re.findall(r'href="(/conversations/\w+)', read("/sign-in", form) + read("/inbox?view=all"))
    for path in ("/me", "/inbox?view=waiting&q=濾網", *found[:10]):
        read(quote(path, safe="/?=&"))


def _processes(supervisor: int) -> dict[str, list[int]]:
    """All that the supervisor has started, by what they are."""
    found = {"supervisor": [supervisor]}
    waiting = [(child, "") for child in _children(supervisor)]
    while waiting:
        pid, parents_name = waiting.pop()
        name = parents_name or _name(pid)
        found.setdefault(name, []).append(pid)
        waiting += [(child, name) for child in _children(pid)]
    return found


def _children(pid: int) -> list[int]:
    listed = [(task / "children").read_text() for task in Path(f"/proc/{pid}/task").iterdir()]
    return [int(child) for child in " ".join(listed).split()]


def _name(pid: int) -> str:
    words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    if Path(words[0]).name == "postgres":
        return "PostgreSQL"
    return {"serve": "web"}.get(words[3], words[3])


def _memory(pids: list[int]) -> tuple[float, float]:
    """Proportional and resident size in MB (10^6 bytes)."""
    totals = {"Pss": 0, "Rss": 0}
    for pid in pids:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        for kind in totals:
            match = re.search(rf"^{kind}:\s+(\d+) kB", text, re.MULTILINE)
            assert match
            totals[kind] += int(match[1])
    return totals["Pss"] * 1024 / 1e6, totals["Rss"] * 1024 / 1e6
