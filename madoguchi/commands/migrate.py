"""`madoguchi migrate`: bring the tables to where this version wants them."""

import argparse

from madoguchi.commands.environment import plain_errors, set_up_django

SUMMARY = "create or update the tables of the database"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--verbose", action="store_true", help="name each migration")


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from django.core.management import call_command

    with plain_errors():
        call_command("migrate", interactive=False, verbosity=1 if arguments.verbose else 0)
    return 0
