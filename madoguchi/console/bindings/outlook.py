"""What a departure would mean, before it begins: for how many customers, what they would read, what it would cost."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, F, Q

from madoguchi.bindings.holders import Team
from madoguchi.bindings.models import ALL_BRANDS, BindingQuerySet, Departure, Policy
from madoguchi.bindings.plans import concerned
from madoguchi.bindings.policies import policy_of, quiet_until
from madoguchi.channels import quota
from madoguchi.channels.models import Account, Contact
from madoguchi.channels.quota import QuotaState
from madoguchi.console.bindings import samples
from madoguchi.console.bindings.departure_form import DepartureForm
from madoguchi.console.bindings.samples import Said
from madoguchi.duty.schedule import Place
from madoguchi.organization.models import Brand, Market, Staff


@dataclass(frozen=True, slots=True)
class Cost:
    account: Account
    messages: int
    """One for each customer who can be reached there, when nobody refuses."""
    quota: QuotaState

    @property
    def is_too_much(self) -> bool:
        return self.quota.remaining is not None and self.messages > self.quota.remaining


@dataclass(frozen=True, slots=True)
class Outlook:
    customers: int
    brands: list[tuple[Brand | None, int]]
    """None: for all brands. A customer of two brands stands under both."""
    reachable: int
    costs: list[Cost]
    said: Said | None
    """What the first of them would read; None: there is nobody, or the store or the successor has not been chosen."""
    tries: int
    answer_hours: int
    waits_until: dt.datetime | None
    """It would be night when customers are to be told; None: it would not."""


def outlook(form: DepartureForm, now: dt.datetime) -> Outlook:
    """The number of statements does not depend on the number of customers."""
    departure = form.planned()
    rows = concerned(departure)
    reached = list(
        _reachable(rows).values_list("account").annotate(n=Count("member", distinct=True)).order_by("account")
    )
    accounts = Account.objects.defer("channel_secret", "access_token").in_bulk([pk for pk, _n in reached])
    policy = policy_of(form.market) if form.market else Policy()
    meant_for = max(now, form.tells_at or now)
    morning = quiet_until(policy, meant_for) if form.market else None
    answer_by = (morning or meant_for) + dt.timedelta(hours=policy.answer_hours)
    return Outlook(
        customers=rows.aggregate(n=Count("member", distinct=True))["n"],
        brands=_by_brand(rows),
        reachable=sum(n for _pk, n in reached),
        costs=[Cost(accounts[pk], n, quota.state(accounts[pk])) for pk, n in reached],
        said=_said(form, departure, rows, answer_by, now),
        tries=policy.tries,
        answer_hours=policy.answer_hours,
        waits_until=morning,
    )


def _reachable(rows: BindingQuerySet) -> BindingQuerySet:
    """Who has an address at the account of their binding, and has not blocked it."""
    contact = "member__conversations__contact__"
    friend = Q(**{f"{contact}friendship": Contact.Friendship.FRIEND})
    wrote = Q(**{f"{contact}friendship": Contact.Friendship.UNKNOWN, f"{contact}last_inbound_at__isnull": False})
    return rows.filter(friend | wrote, account__is_active=True, **{f"{contact}account": F("account")})


def _by_brand(rows: BindingQuerySet) -> list[tuple[Brand | None, int]]:
    counts: Counter[int] = Counter()
    for brand_ids, number in rows.order_by().values_list("brand_ids").annotate(Count("pk")):
        for brand_id in brand_ids:
            counts[brand_id] += number
    brands = Brand.objects.defer("icon").in_bulk([pk for pk in counts if pk != ALL_BRANDS])
    return [(brands.get(pk), number) for pk, number in counts.most_common()]


def _said(
    form: DepartureForm, departure: Departure, rows: BindingQuerySet, answer_by: dt.datetime, now: dt.datetime
) -> Said | None:
    first = rows.select_related("store__market", "department__market", "account__market").order_by("pk").first()
    is_open = (form.needs_successor and departure.successor is None) or (
        form.needs_store and departure.to_store is None
    )
    if first is None or is_open:
        return None
    place = first.store or first.department
    assert place is not None, "a binding is at one place"
    market: Market = place.market or first.account.market
    colleague: Staff | None = None
    if departure.rule == Policy.Leaving.STORE:
        team = Team.load_at(Place(first.store_id, first.department_id), now)
        chosen = team.pick(first.brand_ids, member_id=first.member_id, except_for=[first.staff_id or 0])
        colleague = Staff.objects.filter(pk=chosen).first() if chosen else None
    return samples.of_departure(departure, place, market, answer_by, colleague=colleague)
