"""Whoever holds something that they can no longer answer: an account that was switched off, a posting that has ended.

The holder's own doing brings the router to a conversation at once; that somebody's rights end does not (postings end by
themselves, at midnight). So all that is held is looked through from time to time.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from madoguchi.conversations.models import Conversation
from madoguchi.routing.staffing import reaches


@transaction.atomic
def look_at_holders(now: dt.datetime) -> int:
    """The router looks again at what somebody holds who may not answer it; it goes to the team. How many there were.

    All that such a person holds is looked at; what they may answer stays with them. What is locked is left to the next time.
    """
    held = Conversation.objects.open().filter(holder__isnull=False).order_by()
    groups = set(held.values_list("holder", "store", "department", "brand").distinct())
    reach = reaches(now, {holder_id for holder_id, *_rest in groups})
    beyond = {
        holder_id
        for holder_id, store_id, department_id, brand_id in groups
        if holder_id not in reach
        or not reach[holder_id].covers(store_id=store_id, department_id=department_id, brand_id=brand_id)
    }
    if not beyond:
        return 0
    theirs = held.filter(holder__in=beyond).exclude(attention_at__lte=now)
    locked = theirs.order_by("pk").select_for_update(of=("self",), skip_locked=True)
    return Conversation.objects.filter(pk__in=[row.pk for row in locked.only("pk")]).update(attention_at=now)
