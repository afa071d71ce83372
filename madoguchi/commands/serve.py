"""`madoguchi serve`: the web process; with --all, worker and embedded PostgreSQL beside it."""

import argparse
import os
from pathlib import Path

from madoguchi.commands.demo import port
from madoguchi.commands.environment import set_up_django

SUMMARY = "serve pages, webhooks and the live stream"
GRACE_SECONDS = 2
"""How long open requests may take when the process is asked to stop. Live streams never end by themselves."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=port, default=8000, help="(default: 8000)")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="web processes on this port (default: 1)")
    parser.add_argument(
        "--all", action="store_true", help="also run the worker and, unless MADOGUCHI_DATABASE_URL is set, PostgreSQL"
    )


def run(arguments: argparse.Namespace) -> int:
    return _run_all(arguments) if arguments.all else _run_web(arguments)


def _run_web(arguments: argparse.Namespace) -> int:
    set_up_django()
    import uvicorn
    from django.conf import settings

    uvicorn.run(
        "madoguchi.asgi:application",
        host=arguments.host,
        port=arguments.port,
        workers=arguments.workers,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.TRUSTED_PROXIES,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    return 0


def _run_all(arguments: argparse.Namespace) -> int:
    from madoguchi.supervisor.run import Options, Supervisor
    from madoguchi.supervisor.screen import Screen

    options = Options(
        var=Path(os.environ.get("MADOGUCHI_VAR") or "var"),
        host=arguments.host,
        port=arguments.port,
        sandbox=False,
        base_url=os.environ.get("MADOGUCHI_BASE_URL"),
    )
    Supervisor(options, Screen()).run()
    return 0
