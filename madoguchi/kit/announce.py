"""Saying what happened to whoever stands above: the one upward arrow (``reactions`` has the table of what follows)."""

from __future__ import annotations

from procrastinate.contrib.django import app

REACT = "madoguchi.reactions.tasks.react"


def announce(name: str, **ids: int) -> None:
    """``name`` is ``noun.past_tense`` (``binding.started``), ``ids`` are primary keys. What follows runs as a job that
    commits with the caller's transaction, and may run twice."""
    app.configure_task(REACT).defer(name=name, ids={**ids})
