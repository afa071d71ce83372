"""Which written rules hold for a binding (those of the market of its place, else of its account's), and when it is night."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.db.models import Q

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


def in_market(market: Market, prefix: str = "") -> Q:
    """The rows of bindings (below ``prefix``) whose ``market_of`` this is."""
    at_store, in_department = Q(**{f"{prefix}store__market": market}), Q(**{f"{prefix}department__market": market})
    everywhere = Q(**{f"{prefix}department__isnull": False, f"{prefix}department__market__isnull": True})
    return at_store | in_department | everywhere & Q(**{f"{prefix}account__market": market})


def quiet_until(policy: Policy, now: dt.datetime) -> dt.datetime | None:
    """When announcements may go out again, on the clock of the policy's market. None: they may now."""
    begin, end = policy.quiet_from, policy.quiet_until
    if begin is None or end is None:
        return None
    here = now.astimezone(ZoneInfo(policy.market.time_zone))
    clock, runs_over_midnight = here.time(), begin > end
    if not (clock >= begin or clock < end if runs_over_midnight else begin <= clock < end):
        return None
    day = here.date() + dt.timedelta(days=1 if clock >= end else 0)
    return dt.datetime.combine(day, end, here.tzinfo)


def quiet_markets(now: dt.datetime) -> list[Market]:
    written = {policy.market_id: policy for policy in Policy.objects.select_related("market")}
    markets = Market.objects.order_by("pk")
    return [market for market in markets if quiet_until(written.get(market.pk) or Policy(market=market), now)]
