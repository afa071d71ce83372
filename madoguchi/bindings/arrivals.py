"""A customer comes to somebody, by a code or by hand: what the market's rule says when somebody else has them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from madoguchi.bindings import ledger, offers
from madoguchi.bindings.ledger import Target
from madoguchi.bindings.models import Binding, Code, Policy, Scan, Way
from madoguchi.organization.models import Staff

Outcome = Scan.Outcome


@dataclass(frozen=True, slots=True)
class Arrival:
    outcome: Scan.Outcome
    """BOUND, ALREADY, ASKED (the customer decides) or KEPT (by whomever they have)."""
    binding: Binding
    """The one that holds now."""


def arrive(
    *,
    member_id: int,
    target: Target,
    scope: Sequence[int],
    policy: Policy,
    account_id: int,
    way: Way,
    at: dt.datetime,
    code: Code | None = None,
    by: Staff | None = None,
) -> Arrival:
    """Under the lock on the member. ``policy`` is that of the place of ``target``.

    A team takes nobody from a person. A person who is leaving holds nobody back: their customers are passed on anyway.
    """
    standing = ledger.overlapping(member_id, scope)
    for row in standing:
        if Target.of(row) == target and set(scope) <= set(row.brand_ids):
            return Arrival(Outcome.ALREADY, row)
    persons = [row for row in standing if row.staff_id is not None and row.staff_id != target.staff_id]
    if persons and not any(_is_leaving(row) for row in persons):
        free = sorted(set(scope).difference(*(row.brand_ids for row in persons)))
        if target.staff_id is None or (policy.second_scan == Policy.SecondScan.FIRST and not free):
            return Arrival(Outcome.KEPT, persons[0])
        if policy.second_scan == Policy.SecondScan.ASK:
            offers.ask(persons[0], target, policy, at, code=code)
            return Arrival(Outcome.ASKED, persons[0])
        if policy.second_scan == Policy.SecondScan.FIRST:
            scope = free  # the brands that nobody has yet
    started = ledger.start(
        member_id=member_id,
        target=target,
        account_id=account_id,
        scope=scope,
        way=way,
        at=at,
        code=code,
        by=by,
        predecessor=next((row for row in standing if row.staff_id == target.staff_id), None),
    )
    return Arrival(Outcome.BOUND, started)


def _is_leaving(binding: Binding) -> bool:
    return any(offer.is_live and offer.departure_id for offer in binding.offers.all())
