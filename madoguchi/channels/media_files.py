"""Where files of conversations lie: below MEDIA_ROOT, in folders by the beginning of their SHA-256.

A file is written under another name first and then renamed, so what has its name is whole. Its name is the hash of its
content, which can be checked at any time, and a random part, so that no two rows share a file and each can be removed
without asking about the others.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import tempfile
from collections.abc import AsyncIterable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

from django.conf import settings

from madoguchi.channels.errors import TooLarge


@dataclass
class Draft:
    """A file being written. It is gone when the ``with`` ends, unless ``keep`` was called before."""

    path: Path
    file: IO[bytes]
    size: int = 0
    _hash: hashlib._Hash = field(default_factory=hashlib.sha256)

    def write(self, data: bytes) -> None:
        self._hash.update(data)
        self.size += len(data)
        self.file.write(data)

    def keep(self, suffix: str) -> str:
        """Give the file its lasting name; returns it relative to MEDIA_ROOT. ``suffix`` such as ".jpg"."""
        self.file.close()
        digest = self._hash.hexdigest()
        name = f"{digest[:2]}/{digest}-{secrets.token_hex(4)}{suffix}"
        target = root() / name
        target.parent.mkdir(parents=True, exist_ok=True)
        self.path.chmod(0o640)
        self.path.rename(target)
        return name


def root() -> Path:
    return settings.MEDIA_ROOT


def path_of(name: str) -> Path:
    """``name`` as in the database: ours, never a visitor's."""
    return root() / name


@contextlib.contextmanager
def draft() -> Iterator[Draft]:
    folder = root() / "drafts"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        made = Draft(Path(file.name), cast("IO[bytes]", file))
        try:
            yield made
        finally:
            made.path.unlink(missing_ok=True)


def store(chunks: Iterable[bytes], *, suffix: str) -> str:
    with draft() as made:
        for chunk in chunks:
            made.write(chunk)
        return made.keep(suffix)


async def receive(chunks: AsyncIterable[bytes], into: Draft, *, bytes_max: int) -> None:
    """Write what comes, and stop with TooLarge at the first byte too many."""
    async for chunk in chunks:
        if into.size + len(chunk) > bytes_max:
            raise TooLarge
        into.write(chunk)
    into.file.flush()


def remove(*names: str) -> None:
    """Files that are gone already are no error; empty names stand for no file."""
    for name in filter(None, names):
        path_of(name).unlink(missing_ok=True)
