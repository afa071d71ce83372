"""The command line of the sandbox; `madoguchi sandbox` calls `main` too."""

import argparse
import errno
import sys
from collections.abc import Sequence
from pathlib import Path

from .emulator import Options
from .server import run


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="madoguchi sandbox", description="A LINE emulator with simulated phones.")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument(
        "--state", default="var/sandbox/world.json", help="snapshot file, or 'none' to forget everything"
    )
    parser.add_argument("--demo-info", type=Path, help="JSON file with the logins and links for the start page")
    parser.add_argument(
        "--allow-http",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="accept http:// URLs of this machine where LINE wants https",
    )
    parser.add_argument(
        "--open",
        action="store_true",
        help="answer and call other machines too; there is no login, so only where you trust all",
    )
    chosen = parser.parse_args(arguments)
    state = None if chosen.state == "none" else Path(chosen.state)
    options = Options(allow_http=chosen.allow_http, loopback_only=not chosen.open)
    try:
        run(host=chosen.host, port=chosen.port, state=state, demo_info=chosen.demo_info, options=options)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            sys.exit(f"Port {chosen.port} is used by another program: end that one, or choose another with --port.")
        sys.exit(f"The sandbox cannot start: {error}")
    except ValueError as error:
        sys.exit(f"The sandbox cannot start: {error}")
