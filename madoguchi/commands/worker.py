"""`madoguchi worker`: takes events in, sends answers out, runs jobs."""

import argparse

from madoguchi.commands.environment import set_up_django

SUMMARY = "take events in, send answers out, run jobs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(arguments: argparse.Namespace) -> int:
    set_up_django()
    import uvloop

    from madoguchi import worker

    uvloop.run(worker.main())
    return 0
