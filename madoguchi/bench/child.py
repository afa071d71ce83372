"""One bench, in its process, which owns a PostgreSQL: `python -m madoguchi.bench.child NAME FOLDER SECONDS PORT`.

The figures go out as JSON.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

from madoguchi.bench.figures import Context, Figure
from madoguchi.postgres import Postgres


def main(name: str, folder: str, seconds: str, port: str) -> None:
    with Postgres(Path(folder)) as server:
        os.environ |= {
            "MADOGUCHI_DATABASE_URL": server.url,
            "MADOGUCHI_SECRET_KEY": "measured, not used",
            "MADOGUCHI_VAR": folder,
            "MADOGUCHI_LOG_LEVEL": "warning",
            "DJANGO_SETTINGS_MODULE": "madoguchi.settings",
        }
        django.setup()
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        context = Context(
            server=server,
            url=settings.DATABASE_URL,
            seconds=float(seconds),
            port=int(port),
            progress=lambda line: print(f"  {line}", file=sys.stderr, flush=True),  # noqa: T201
        )
        figures: list[Figure] = importlib.import_module(f"madoguchi.bench.{name}").run(context)
        json.dump([asdict(figure) for figure in figures], sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
