"""One process that the supervisor keeps alive."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from madoguchi.kit.processes import dying_with_parent

_LONGEST_PAUSE_SECONDS = 10
_LOG_LIMIT_BYTES = 10_000_000


class Child:
    """`madoguchi <arguments>`, its output in a log file. It dies with us, however we die."""

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        log: Path,
        environment: dict[str, str],
        is_ready: Callable[[], bool],
    ) -> None:
        self.name = name
        self.log = log
        self.is_ready = is_ready
        self._command = [sys.executable, "-m", "madoguchi", *arguments]
        self._environment = os.environ | environment
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._pause = 0.5
        self._due_at = 0.0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def exit_code(self) -> int | None:
        return self._process.poll() if self._process else None

    def start(self) -> None:
        if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT_BYTES:
            self.log.replace(self.log.with_suffix(".old.log"))
        self._started_at = time.monotonic()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
                start_new_session=True,  # Ctrl-C is for the supervisor, which stops its children in order
                preexec_fn=dying_with_parent(signal.SIGTERM),
            )

    def note_death(self) -> float:
        """Plan the next start after a pause that doubles while it keeps dying. Returns the pause in seconds."""
        if time.monotonic() - self._started_at > 30:
            self._pause = 0.5
        pause, self._pause = self._pause, min(self._pause * 2, _LONGEST_PAUSE_SECONDS)
        self._process = None
        self._due_at = time.monotonic() + pause
        return pause

    def start_when_due(self) -> bool:
        """Start it unless it runs or its pause is not over. Returns whether it was started."""
        due = not self._process and time.monotonic() >= self._due_at
        if due:
            self.start()
        return due

    def ask_to_stop(self) -> None:
        if self._process:
            self._process.terminate()

    def wait(self, deadline: float) -> None:
        """Until `deadline` (monotonic); then by force."""
        if self._process:
            try:
                self._process.wait(max(0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def last_words(self) -> str:
        """The last line of its log that says something."""
        with contextlib.suppress(OSError), self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - 4096))
            lines = [line.strip() for line in log.read().decode(errors="replace").splitlines() if line.strip()]
            return lines[-1] if lines else ""
        return ""


def answers(host: str, port: int, path: str) -> bool:
    """Whether a GET is answered with 200. By hand: an HTTP library would be the largest thing in the supervisor."""
    request = f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n"
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=2) as connection:
        connection.sendall(request.encode())
        return connection.recv(64).startswith(b"HTTP/1.1 200")
    return False
