"""TCP ports of this machine: is one free, and who has it."""

import contextlib
import errno
import socket
from pathlib import Path

from madoguchi.kit.processes import command_line
from madoguchi.kit.setup import SetupError

_LISTEN = "0A"  # include/net/tcp_states.h


def require_free(host: str, port: int, *, advice: str) -> None:
    """Raise SetupError with a sentence that names who has the port, when that can be seen, and ends in `advice`."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        # As the server will: connections that are being closed do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise SetupError(f"Port {port} may only be used by root. {advice}") from None
        except OSError as error:
            owner = _owner(port)
            who = f"process {owner} ({command_line(owner)[:80]})" if owner else "another program"
            if error.errno != errno.EADDRINUSE:
                raise SetupError(f"Port {port} on {host} cannot be used: {error.strerror}.") from None
            raise SetupError(f"Port {port} is in use by {who}. Stop that program. {advice}") from None


def _owner(port: int) -> int | None:
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                columns = line.split()
                if columns[3] == _LISTEN and int(columns[1].rpartition(":")[2], 16) == port:
                    inodes.add(f"socket:[{columns[9]}]")
    for link in Path("/proc").glob("[0-9]*/fd/*") if inodes else ():
        with contextlib.suppress(OSError):
            if str(link.readlink()) in inodes:
                return int(link.parts[2])
    return None
