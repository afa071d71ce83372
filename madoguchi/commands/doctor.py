"""`madoguchi doctor`: says in plain words what is misconfigured and what to do. Exit code 1 when something is wrong."""

import argparse

from madoguchi.commands.environment import set_up_django

SUMMARY = "check settings, database, worker, disk and LINE accounts; say what is wrong and what to do"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--offline", action="store_true", help="do not ask LINE about tokens and webhooks")


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    from madoguchi.doctor import Grade, examine

    worst = 0
    for finding in examine(ask_line=not arguments.offline):
        print(f"  {finding.grade.value} {finding.fact}")
        if finding.advice:
            print(f"      {finding.advice}")
        worst = worst or int(finding.grade is Grade.BAD)
    return worst
