from __future__ import annotations

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from madoguchi.kit.announce import REACT
from madoguchi.reactions.table import TABLE


@app.task(name=REACT, retry=RetryStrategy(max_attempts=8, exponential_wait=3))
def react(name: str, ids: dict[str, int]) -> None:
    """Do all that follows from an announcement. Every reaction is safe to run twice."""
    for reaction in TABLE[name]:
        reaction(**ids)
