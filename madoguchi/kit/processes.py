"""Child processes that never outlive their parent, and looking at processes that an earlier run left behind.

Linux only, like the product: `prctl` and /proc.
"""

import ctypes
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None, use_errno=True)


def dying_with_parent(sent: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn` for subprocess: the child is sent `sent` when its parent dies, even by kill -9.

    The kernel ties this to the *thread* that starts the child, so start children from the main thread. It runs after
    subprocess has changed the user, which matters because that change would clear the setting again (prctl(2)).
    """
    parent = os.getpid()

    def prepare() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(sent))
        if os.getppid() != parent:  # the parent died before the line above
            os._exit(1)

    return prepare


def is_running(pid: int) -> bool:
    """Whether a process of this number exists and is not a zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state not in ("Z", "X")


def working_folder(pid: int) -> Path | None:
    """Where a running process works; None when it is gone or not ours to look at."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink()
    except OSError:
        return None


def wait_until_gone(pid: int, *, seconds: float) -> bool:
    """Wait for a process that is not our child. Returns whether it is gone."""
    deadline = time.monotonic() + seconds
    while is_running(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def command_line(pid: int) -> str:
    """How a process was started, in words; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""
