"""From a scan to an answer.

What happens after a binding stands in tables above this app; they are reached by the names of relations, as
``members.models`` does.
"""

from __future__ import annotations

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.fields import CharField
from django.db.models.functions import Cast, Concat

from madoguchi.bindings.models import Offer, Scan
from madoguchi.bindings.numbers.figures import Funnel
from madoguchi.bindings.numbers.folding import Statement, fold, groups, total
from madoguchi.bindings.numbers.scope import Scope
from madoguchi.channels.models import Contact


def funnel(scope: Scope) -> tuple[Funnel, dict[int | None, Funnel], dict[int, Funnel]]:
    """Of everything, by store, by code."""
    chat = "contact__conversation__exchanges__"
    later = Q(**{f"{chat}first_inbound_at__gt": F("at")})
    known = ~Q(contact__friendship=Contact.Friendship.UNKNOWN) & Q(contact__isnull=False)
    taken_up = Offer.objects.filter(binding=OuterRef("binding"), code=OuterRef("code"), state=Offer.State.ACCEPTED)
    at_once = Q(outcome__in=(Scan.Outcome.BOUND, Scan.Outcome.ALREADY))
    came_of_it = at_once | Q(outcome=Scan.Outcome.ASKED) & Q(Exists(taken_up))
    visits = (
        scope.scans()
        .values_list("code__store", "code", _visit())
        .annotate(
            is_friend=BoolOr(known),
            is_bound=BoolOr(came_of_it),
            has_written=BoolOr(later),
            was_answered=BoolOr(later & Q(**{f"{chat}first_reply_at__isnull": False})),
        )
        .order_by()
    )
    found = fold(
        Statement(
            *visits.query.sql_with_params(), ("store", "code", "visit", "friend", "bound", "written", "answered")
        ),
        select="""count(*), count(*) FILTER (WHERE friend), count(*) FILTER (WHERE friend AND bound),
                  count(*) FILTER (WHERE friend AND bound AND written),
                  count(*) FILTER (WHERE friend AND bound AND written AND answered)""",
        sets=("store", "code"),
    )
    by_code = {code: steps for code, steps in groups(found, "code", Funnel).items() if code is not None}
    return total(found, Funnel), groups(found, "store", Funnel), by_code


def _visit() -> Case:
    """What belongs together: the same opening of a page; else a row of its own."""
    own = Concat(Value("scan "), Cast("pk", CharField()))
    return Case(When(visitor="", then=own), default=F("visitor"))
