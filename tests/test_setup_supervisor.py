"""`madoguchi serve --all` on an empty folder: the real processes, started, hurt and stopped."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from madoguchi.kit.processes import is_running
from madoguchi.supervisor.children import answers

PATIENCE_SECONDS = 60


class Run:
    """One run of the supervisor on `folder`."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.output = folder.with_suffix(".out")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("MADOGUCHI_")}
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "madoguchi", "serve", "--all", "--port", str(self.port)],
                env=environment | {"MADOGUCHI_VAR": str(self.folder)},
                stdout=output,
                stderr=output,
            )
        self.until(lambda: "is ready" in self.said())

    def said(self) -> str:
        return self.output.read_text()

    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = json.loads((self.folder / "running.json").read_text())
        return facts

    def pids(self) -> dict[str, int]:
        (postmaster, *_) = (self.folder / "postgres/data/postmaster.pid").read_text().splitlines()
        return {**self.facts()["children"], "postgres": int(postmaster)}

    def stop(self, sent: signal.Signals = signal.SIGTERM) -> int:
        assert self.process
        self.process.send_signal(sent)
        return self.process.wait(10)

    def until(self, true: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not true():
            assert self.process
            assert self.process.poll() is None or self.process.returncode < 0, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.05)

    def healthy(self) -> bool:
        return answers("127.0.0.1", self.port, "/health")

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.facts()["environment"]["MADOGUCHI_DATABASE_URL"], autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="module")
def installation() -> Iterator[Run]:
    place = Path(tempfile.mkdtemp(prefix="madoguchi-run-"))
    place.chmod(0o711)  # under root, PostgreSQL's account must be able to enter
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    run = Run(place / "var", port)
    yield run
    if run.process and run.process.poll() is None:
        run.stop(signal.SIGKILL)
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def run(installation: Run) -> Iterator[Run]:
    installation.start()
    yield installation
    if installation.process and installation.process.poll() is None:
        assert installation.stop() == 0


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_all_stop_cleanly_within_five_seconds(run: Run, sent: signal.Signals) -> None:
    pids = run.pids()
    assert run.healthy()

    started = time.monotonic()
    code = run.stop(sent)

    assert code == 0
    assert time.monotonic() - started < 5
    assert not any(is_running(pid) for pid in pids.values())
    assert not (run.folder / "running.json").exists()
    assert "Traceback" not in (run.folder / "log/worker.log").read_text() + (run.folder / "log/web.log").read_text()


def test_data_and_key_are_there_after_a_kill_of_the_supervisor(run: Run) -> None:
    run.query("CREATE TABLE kept AS SELECT 42 AS answer")
    key = run.facts()["environment"]["MADOGUCHI_SECRET_KEY"]
    pids = run.pids()
    run.stop(signal.SIGKILL)

    run.start()

    assert run.query("SELECT answer FROM kept") == [(42,)]
    assert run.facts()["environment"]["MADOGUCHI_SECRET_KEY"] == key
    assert not any(is_running(pid) for pid in pids.values())


def test_all_entrances_are_open(run: Run) -> None:
    def ask(method: str, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", run.port, timeout=10)
        with closing(connection):
            connection.request(method, path)
            answer = connection.getresponse()
            return answer.status, answer.read()

    assert ask("GET", "/health") == (200, b"ok\n")
    assert ask("POST", "/hooks/line/nobody")[0] == 404
    assert ask("GET", "/live")[0] in (401, 403)
    assert ask("GET", "/sign-in")[0] == 200
    assert b"htmx" in ask("GET", "/static/django_htmx/htmx-2.min.js")[1]
    assert ask("HEAD", "/static/django_htmx/htmx-2.min.js") == (200, b"")
    assert ask("GET", "/static/../settings.py")[0] == 404


@pytest.mark.parametrize("name", ["web", "worker"])
def test_killed_child_is_started_again_and_said_so(run: Run, name: str) -> None:
    before = run.pids()[name]
    os.kill(before, signal.SIGKILL)

    run.until(lambda: run.pids()[name] not in (None, before) and run.healthy())

    assert re.search(rf"{name} was killed \(signal 9\)", run.said())


def test_killed_database_is_started_again_and_pages_come_back(run: Run) -> None:
    os.kill(run.pids()["postgres"], signal.SIGKILL)

    run.until(lambda: "database stopped unexpectedly" in run.said())
    run.until(run.healthy)

    assert run.query("SELECT 1") == [(1,)]


def test_second_run_on_the_same_folder_is_told_where_the_first_is(run: Run) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "madoguchi", "serve", "--all"],
        env=os.environ | {"MADOGUCHI_VAR": str(run.folder)},
        capture_output=True,
        text=True,
    )

    assert second.returncode == 1
    assert f"already runs on {run.folder} at http://localhost:{run.port}" in second.stderr
    assert run.healthy()


def test_commands_beside_it_find_its_database(run: Run) -> None:
    def command(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("MADOGUCHI_")}
        return subprocess.run(
            [sys.executable, "-m", "madoguchi", *words],
            env=environment | {"MADOGUCHI_VAR": str(run.folder)} | more,
            capture_output=True,
            text=True,
        )

    weak = command("createstaff", "aoi", MADOGUCHI_PASSWORD="password")
    made = command("createstaff", "aoi", "--name", "葵", MADOGUCHI_PASSWORD="seven green umbrellas")
    again = command("createstaff", "aoi", MADOGUCHI_PASSWORD="seven green umbrellas")
    doctor = command("doctor")

    assert (weak.returncode, made.returncode, again.returncode) == (1, 0, 1), weak.stderr + made.stderr
    assert "exists already" in again.stderr
    assert run.query("SELECT display_name FROM organization_staff") == [("葵",)]
    assert doctor.returncode == 0, doctor.stdout
    assert re.search(r"✓ Workers at work: \d", doctor.stdout)
