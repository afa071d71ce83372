"""What the ledger says in numbers: how many customers come, by which way, to whom, and whether they stay in touch.

Everything is counted where the reader may read bindings, for one period and the one of the same length before it. A day
is one on the clock that is active (``django.utils.timezone``). The number of statements does not depend on the data.
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from madoguchi.bindings.models import Code
from madoguchi.bindings.numbers import changes
from madoguchi.bindings.numbers.activity import activity
from madoguchi.bindings.numbers.figures import Activity, Compared, Day, Funnel, Numbers, Person, Place
from madoguchi.bindings.numbers.passage import funnel
from madoguchi.bindings.numbers.scope import Scope
from madoguchi.organization.models import Staff, Store

__all__ = ["Activity", "Compared", "Day", "Funnel", "Numbers", "Person", "Place", "Scope", "numbers"]


def numbers(scope: Scope, *, now: dt.datetime | None = None, most_codes: int | None = None) -> Numbers:
    """All that the page shows; nine statements, and one for the reader's reach. ``most_codes``: of those with the most
    visits; None: all."""
    now = now or timezone.now()
    by_day = changes.begun_by_day(scope)
    new_by_store, new_by_person = changes.begun_by_place(scope)
    everybody, by_store, by_person = activity(scope, now)
    everything, funnel_by_store, funnel_by_code = funnel(scope)
    stores = Store.objects.in_bulk([pk for pk in {*new_by_store, *by_store} if pk])
    names = Staff.objects.only("display_name", "username")
    people = names.in_bulk([pk for pk in {*new_by_person, *by_person} if pk])
    visited = sorted(funnel_by_code.items(), key=lambda row: (-row[1].scanned, row[0]))[:most_codes]
    codes = Code.objects.select_related("store", "department", "staff").in_bulk([pk for pk, _steps in visited])
    return Numbers(
        scope=scope,
        new=sum(by_day.values(), Compared()),
        days=changes.days(scope, by_day),
        ways=changes.by_way(by_day),
        ends=changes.ended(scope),
        activity=everybody,
        funnel=everything,
        places=sorted(
            (
                Place(
                    stores[pk] if pk else None,
                    new_by_store.get(pk, Compared()),
                    by_store.get(pk, Activity()),
                    funnel_by_store.get(pk, Funnel()),
                )
                for pk in {*new_by_store, *by_store}
            ),
            key=lambda place: (-place.new.now, -place.activity.customers, str(place.store)),
        ),
        people=sorted(
            (
                Person(people[pk] if pk else None, new_by_person.get(pk, Compared()), by_person.get(pk, Activity()))
                for pk in {*new_by_person, *by_person}
            ),
            key=lambda person: (-person.activity.customers, -person.new.now, str(person.staff)),
        ),
        codes=[(codes[pk], steps) for pk, steps in visited],
    )
