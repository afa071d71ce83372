"""`madoguchi demo`: everything on this machine, with a simulated LINE and a company to try it on."""

import argparse
import os
from pathlib import Path

SUMMARY = "start everything with a simulated LINE and a demo company, and say where to go"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=port, default=8000, help="console here, LINE sandbox one above (default: 8000)")
    parser.add_argument(
        "--var", type=Path, default=Path(os.environ.get("MADOGUCHI_VAR") or "var"), help="data folder (default: var)"
    )
    parser.add_argument("--fresh", action="store_true", help="delete the data folder's content and start over")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")


def run(arguments: argparse.Namespace) -> int:
    from madoguchi.supervisor.run import Options, Supervisor
    from madoguchi.supervisor.screen import Screen

    options = Options(
        var=arguments.var.expanduser(), host=arguments.host, port=arguments.port, sandbox=True, fresh=arguments.fresh
    )
    Supervisor(options, Screen()).run()
    return 0


def port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65_534:
        raise argparse.ArgumentTypeError(f"“{text}” is not a port; it must be a number from 1 to 65534")
    return int(text)
