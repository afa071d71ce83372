"""What would happen to a message, and why: the router's own decision, with nothing changed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from madoguchi.organization.models import Department, Staff, Store
from madoguchi.routing.models import Cover, Decision, Rule
from madoguchi.routing.rules import Facts, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Every rule that was looked at, in order, and what came of it."""

    facts: Facts
    steps: tuple[Step, ...]
    rule: Rule | None
    """That took it; None: the account's default."""
    reason: Decision.Reason
    store: Store | None
    department: Department | None
    """Where it would go: one of the two."""
    person: Staff | None
    """Who would get it; None: it would wait in the team's queue."""
    choice: Decision.Choice
    is_urgent: bool
    is_skill_relaxed: bool
    bound_person: Staff | None
    """Who looks after the customer."""
    cover: Cover.Reason | None
    """Why the team would answer instead of them."""
    is_open: bool
    opens_at: dt.datetime | None
    """When the place is closed."""
    away_reply: str
    """What the customer would be told then; empty: nothing."""
