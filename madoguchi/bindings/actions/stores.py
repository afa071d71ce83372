from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from madoguchi.bindings import ledger
from madoguchi.bindings.errors import StoreClosed, StoreMissing, StoreOpen
from madoguchi.bindings.ledger import Target
from madoguchi.bindings.models import Binding, Way
from madoguchi.organization.models import Staff, Store
from madoguchi.organization.permissions import Permission


@transaction.atomic
def pass_on_store(*, by: Staff, store: Store, to_store: Store, now: dt.datetime | None = None) -> int:
    """A store closes for good: all its customers go to the pool of another one. How many.

    What is left at the closing day ends by itself. Raises NotAllowed, StoreOpen, StoreMissing, StoreClosed.
    """
    now = now or timezone.now()
    for each in (store, to_store):
        by.require(Permission.BINDING_CONFIGURE, store_id=each.pk)
    if store == to_store:
        raise StoreMissing
    if store.closed_on is None:
        raise StoreOpen
    if to_store.closed_on is not None:
        raise StoreClosed
    ledger.lock_members(list(Binding.objects.current().filter(store=store).values_list("member", flat=True)))
    rows = list(Binding.objects.current().filter(store=store).order_by("pk"))
    for binding in rows:
        to = Target(None, to_store.pk)
        ledger.pass_on(binding, to=to, way=Way.RULE, end=Binding.End.STORE_CLOSED, at=now, by=by)
    return len(rows)
