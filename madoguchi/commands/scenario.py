"""`madoguchi scenario`: the demo company, on both sides of a running sandbox and console."""

import argparse

from madoguchi.commands.environment import plain_errors, set_up_django

SUMMARY = "load the demo company into the database and the LINE sandbox (both running)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sandbox-url", default="http://localhost:8001")
    parser.add_argument("--console-url", default="http://localhost:8000")


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from madoguchi.sandbox import scenario

    def progress(words: str, share: float) -> None:
        print(f"{share:4.0%} {words}", flush=True)

    with plain_errors():
        scenario.load(sandbox_url=arguments.sandbox_url, console_url=arguments.console_url, progress=progress)
    return 0
