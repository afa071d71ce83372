"""Brands, stores, staff and the one account of a database of measuring size."""

from __future__ import annotations

import datetime as dt
import random

from madoguchi.bench.population import Size
from madoguchi.bench.vocabulary import Vocabulary
from madoguchi.channels.models import Account, Provider
from madoguchi.organization.models import Brand, BrandPresence, Department, Market, Posting, Role, Staff, Store
from madoguchi.organization.permissions import BuiltInRole

_NOBODY = "!"
"""A password hash that no password has."""
_SINCE = dt.date(2020, 1, 1)
CLERK, MANAGER, HEADQUARTERS = "clerk", "market", "headquarters"
"""Prefixes of user names: staff of one store, of a whole market, of the whole company. Numbers begin with 1."""


def create_organization(size: Size, rng: random.Random) -> None:
    """Rows with ids from 1 on. The database is migrated and empty. Nobody has a password: sign in by force."""
    market = Market.objects.create(
        pk=1, code="tw", name="台灣", locale="zh-hant", time_zone="Asia/Taipei", currency="TWD"
    )
    small = Market.objects.create(pk=2, code="jp", name="日本", locale="ja", time_zone="Asia/Tokyo", currency="JPY")
    brands = Brand.objects.bulk_create(
        Brand(
            pk=pk, code=f"brand-{pk}", name=f"品牌 {pk}", sender_name=f"品牌 {pk}", mark=f"{pk % 100}", color="#2f6b4f"
        )
        for pk in range(1, size.brands + 1)
    )
    stores = Store.objects.bulk_create(
        Store(
            pk=pk,
            code=f"s{pk:03d}",
            name=f"門市 {pk}",
            kind=Store.Kind.COUNTER,
            market=small if pk % 10 == 0 else market,
        )
        for pk in range(1, size.stores + 1)
    )
    BrandPresence.objects.bulk_create(
        BrandPresence(brand=brand, store=store, since=_SINCE) for store in stores for brand in rng.sample(brands, 3)
    )
    departments = Department.objects.bulk_create(
        Department(pk=pk, code=f"d{pk}", name=f"部門 {pk}", market=market) for pk in range(1, size.departments + 1)
    )
    Account.objects.create(
        pk=1,
        provider=Provider.objects.create(pk=1, name="Bench"),
        name="窓口",
        channel_id="1650000000",
        channel_secret="0" * 32,
        access_token="none",  # noqa: S106  # nothing is sent from here
        market=market,
        default_brand=brands[0],
        default_department=departments[0],
    )
    _staff(size, rng, stores, market, small)


def _staff(size: Size, rng: random.Random, stores: list[Store], market: Market, small: Market) -> None:
    roles = {role.code: role for role in Role.objects.all()}
    names = [f"{CLERK}-{number}" for number in range(1, size.stores * size.staff_per_store + 1)]
    names += [f"{HEADQUARTERS}-{number}" for number in range(1, size.headquarters + 1)]
    people = Staff.objects.bulk_create(
        Staff(pk=pk, username=name, display_name=Vocabulary.name(rng), password=_NOBODY)
        for pk, name in enumerate(names, 1)
    )
    salesperson, service = roles[BuiltInRole.SALESPERSON], roles[BuiltInRole.CUSTOMER_SERVICE]
    for_stores = [
        Posting(staff=people[(store.pk - 1) * size.staff_per_store + seat], role=salesperson, store=store, since=_SINCE)
        for store in stores
        for seat in range(size.staff_per_store)
    ]
    for_all = [Posting(staff=person, role=service, since=_SINCE) for person in people[len(for_stores) :]]
    managers = Staff.objects.bulk_create(
        Staff(
            pk=size.staff + number, username=f"{MANAGER}-{number}", display_name=Vocabulary.name(rng), password=_NOBODY
        )
        for number in (1, 2)
    )
    for_markets = [
        Posting(staff=manager, role=roles[BuiltInRole.MANAGER], market=where, since=_SINCE)
        for manager, where in zip(managers, (market, small), strict=True)
    ]
    Posting.objects.bulk_create(for_stores + for_all + for_markets)
