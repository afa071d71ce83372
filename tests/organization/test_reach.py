"""Where a person may do something, asked of the database and asked in memory: always the same answer."""

import datetime as dt
from itertools import product

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from madoguchi.channels.models import Account
from madoguchi.conversations.models import Conversation
from madoguchi.kit.errors import NotAllowed
from madoguchi.organization.models import Brand, Department, Market, Store
from madoguchi.organization.permissions import BuiltInRole, Permission
from madoguchi.organization.reach import Place, Reach
from tests import make
from tests.make import World

TODAY = dt.date(2026, 11, 21)
NOON = dt.datetime(2026, 11, 21, 4, tzinfo=dt.UTC)  # in Taipei


class Country:
    """Two markets with two stores and a department each, a department of none, three brands; a conversation for every
    combination of place and brand."""

    def __init__(self) -> None:
        self.markets: list[Market] = [make.market("tw"), make.market("jp", name="日本")]
        self.stores: list[Store] = [make.store(market=market) for market in self.markets for _ in range(2)]
        self.departments: list[Department] = [make.department(market=m) for m in (*self.markets, None)]
        self.brands: list[Brand] = [make.brand() for _ in range(3)]
        self.account: Account = make.account(default_brand=self.brands[0], default_department=self.departments[0])
        places: list[tuple[Store | None, Department | None]] = [(store, None) for store in self.stores]
        places += [(None, department) for department in self.departments]
        self.conversations = [
            make.conversation(self.account, store=store, department=department, brand=brand)
            for (store, department), brand in product(places, (*self.brands, None))
        ]


def _of_database(reach: Reach) -> set[int]:
    return set(Conversation.objects.filter(reach.condition()).values_list("pk", flat=True))


def _in_memory(reach: Reach) -> set[int]:
    return {
        row.pk
        for row in Conversation.objects.all()
        if reach.covers(store_id=row.store_id, department_id=row.department_id, brand_id=row.brand_id)
    }


@pytest.fixture
def country(db: None) -> Country:
    return Country()


@given(data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_and_the_memory_agree(country: Country, data: st.DataObject) -> None:
    """Also on stores and departments asked for by themselves, and on which place lies within which."""
    ids = [[row.pk for row in rows] for rows in (country.markets, country.stores, country.departments)]
    brands = st.none() | st.frozensets(st.sampled_from([brand.pk for brand in country.brands]), min_size=1)
    places = data.draw(
        st.lists(st.tuples(st.sampled_from(["all", "market", "store", "department"]), brands), max_size=3)
    )
    reach = Reach(tuple(_place(country, kind, limit, data, ids) for kind, limit in places))

    assert _of_database(reach) == _in_memory(reach)
    for place in reach.places:
        assert reach.contains(place)
        assert _of_database(Reach((place,))) <= _of_database(reach)


def _place(
    country: Country, kind: str, brands: frozenset[int] | None, data: st.DataObject, ids: list[list[int]]
) -> Place:
    markets, stores, departments = ids
    match kind:
        case "market":
            market = data.draw(st.sampled_from(markets))
            return Place(
                market_id=market,
                brands=brands,
                market_stores=frozenset(s.pk for s in country.stores if s.market_id == market),
                market_departments=frozenset(d.pk for d in country.departments if d.market_id == market),
            )
        case "store":
            return Place(store_id=data.draw(st.sampled_from(stores)), brands=brands)
        case "department":
            return Place(department_id=data.draw(st.sampled_from(departments)), brands=brands)
    return Place(brands=brands)


def test_a_place_within_another_covers_nothing_more(country: Country) -> None:
    tw, jp = (
        Place(
            market_id=market.pk,
            market_stores=frozenset(s.pk for s in country.stores if s.market == market),
            market_departments=frozenset(d.pk for d in country.departments if d.market == market),
        )
        for market in country.markets
    )
    one = frozenset({country.brands[0].pk})
    everywhere = [Place(), tw, jp, *(Place(store_id=s.pk) for s in country.stores)]
    everywhere += [Place(department_id=d.pk) for d in country.departments]
    limited = [
        Place(p.market_id, p.store_id, p.department_id, one, p.market_stores, p.market_departments) for p in everywhere
    ]

    for outer, inner in product([*everywhere, *limited], repeat=2):
        if outer.contains(inner):
            assert _of_database(Reach((inner,))) <= _of_database(Reach((outer,)))
    assert not tw.contains(Place())
    assert not limited[0].contains(Place())
    assert tw.contains(Place(store_id=country.stores[0].pk))
    assert not tw.contains(Place(store_id=country.stores[2].pk))


@pytest.mark.parametrize(
    ("since", "until", "counts"),
    [
        (-10, None, True),
        (0, 0, True),
        (-10, 0, True),
        (-10, -1, False),  # ended yesterday
        (1, None, False),  # begins tomorrow
    ],
)
def test_a_posting_counts_from_its_first_to_its_last_day(
    world: World, since: int, until: int | None, counts: bool
) -> None:
    with time_machine.travel(NOON, tick=False):
        staff = make.staff(
            store=world.store,
            since=TODAY + dt.timedelta(days=since),
            until=None if until is None else TODAY + dt.timedelta(days=until),
        )

        assert staff.may(Permission.CONVERSATION_REPLY) is counts
        assert Conversation.objects.visible_to(staff).exists() is counts


def test_the_day_changes_at_midnight_of_the_installation(world: World) -> None:
    staff = make.staff(store=world.store, until=TODAY)

    with time_machine.travel(dt.datetime(2026, 11, 21, 15, 59, tzinfo=dt.UTC), tick=False):
        assert make.fresh(staff).may(Permission.CONVERSATION_READ)
    with time_machine.travel(dt.datetime(2026, 11, 21, 16, 0, tzinfo=dt.UTC), tick=False):
        assert not make.fresh(staff).may(Permission.CONVERSATION_READ)


def test_who_is_no_longer_active_may_nothing(world: World) -> None:
    world.aoi.is_active = False

    assert not world.aoi.may(Permission.CONVERSATION_READ)
    with pytest.raises(NotAllowed):
        world.aoi.require(Permission.CONVERSATION_READ, store_id=world.store.pk)


def test_a_superuser_may_everything_everywhere_without_a_posting(world: World) -> None:
    root = make.staff(role=None, is_superuser=True)

    for permission in Permission:
        root.require(permission, store_id=world.store.pk, brand_id=world.brand.pk)


def test_a_role_gives_its_permissions_only_where_it_is_held(world: World) -> None:
    make.posting(world.aoi, role=BuiltInRole.MARKETER, store=world.other_store)

    world.aoi.require(Permission.CONVERSATION_READ, store_id=world.other_store.pk)
    with pytest.raises(NotAllowed):
        world.aoi.require(Permission.CONVERSATION_REPLY, store_id=world.other_store.pk)
    world.aoi.require(Permission.CONVERSATION_REPLY, store_id=world.store.pk)
