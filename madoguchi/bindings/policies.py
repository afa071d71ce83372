"""Which written rules hold for a binding: those of the market of its place, else of its account's."""

from __future__ import annotations

from madoguchi.bindings.models import Binding, Code, Policy
from madoguchi.organization.models import Market


def policy_of(market: Market) -> Policy:
    """As the market wrote it down, otherwise the defaults (a row that is not saved)."""
    return Policy.objects.filter(market=market).first() or Policy(market=market)


def policy_for(row: Binding | Code) -> Policy:
    return policy_of(market_of(row))


def market_of(row: Binding | Code) -> Market:
    place = row.store or row.department
    return (place.market if place else None) or row.account.market
