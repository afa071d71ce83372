"""The data folder of one installation: whose it is, what it remembers, and who runs on it now."""

import contextlib
import fcntl
import hashlib
import importlib.metadata
import json
import os
import secrets
import shutil
import signal
from pathlib import Path
from typing import IO, Any

import madoguchi
from madoguchi.kit.processes import command_line, is_running, wait_until_gone
from madoguchi.kit.setup import SetupError, make_folder, require_space
from madoguchi.postgres import Postgres

_SCHEMA_OF = ("Django", "django-axes", "procrastinate")
"""Packages that bring migrations of their own."""


class Installation:
    """`open` it before anything else; the lock is held until this process ends. All raise SetupError."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.logs = self.folder / "log"
        self.postgres_folder = self.folder / "postgres"
        self._mark = self.folder / ".madoguchi"
        self._running = self.folder / "running.json"
        self._migrated = self.folder / "migrated"
        self._lock: IO[str] | None = None

    def open(self, *, fresh: bool) -> None:
        if self.folder.is_dir() and any(self.folder.iterdir()) and not self._mark.exists():
            raise SetupError(
                f"{self.folder} holds files that are not Madoguchi's. Choose an empty or a new folder with VAR=/path."
            )
        make_folder(self.folder)
        self._take_lock()
        self._mark.touch()
        self._end_former_run()
        if fresh:
            self._erase()
        require_space(self.folder, megabytes=500)
        make_folder(self.logs)

    def close(self) -> None:
        """Let another run have the folder."""
        if self._lock:  # else what is written down is the note of somebody else, who runs
            self._running.unlink(missing_ok=True)
            self._lock.close()
            self._lock = None

    def secret_key(self) -> str:
        """Random, made at the first start; MADOGUCHI_SECRET_KEY wins."""
        if given := os.environ.get("MADOGUCHI_SECRET_KEY"):
            return given
        path = self.folder / "secrets.json"
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(json.dumps({"secret_key": secrets.token_urlsafe(48)}))
        try:
            key = json.loads(path.read_text())["secret_key"]
        except (ValueError, KeyError, TypeError):
            raise SetupError(f"{path} is damaged. Restore it from a backup: stored secrets depend on it.") from None
        return str(key)

    def is_migrated(self, database_url: str) -> bool:
        with contextlib.suppress(FileNotFoundError):
            return self._migrated.read_text() == schema_fingerprint(database_url)
        return False

    def remember_migrated(self, database_url: str) -> None:
        self._migrated.write_text(schema_fingerprint(database_url))

    def remember_running(self, facts: dict[str, Any]) -> None:
        """For commands that are run beside us, and for the next run if this one is killed."""
        self._running.touch(mode=0o600)
        self._running.write_text(json.dumps(facts))

    def running(self) -> dict[str, Any] | None:
        """What the run that holds this folder now has written down; None when nobody runs on it."""
        with contextlib.suppress(OSError, ValueError):
            facts: dict[str, Any] = json.loads(self._running.read_text())
            if is_running(facts["supervisor"]) and "madoguchi" in command_line(facts["supervisor"]):
                return facts
        return None

    def _take_lock(self) -> None:
        lock = (self.folder / "lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            facts = self.running() or {}
            where = f" at {facts['console_url']}" if "console_url" in facts else ""
            raise SetupError(
                f"Madoguchi already runs on {self.folder}{where} (process {facts.get('supervisor', 'unknown')}). Stop "
                "that one with Ctrl-C, or give this one its own folder and port: make demo VAR=other PORT=9000"
            ) from None
        self._lock = lock

    def _end_former_run(self) -> None:
        """We have the lock, so a run that is still written down was killed, and its processes have been told to end.

        They get a moment; whatever they had in hand survives a kill -9 (docs/decisions/0002-tables-are-the-truth.md).
        """
        with contextlib.suppress(OSError, ValueError):
            for pid in json.loads(self._running.read_text()).get("children", {}).values():
                if "madoguchi" in command_line(pid) and not wait_until_gone(pid, seconds=0.7):
                    os.kill(pid, signal.SIGKILL)
        self._running.unlink(missing_ok=True)

    def _erase(self) -> None:
        Postgres(self.postgres_folder).erase()
        for path in self.folder.iterdir():
            if path.name in ("lock", self._mark.name):
                continue
            try:
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
            except OSError as error:
                raise SetupError(f"{path} cannot be deleted: {error.strerror}.") from None


def schema_fingerprint(database: str) -> str:
    """Changes with the database meant and whenever `migrate` might have something to do."""
    digest = hashlib.sha256(database.encode())
    for package in _SCHEMA_OF:
        digest.update(importlib.metadata.version(package).encode())
    for path in sorted(Path(madoguchi.__file__).parent.glob("*/migrations/*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
