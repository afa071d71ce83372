"""One bench, in its process: `python -m madoguchi.bench.child NAME FOLDER SECONDS PORT`. The figures go out as JSON."""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import asdict
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

from madoguchi.bench.figures import Context, Figure


def main(name: str, folder: str, seconds: str, port: str) -> None:
    django.setup()
    call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
    context = Context(
        server_folder=Path(folder),
        url=settings.DATABASE_URL,
        seconds=float(seconds),
        port=int(port),
        progress=lambda line: print(f"  {line}", file=sys.stderr, flush=True),  # noqa: T201
    )
    figures: list[Figure] = importlib.import_module(f"madoguchi.bench.{name}").run(context)
    json.dump([asdict(figure) for figure in figures], sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
