"""Who looks after whom in the demo: codes on the counters, two years of bindings, and two people who are about to leave."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from madoguchi.bindings.models import (
    ALL_BRANDS,
    Binding,
    Code,
    Departure,
    FirstMessageLimit,
    Offer,
    Policy,
    Scan,
    Way,
)
from madoguchi.bindings.tokens import ALPHABET, LENGTH
from madoguchi.organization.models import Posting, Role, Staff, Store
from madoguchi.sandbox.scenario.history import Customer
from madoguchi.sandbox.scenario.organisation import Organisation, new_public_id

SHARE_BOUND = 0.62
_WAYS = (Way.LIFF, Way.LIFF, Way.LIFF, Way.TEXT, Way.TEXT, Way.TYPED)
_LEAVES_SOON = dt.timedelta(days=9)
_MONTHLY_FIRST_MESSAGES = 20
_SHARE_CHANGED = 0.12
_OPENED_ONLY = 160
NOT_YET_BOUND = frozenset({"peijun", "zhihao", "yian", "misaki"})
"""People whose phones a visitor holds: they can scan a code themselves."""


@dataclass(frozen=True, slots=True)
class Ledger:
    codes: dict[tuple[str, str], Code]
    """(user name, code of the store) → their code there."""
    leaving: tuple[Staff, ...]
    """The first has said so and the customers have been told; the second only has an end to their posting. A company of
    few customers has nobody who leaves."""


def create(company: Organisation, customers: Sequence[Customer], *, now: dt.datetime, dice: random.Random) -> Ledger:
    """Inside the caller's transaction, once the rows of the customers are written."""
    for market, second_scan, rule in (("tw", "ask", "store"), ("jp", "first", "successor"), ("cn", "newest", "store")):
        Policy.objects.create(market=company.markets[market], second_scan=second_scan, leaving=rule)
    # A visitor tries it out at any hour, most of all in Taiwan.
    Policy.objects.filter(market=company.markets["tw"]).update(quiet_from=None, quiet_until=None)
    _limit_first_messages(company)
    codes = _print_codes(company, now, dice)
    bound = _bind(company, customers, codes, now, dice)
    _scan_in_vain(list(codes.values()), now, dice)
    leaving = _leave(company, bound, now, dice)
    _credit()
    return Ledger(codes, leaving)


def _limit_first_messages(company: Organisation) -> None:
    for role in ("salesperson", "counter_staff"):
        FirstMessageLimit.objects.create(role=Role.objects.get(code=role), per_month=_MONTHLY_FIRST_MESSAGES)
    FirstMessageLimit.objects.create(store=company.stores["xinyi-ap"], per_month=2 * _MONTHLY_FIRST_MESSAGES)


def _print_codes(company: Organisation, now: dt.datetime, dice: random.Random) -> dict[tuple[str, str], Code]:
    codes: dict[tuple[str, str], Code] = {}
    scopes: list[tuple[Code, tuple[str, ...]]] = []
    accounts = {account.market.code: account for account in company.accounts.values()}
    for spec in company.specs:
        person = company.staff[spec.username]
        for place in spec.places:
            store = company.stores.get(place.store)
            if store is None or place.role not in ("counter_staff", "salesperson") or place.since_days <= 0:
                continue
            account = accounts.get(store.market.code)
            if account is None:
                continue
            code = codes[spec.username, store.code] = Code(
                token="".join(dice.choices(ALPHABET, k=LENGTH)),
                account=account,
                staff=person,
                store=store,
                created_by=person,
                created_at=now - dt.timedelta(days=place.since_days),
            )
            scopes.append((code, place.brands))
    Code.objects.bulk_create(codes.values())
    through = Code.brands.through
    through.objects.bulk_create(
        through(code_id=code.pk, brand_id=company.brands[brand].pk) for code, brands in scopes for brand in brands
    )
    for busy in ("xinyi-ap", "nanxi-be"):
        Code.objects.create(
            token="".join(dice.choices(ALPHABET, k=LENGTH)),
            account=accounts["tw"],
            store=company.stores[busy],
            label="收銀台立牌",
            created_by=company.staff["meiling"],
            created_at=now - dt.timedelta(days=120),
        )
    return codes


@dataclass(frozen=True, slots=True)
class _Bound:
    binding: Binding
    contact_id: int


def _bind(
    company: Organisation,
    customers: Sequence[Customer],
    codes: dict[tuple[str, str], Code],
    now: dt.datetime,
    dice: random.Random,
) -> list[_Bound]:
    limits = _brand_limits()
    made: list[_Bound] = []
    for customer in customers:
        store = company.stores.get(customer.home)
        if store is None or customer.person_id in NOT_YET_BOUND or dice.random() > SHARE_BOUND:
            continue
        team = company.team(store, company.brands[customer.brand.code])
        people = [person for person in team if (person.username, store.code) in codes]
        if people:
            made += _history_of(customer, store, people, codes, limits, now, dice)
    Binding.objects.bulk_create(each.binding for each in made)
    Scan.objects.bulk_create(scan for each in made for scan in _scans_of(each, dice))
    return made


