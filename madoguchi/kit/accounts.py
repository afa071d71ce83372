"""Accounts of the operating system: running a program as another one when we are root."""

import contextlib
import os
import pwd
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self


@dataclass(frozen=True)
class Account:
    """Somebody who is not root."""

    name: str
    uid: int
    gid: int

    @classmethod
    def first_of(cls, names: Iterable[str]) -> Self | None:
        for name in names:
            with contextlib.suppress(KeyError):
                entry = pwd.getpwnam(name)
                return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)
        return None

    @property
    def options(self) -> dict[str, Any]:
        """For subprocess: run as this account, with none of our groups."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def barrier(self, *targets: Path) -> Path | None:
        """The first folder or program on the way to the targets that this account may not enter or execute."""
        for target in targets:
            for path in (*reversed(target.parents), target):
                if subprocess.run(["/usr/bin/test", "-x", path], env={"PATH": os.defpath}, **self.options).returncode:
                    return path
        return None


def account_name(uid: int) -> str:
    """The account's name, or its number when it has none (usual in containers)."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
