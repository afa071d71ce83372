"""Proof that nothing is lost: processes are killed at every step of the way in and out, and the sandbox is the judge.

Each round has customers write and staff answer, does one harm at one exact step, repairs it, waits until all is quiet,
and compares: what the sandbox's phones sent and received against our rows. No event may be missing, no bubble doubled,
none out of order within a thread. The steps are hit from outside (row locks, a frozen process, an answer of the sandbox
that does not come): the product has no hooks for it.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter

from madoguchi.bench.faults.harms import HARMS, Harm
from madoguchi.bench.faults.installation import Installation
from madoguchi.bench.faults.verdict import Verdict, judge
from madoguchi.bench.figures import Context, Figure

ROUNDS = 200
_SEED = 20261121


def run(context: Context) -> list[Figure]:
    rounds = int(os.environ.get("MADOGUCHI_BENCH_ROUNDS", ROUNDS))
    began = time.monotonic()
    with Installation(context.server, context.port) as installation:
        verdicts = play(installation, rounds, context.progress)
    of_harm = Counter(harm for harm, _verdict in verdicts)
    total = sum((verdict for _harm, verdict in verdicts), Verdict())
    return [
        Figure("rounds", rounds, "", note=f"{(time.monotonic() - began) / rounds:.1f} s each, seed {_SEED}"),
        *(Figure(f"of these: {name}", count, "") for name, count in of_harm.items()),
        Figure("messages that customers wrote", total.written, ""),
        Figure("of these missing in our threads", total.lost, "", at_most=0),
        Figure("shown twice, or never written", total.doubled, "", at_most=0),
        Figure("shown in another order than written", total.disordered, "", at_most=0),
        Figure("answers that staff sent", total.answered, ""),
        Figure("of these never accepted by LINE, though we say so", total.unsent, "", at_most=0),
        Figure("accepted by LINE twice", total.repeated, "", at_most=0),
        Figure("accepted in another order than sent", total.out_of_order, "", at_most=0),
        Figure("outcome unknown, left to a person (replies only)", total.unknown, ""),
    ]


def play(installation: Installation, rounds: int, progress: object = None) -> list[tuple[str, Verdict]]:
    """That many rounds, the harms in turn, each with chances of its own from one seed."""
    say = progress if callable(progress) else lambda _line: None
    found: list[tuple[str, Verdict]] = []
    for number in range(rounds):
        harm: Harm = HARMS[number % len(HARMS)]
        chance = random.Random(f"{_SEED} {number}")
        installation.begin_round(number)
        harm.strike(installation, chance)
        installation.repair()
        installation.wait_until_quiet()
        verdict = judge(installation)
        found.append((harm.name, verdict))
        if not verdict.is_clean or number % 10 == 9:
            say(f"round {number + 1} of {rounds}, {harm.name}: {verdict}")
    return found
