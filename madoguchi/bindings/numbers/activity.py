"""Who is still in touch: customers with a current binding, and those of them who wrote or tapped lately.

When somebody was in touch last stands above this app; it is reached by the name of the relation, as ``members.models``
does.
"""

from __future__ import annotations

import datetime as dt
from operator import sub

from django.db.models import Count, Max

from madoguchi.bindings.models import BindingQuerySet
from madoguchi.bindings.numbers.figures import Activity
from madoguchi.bindings.numbers.folding import Statement, fold, groups, total
from madoguchi.bindings.numbers.scope import Scope
from madoguchi.channels.models import Contact

LATELY = dt.timedelta(days=30)
A_WHILE = dt.timedelta(days=90)
"""A customer is active who wrote or tapped within so long."""
_SETS = ("store", "staff")
_ROWS = ("count(*)", "count(*) FILTER (WHERE last >= %s)", "count(last)")
_SUMS = "coalesce(sum(customers), 0)::bigint, coalesce(sum(active_30), 0)::bigint, coalesce(sum(active_90), 0)::bigint"
_CUSTOMERS = (
    "count(DISTINCT member)",
    "count(DISTINCT member) FILTER (WHERE last >= %s)",
    "count(DISTINCT member) FILTER (WHERE last IS NOT NULL)",
)


def activity(scope: Scope, now: dt.datetime) -> tuple[Activity, dict[int | None, Activity], dict[int | None, Activity]]:
    """Of everybody, by store, by person; as of now, whatever the period. A customer bound twice counts once in each.

    Counting distinct customers sorts all of them for each grouping. So rows are counted, and of those few customers who
    have several, what they are too many is taken off again.
    """
    current, lately = scope.bindings().current(), now - LATELY
    several = current.order_by().values("member").annotate(n=Count("pk")).filter(n__gt=1).values("member")
    repeats = ", ".join(f"{row} - {customer}" for row, customer in zip(_ROWS, _CUSTOMERS, strict=True))
    twice = _in_touch(current.filter(member__in=several), now)
    too_many = fold(twice, select=repeats, parameters=[lately, lately], sets=_SETS)
    rows = fold(_by_store_and_person(_in_touch(current, now), lately), select=_SUMS, sets=_SETS)
    found = {key: tuple(map(sub, counts, too_many.get(key, (0, 0, 0)))) for key, counts in rows.items()}
    return total(found, Activity), groups(found, "store", Activity), groups(found, "staff", Activity)


def _by_store_and_person(rows: Statement, lately: dt.datetime) -> Statement:
    """Counted once before they are folded: by that, many rows become few in one pass."""
    sql = f"SELECT store, staff, {', '.join(_ROWS)} FROM ({rows.sql}) AS touched GROUP BY store, staff"
    return Statement(sql, (lately, *rows.parameters), ("store", "staff", "customers", "active_30", "active_90"))


def _in_touch(bindings: BindingQuerySet, now: dt.datetime) -> Statement:
    """One row for each binding; ``last``: when its customer wrote or tapped, in the last A_WHILE."""
    contacts = Contact.objects.filter(last_inbound_at__gte=now - A_WHILE, conversation__isnull=False)
    touched = contacts.order_by().values_list("conversation__member").annotate(Max("last_inbound_at"))
    bound, of_bound = bindings.order_by().values_list("store", "staff", "member").query.sql_with_params()
    active, of_active = touched.query.sql_with_params()
    sql = f"""SELECT store, staff, member, last FROM ({bound}) AS bound (store, staff, member)
              LEFT JOIN ({active}) AS active (member, last) USING (member)"""
    return Statement(sql, (*of_bound, *of_active), ("store", "staff", "member", "last"))