def _history_of(
    customer: Customer,
    store: Store,
    people: list[Staff],
    codes: dict[tuple[str, str], Code],
    limits: dict[tuple[int, int], list[int]],
    now: dt.datetime,
    dice: random.Random,
) -> list[_Bound]:
    """One person, sometimes another one later."""
    since = customer.joined + (now - customer.joined) * dice.random() ** 0.8
    chain = [dice.choice(people)]
    others = [person for person in people if person is not chain[0]]
    if others and dice.random() < _SHARE_CHANGED:
        chain.append(dice.choice(others))
    thread, made = customer.thread, []
    for number, person in enumerate(chain):
        until = since + (now - since) * dice.uniform(0.2, 0.8) if number + 1 < len(chain) else None
        binding = Binding(
            public_id=new_public_id(dice),
            member_id=thread.member.pk,
            staff=person,
            store=store,
            account_id=thread.contact.account_id,
            brand_ids=limits.get((person.pk, store.pk), [ALL_BRANDS]),
            way=dice.choice(_WAYS),
            code=codes[person.username, store.code],
            started_at=since,
            ended_at=until,
            end=Binding.End.REPLACED if until else "",
        )
        made.append(_Bound(binding, thread.contact.pk))
        since = until or since
    return made


def _scans_of(bound: _Bound, dice: random.Random) -> list[Scan]:
    binding, visitor = bound.binding, new_public_id(dice)

    def scan(outcome: Scan.Outcome, at: dt.datetime, result: Binding | None = None) -> Scan:
        return Scan(
            code=binding.code, way=binding.way, outcome=outcome, visitor=visitor, binding=result, at=at,
            contact_id=bound.contact_id if result else None, member_id=binding.member_id if result else None,
        )  # fmt: skip

    opened = [scan(Scan.Outcome.OPENED, binding.started_at - dt.timedelta(seconds=dice.randrange(8, 60)))]
    return [*(opened if binding.way == Way.LIFF else []), scan(Scan.Outcome.BOUND, binding.started_at, binding)]


def _scan_in_vain(codes: Sequence[Code], now: dt.datetime, dice: random.Random) -> None:
    """Some look and do not tap; some have a card from a counter that is no more."""
    Scan.objects.bulk_create(
        Scan(
            code=dice.choice(codes),
            way=Way.LIFF,
            outcome=Scan.Outcome.OPENED,
            visitor=new_public_id(dice),
            at=now - dt.timedelta(days=90) * dice.random(),
        )
        for _ in range(_OPENED_ONLY)
    )


def _leave(company: Organisation, bound: Sequence[_Bound], now: dt.datetime, dice: random.Random) -> tuple[Staff, ...]:
    """The two at the busiest counters who have most customers and are nobody whom a visitor signs in as."""
    shown = {spec.username for spec in company.specs if spec.title}
    customers: dict[Staff, list[Binding]] = {}
    for binding in (each.binding for each in bound if each.binding.ended_at is None):
        assert binding.staff
        assert binding.store
        if binding.staff.username not in shown and binding.store.code.startswith("xinyi"):
            customers.setdefault(binding.staff, []).append(binding)
    leaving = tuple(sorted(customers, key=lambda person: (-len(customers[person]), person.pk))[:2])
    if len(leaving) < 2:
        return ()
    first, second = leaving
    ends = company.today + _LEAVES_SOON
    Posting.objects.filter(staff__in=[first, second]).update(until=ends)
    departure = Departure.objects.create(
        public_id=new_public_id(dice),
        staff=first,
        kind=Departure.Kind.EXIT,
        rule=Policy.Leaving.STORE,
        leaves_on=ends,
        by=company.staff["meiling"],
        at=now - dt.timedelta(hours=7),
    )
    colleagues: dict[int, list[Staff]] = {}
    for binding in customers[first]:
        assert binding.store
        if binding.store_id not in colleagues:
            everybody = company.teams.get((binding.store.code, ""), [])
            colleagues[binding.store.pk] = [person for person in everybody if person not in (first, second)]
    Offer.objects.bulk_create(
        Offer(
            public_id=new_public_id(dice),
            binding=binding,
            departure=departure,
            cause=Offer.Cause.EXIT,
            to_staff=dice.choice(colleagues[binding.store.pk])
            if binding.store and colleagues[binding.store.pk]
            else None,
            to_store=binding.store,
            silence_accepts=True,
            state=Offer.State.OPEN,
            due_at=departure.at,
            told_at=departure.at,
            answer_by=departure.at + dt.timedelta(hours=24),
        )
        for binding in customers[first]
    )
    return leaving


def _brand_limits() -> dict[tuple[int, int], list[int]]:
    """(person, store) → ids of the brands that their posting there is limited to."""
    found: dict[tuple[int, int], list[int]] = {}
    rows = Posting.brands.through.objects.filter(posting__store__isnull=False).order_by("brand_id")
    for staff_id, store_id, brand_id in rows.values_list("posting__staff_id", "posting__store_id", "brand_id"):
        found.setdefault((staff_id, store_id), []).append(brand_id)
    return found


def _credit() -> None:
    """Each message to the binding it was said under."""
    with connection.cursor() as cursor:
        cursor.execute(_CREDIT)


_CREDIT = """
UPDATE conversations_message m SET binding_id = (
  SELECT b.id FROM bindings_binding b
  WHERE b.member_id = c.member_id AND b.brand_ids && ARRAY[0, coalesce(c.brand_id, 0)::int]
    AND b.started_at <= m.occurred_at AND (b.ended_at IS NULL OR b.ended_at > m.occurred_at)
  ORDER BY b.brand_ids DESC LIMIT 1)
FROM conversations_conversation c
WHERE c.id = m.conversation_id AND m.direction IN ('inbound', 'outbound')
  AND c.member_id IN (SELECT member_id FROM bindings_binding)
"""
