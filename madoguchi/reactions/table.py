"""What was announced → the actions that follow, each called with the ids of the announcement."""

from __future__ import annotations

from collections.abc import Callable

Reaction = Callable[..., None]

TABLE: dict[str, tuple[Reaction, ...]] = {}
