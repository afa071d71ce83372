"""Saying what happened to whoever stands above: the one upward arrow (``reactions`` has the table of what follows)."""

from __future__ import annotations

import datetime as dt

from procrastinate.contrib.django import app

REACT = "madoguchi.reactions.tasks.react"


def announce(name: str, *, at: dt.datetime | None = None, **ids: int) -> None:
    """``name`` is ``noun.past_tense`` (``binding.started``), ``ids`` are primary keys. What follows runs as a job that
    commits with the caller's transaction, and may run twice: soon, or not before ``at``."""
    app.configure_task(REACT, schedule_at=at).defer(name=name, ids={**ids})
