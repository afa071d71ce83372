"""From nothing to ready, and back to nothing."""

import contextlib
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from madoguchi.kit.ports import require_free
from madoguchi.kit.processes import dying_with_parent
from madoguchi.kit.setup import SetupError
from madoguchi.postgres import Postgres
from madoguchi.supervisor.children import Child, answers
from madoguchi.supervisor.installation import Installation
from madoguchi.supervisor.screen import Screen

_START_SECONDS = 60
_STOP_SECONDS = 3.5
"""For web and worker together; with the database all is over within five."""


@dataclass(frozen=True)
class Options:
    """What the command line chose."""

    var: Path
    host: str
    port: int
    sandbox: bool
    fresh: bool = False
    base_url: str | None = None
    """Where others reach the console; by default the address it listens on."""

    @property
    def console_url(self) -> str:
        return self.base_url or f"http://localhost:{self.port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://localhost:{self.port + 1}"


class Supervisor:
    """One run. `run` returns when it was asked to stop and has stopped; raises SetupError when it cannot start."""

    def __init__(self, options: Options, screen: Screen) -> None:
        self._options = options
        self._screen = screen
        self._installation = Installation(options.var)
        self._postgres: Postgres | None = None
        self._children: list[Child] = []
        self._environment: dict[str, str] = {}
        self._stop_asked = 0
        self._wake_reader, self._wake_writer = os.pipe()
        os.set_blocking(self._wake_writer, False)

    def run(self) -> None:
        started = time.monotonic()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_stop_signal)
        signal.signal(signal.SIGCHLD, self._on_child_signal)
        try:
            self._start(started)
            self._watch()
        except _Stopped:
            pass
        finally:
            self._stop()

    def _start(self, started: float) -> None:
        options, screen = self._options, self._screen
        if options.fresh and os.environ.get("MADOGUCHI_DATABASE_URL"):
            raise SetupError(
                "Starting over empties the data folder, but not the database that MADOGUCHI_DATABASE_URL names. Empty that "
                "yourself and start without FRESH=1, or unset the variable."
            )
        self._installation.open(fresh=options.fresh)
        for port in (options.port, options.port + 1) if options.sandbox else (options.port,):
            require_free(options.host, port, advice=f"Another port can be chosen: PORT={options.port + 1000}")
        database_url = self._start_database()
        environment = self._environment = {
            "MADOGUCHI_DATABASE_URL": database_url,
            "MADOGUCHI_SECRET_KEY": self._installation.secret_key(),
            "MADOGUCHI_VAR": str(self._installation.folder),
            "MADOGUCHI_BASE_URL": options.console_url,
        }
        if not self._installation.is_migrated(database_url):
            with screen.step("Tables"):
                self._run_to_end(["migrate"], environment)
            self._installation.remember_migrated(database_url)
        self._children = self._make_children(environment)
        with screen.step(", ".join(child.name for child in self._children).capitalize()):
            for child in self._children:
                child.start()
            self._write_down()
            self._wait_until_ready()
        if options.sandbox and not self._demo_file.exists():
            with screen.step("Demo scenario"):
                self._run_to_end(
                    ["scenario", "--sandbox-url", options.sandbox_url, "--console-url", options.console_url],
                    environment,
                )
        logins = json.loads(self._demo_file.read_text()).get("logins", []) if options.sandbox else []
        screen.ready(
            console_url=options.console_url,
            sandbox_url=options.sandbox_url if options.sandbox else None,
            logins=logins,
            seconds=time.monotonic() - started,
        )

    @property
    def _demo_file(self) -> Path:
        """Written by `madoguchi scenario` when all is loaded; read by the sandbox's start page too."""
        return self._installation.folder / "demo.json"

    def _start_database(self) -> str:
        if url := os.environ.get("MADOGUCHI_DATABASE_URL"):
            return url
        self._postgres = Postgres(self._installation.postgres_folder, progress=self._on_database_progress)
        with self._screen.step("Database"):
            self._postgres.start()
        return self._postgres.url

    def _make_children(self, environment: dict[str, str]) -> list[Child]:
        options, installation = self._options, self._installation

        def child(name: str, arguments: list[str], is_ready: Callable[[], bool]) -> Child:
            return Child(
                name, arguments, log=installation.logs / f"{name}.log", environment=environment, is_ready=is_ready
            )

        heartbeat = installation.folder / "worker.heartbeat"
        heartbeat.unlink(missing_ok=True)
        children = [
            child(
                "web",
                ["serve", "--host", options.host, "--port", str(options.port)],
                lambda: answers(options.host, options.port, "/health"),
            ),
            child("worker", ["worker"], heartbeat.exists),
        ]
        if options.sandbox:
            state = installation.folder / "sandbox" / "world.json"
            arguments = ["--host", options.host, "--port", str(options.port + 1), "--state", str(state)]
            children.append(
                child(
                    "sandbox",
                    ["sandbox", *arguments, "--demo-info", str(self._demo_file)],
                    lambda: answers(options.host, options.port + 1, "/"),
                )
            )
        return children

    def _run_to_end(self, arguments: list[str], environment: dict[str, str]) -> None:
        """Run a command whose lines `42% words` are progress; SetupError with its last line when it fails."""
        command = [sys.executable, "-m", "madoguchi", *arguments]
        words = ""
        log = self._installation.logs / f"{arguments[0]}.log"
        with (
            log.open("w") as kept,
            subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                env=os.environ | environment,
                start_new_session=True,
                preexec_fn=dying_with_parent(signal.SIGTERM),
            ) as process,
        ):
            assert process.stdout
            for line in process.stdout:
                kept.write(line)
                words = line.strip() or words
                if re.match(r"\s*\d+%", line):
                    self._screen.working(words)
                if self._stop_asked:
                    process.terminate()
        if self._stop_asked:
            raise _Stopped
        if process.returncode:
            raise SetupError(f"`madoguchi {arguments[0]}` failed: {words} (More in {log}.)")

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        waiting = list(self._children)
        while waiting:
            for child in waiting:
                if child.exit_code is not None:
                    raise SetupError(f"{child.name} does not start: {child.last_words()} (More in {child.log}.)")
            waiting = [child for child in waiting if not child.is_ready()]
            if time.monotonic() > deadline:
                names = " and ".join(child.name for child in waiting)
                raise SetupError(f"{names} did not get ready in {_START_SECONDS} s. Look in {self._installation.logs}.")
            self._sleep(0.05)

    def _watch(self) -> None:
        while True:
            self._sleep(1)
            if self._postgres and not self._postgres.pid:
                self._screen.say(f"The database stopped unexpectedly and is started again. ({self._postgres.log})")
                self._postgres.start()
            for child in self._children:
                if (code := child.exit_code) is not None:
                    words = child.last_words()
                    pause = child.note_death()
                    how = f"was killed (signal {-code})" if code < 0 else f"ended (exit code {code}): {words}"
                    self._screen.say(f"{child.name} {how}. Starting it again in {pause:g} s. ({child.log})")
                if child.start_when_due():
                    self._write_down()

    def _stop(self) -> None:
        """Web and worker first, then the sandbox, the database last: each still has what it needs to finish."""
        if self._children:
            self._screen.say("Stopping …")
        deadline = time.monotonic() + _STOP_SECONDS
        inner = [child for child in self._children if child.name != "sandbox"]
        for child in inner:
            child.ask_to_stop()
        for child in inner:
            child.wait(deadline)
        for child in self._children:
            child.ask_to_stop()
            child.wait(max(deadline, time.monotonic() + 0.5))
        if self._postgres:
            self._postgres.close()
        self._installation.close()

    def _write_down(self) -> None:
        facts: dict[str, Any] = {
            "supervisor": os.getpid(),
            "console_url": self._options.console_url,
            "children": {child.name: child.pid for child in self._children},
            "environment": self._environment,
        }
        self._installation.remember_running(facts)

    def _sleep(self, seconds: float) -> None:
        """Until something happens, `seconds` at most. Raises _Stopped when we were asked to stop."""
        if select.select([self._wake_reader], [], [], 0 if self._stop_asked else seconds)[0]:
            os.read(self._wake_reader, 4096)
        if self._stop_asked:
            raise _Stopped

    def _on_database_progress(self, words: str) -> None:
        self._screen.working(words)
        self._sleep(0)  # a long recovery can be left with Ctrl-C

    def _on_stop_signal(self, number: int, frame: FrameType | None) -> None:
        self._stop_asked += 1
        if self._stop_asked > 2:
            os._exit(1)  # impatient: the children die with us
        self._on_child_signal(number, frame)

    def _on_child_signal(self, number: int, frame: FrameType | None) -> None:
        with contextlib.suppress(BlockingIOError):
            os.write(self._wake_writer, b".")


class _Stopped(Exception):
    """We were asked to stop."""
