"""The page about the ledger, and its files."""

from __future__ import annotations

import csv
import datetime as dt

import pytest
from django.utils import timezone, translation

from madoguchi.bindings.models import Binding, Way
from madoguchi.bindings.numbers import Day
from madoguchi.console.bindings.charts import column_chart
from madoguchi.console.bindings.tables import guarded
from madoguchi.organization.models import Staff, Store
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.console.conftest import SignIn
from tests.console.page import read
from tests.make import World


@pytest.fixture
def manager(world: World) -> Staff:
    return make.staff("manager", role=BuiltInRole.MANAGER, store=world.store, locale="en")


def bind(world: World, staff: Staff, store: Store) -> Binding:
    return Binding.objects.create(
        member=make.conversation(world.account).member,
        staff=staff,
        store=store,
        account=world.account,
        brand_ids=[0],
        way=Way.LIFF,
        started_at=timezone.now(),
    )


def test_the_page_counts_what_its_reader_may_see(world: World, manager: Staff, sign_in: SignIn) -> None:
    bind(world, world.aoi, world.store)
    bind(world, world.ren, world.other_store)

    page = read(sign_in(manager).get("/bindings").content)

    assert "New bindings 1" in page.text
    assert "台北信義店" in page.text
    assert "高雄左營店" not in page.text
    assert page.all("svg", role="img")[0].attributes["aria-label"].endswith(": 1")


def test_before_the_first_binding_the_page_says_what_it_will_show(manager: Staff, sign_in: SignIn) -> None:
    assert "No customer is bound yet" in read(sign_in(manager).get("/bindings").content).text


def test_filters_are_choices_within_reach(world: World, manager: Staff, sign_in: SignIn) -> None:
    bind(world, world.aoi, world.store)
    client = sign_in(manager)

    mine = read(client.get("/bindings", {"person": world.aoi.public_id, "days": "7"}).content)
    foreign = read(client.get("/bindings", {"store": world.other_store.public_id, "days": "nonsense"}).content)

    assert mine.one("option", value=world.aoi.public_id).attributes.keys() >= {"selected"}
    assert foreign.all("option", value=world.other_store.public_id) == []
    assert "New bindings 1" in foreign.text


def test_dates_of_ones_own_hold_until_a_period_is_chosen(world: World, manager: Staff, sign_in: SignIn) -> None:
    bind(world, world.aoi, world.store)
    client, dates = sign_in(manager), {"since": "2020-01-01", "until": "2020-01-31"}

    own = read(client.get("/bindings", dates).content)
    chosen = read(client.get("/bindings", dates | {"days": "7"}).content)
    backwards = read(client.get("/bindings", {"since": "2020-01-31", "until": "2020-01-01"}).content)

    assert "New bindings 0" in own.text
    assert [radio for radio in own.all("input", name="days") if "checked" in radio.attributes] == []
    assert "New bindings 1" in chosen.text
    assert "New bindings 1" in backwards.text


@pytest.mark.parametrize("name", ["days", "ways", "ends", "stores", "people", "codes"])
def test_each_table_is_a_file(world: World, manager: Staff, sign_in: SignIn, name: str) -> None:
    bind(world, world.aoi, world.store)
    client = sign_in(manager)

    answer = client.get(f"/bindings/numbers/{name}.csv", {"days": "7"})
    rows = list(csv.reader(answer.content.decode("utf-8-sig").splitlines()))

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert len({len(row) for row in rows}) == 1
    assert len(rows) == {"days": 8, "ways": 2, "ends": 1, "stores": 2, "people": 2, "codes": 1}[name]
    assert client.get("/bindings/numbers/secrets.csv").status_code == 404


def test_nothing_in_a_file_runs_as_a_formula(world: World, manager: Staff, sign_in: SignIn) -> None:
    Staff.objects.filter(pk=world.aoi.pk).update(display_name='=HYPERLINK("http://evil.example")')
    bind(world, world.aoi, world.store)

    answer = sign_in(manager).get("/bindings/numbers/people.csv").content.decode("utf-8-sig")

    assert "'=HYPERLINK" in answer
    assert [guarded(cell) for cell in ("-1", "@x", "plain", -1)] == ["'-1", "'@x", "plain", -1]


def test_who_may_not_read_bindings_is_refused(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.aoi)

    assert client.get("/bindings").status_code == 403
    assert client.get("/bindings/numbers/people.csv").status_code == 403


def test_many_days_are_drawn_by_the_week() -> None:
    since = dt.date(2026, 9, 1)
    days = [Day(since + dt.timedelta(days=number), 1, 2) for number in range(90)]

    with translation.override("en"):
        chart = column_chart(days, today=dt.date(2026, 11, 29))

    assert chart.by_week
    assert len(chart.columns) == 13
    assert "7 (before: 14)" in chart.columns[-1].title
    assert "6 (before: 12)" in chart.columns[0].title
