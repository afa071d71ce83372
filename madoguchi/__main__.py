"""The command `madoguchi`, also as `python -m madoguchi`."""

import argparse
import contextlib
import importlib
import sys
from collections.abc import Sequence

from madoguchi.kit.setup import SetupError

COMMANDS = ("demo", "serve", "worker", "migrate", "createstaff", "doctor", "scenario", "messages")
"""Modules of `madoguchi.commands`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code. What the operator must put right is said in a sentence, without a traceback."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _run(words)
    except SetupError as error:
        print(f"madoguchi: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _run(words: list[str]) -> int:
    if words[:1] in (["sandbox"], ["bench"], ["manage"]):  # these have command lines of their own
        return _PASSED_ON[words[0]](words[1:])
    parser = argparse.ArgumentParser(
        prog="madoguchi",
        description="One window between a company of many brands and its customers.",
        epilog="`madoguchi COMMAND --help` says more. Settings are MADOGUCHI_… variables: see docs/settings.md.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in COMMANDS:
        module = importlib.import_module(f"madoguchi.commands.{name}")
        command = commands.add_parser(name, help=module.SUMMARY, description=module.__doc__)
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    commands.add_parser("sandbox", help="a LINE emulator with simulated phones, alone")
    commands.add_parser("bench", help="measure this installation")
    commands.add_parser("manage", help="Django's own commands: shell, dbshell, makemigrations …")
    chosen = parser.parse_args(words)
    code: int = chosen.run(chosen)
    return code


def _sandbox(words: list[str]) -> int:
    from madoguchi.sandbox.line.command import main as sandbox

    sandbox(words)
    return 0


def _bench(words: list[str]) -> int:
    from madoguchi.bench.command import main as bench

    return bench(words)


def _manage(words: list[str]) -> int:
    from django.core.management import execute_from_command_line

    from madoguchi.commands.environment import plain_errors, set_up_django, throw_away_database

    with contextlib.ExitStack() as stack:
        if words[:1] == ["makemigrations"]:  # it only wants to see that there is a database
            stack.enter_context(throw_away_database())
        set_up_django()
        stack.enter_context(plain_errors())
        execute_from_command_line(["madoguchi manage", *words])
    return 0


_PASSED_ON = {"sandbox": _sandbox, "bench": _bench, "manage": _manage}

if __name__ == "__main__":
    sys.exit(main())
