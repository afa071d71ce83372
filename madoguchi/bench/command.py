"""`madoguchi bench [NAME …] [--json]`: each bench in a process and on a fresh database of its own."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from madoguchi.bench import BENCHES
from madoguchi.bench.figures import Figure, machine, table
from madoguchi.kit.setup import SetupError, make_folder


def main(words: Sequence[str]) -> int:
    """0 when all targets are reached, 2 when one is missed. Raises SetupError."""
    arguments = _parse(words)
    folder = Path(os.environ.get("MADOGUCHI_VAR") or "var").absolute() / f"bench-{os.getpid()}"
    make_folder(folder)
    try:
        facts = machine(folder)
        _say("  ".join(f"{name}: {value}" for name, value in facts.items()))
        figures: dict[str, list[Figure]] = {}
        for name in arguments.names or BENCHES:
            _say(f"\n{name}: {BENCHES[name]}")
            figures[name] = _measure(name, folder / name, arguments)
            _say(table(figures[name]))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if arguments.json:
        listed = {name: [figure.as_json() for figure in of] for name, of in figures.items()}
        sys.stdout.write(json.dumps({"machine": facts, "figures": listed}, indent=2, ensure_ascii=False) + "\n")
    return 2 if any(figure.is_reached is False for of in figures.values() for figure in of) else 0


def _parse(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="madoguchi bench", description="Measure this machine.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    parser.add_argument(
        "--json", action="store_true", help="the figures as JSON on standard output, progress on the other"
    )
    parser.add_argument("--seconds", type=float, default=8.0, help="for each single measurement (default: 8)")
    parser.add_argument("--port", type=int, default=18400, help="first of ten free ports (default: 18400)")
    arguments = parser.parse_args(words)
    if unknown := [name for name in arguments.names if name not in BENCHES]:
        parser.error(f"there is no bench {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    return arguments


def _measure(name: str, folder: Path, arguments: argparse.Namespace) -> list[Figure]:
    words = [name, str(folder), str(arguments.seconds), str(arguments.port)]
    child = subprocess.run([sys.executable, "-m", "madoguchi.bench.child", *words], stdout=subprocess.PIPE, text=True)
    if child.returncode:
        raise SetupError(f"The bench {name} failed; what went wrong is above.")
    return [Figure(**fields) for fields in json.loads(child.stdout)]


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
