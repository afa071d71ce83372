"""The week of a place, its people and its hours: who sees it and who changes it."""

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from madoguchi.duty.models import DayException, HolidayRule, Leave, OpeningHours, Seat, Shift
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.console.conftest import SignIn
from tests.console.page import read
from tests.make import World

TAIPEI = ZoneInfo("Asia/Taipei")
NOON = dt.datetime(2026, 11, 25, 12, tzinfo=TAIPEI)
"""A Wednesday."""
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def manager(world: World) -> Staff:
    """Of Aoi's store."""
    return make.staff("tsumugi", name="紬", role=BuiltInRole.MANAGER, store=world.store, locale="en")


@pytest.fixture
def here(world: World) -> str:
    return f"/duty/store-{world.store.public_id}"


def _shift(days: list[str], staff: Staff, starts: str = "10:00", ends: str = "19:00") -> dict[str, object]:
    return {"staff": staff.pk, "starts": starts, "ends": ends, "days": days}


# -- the week ------------------------------------------------------------------------------------------------------


def test_the_week_shows_people_shifts_hours_and_who_is_on_duty(
    world: World, sign_in: SignIn, manager: Staff, here: str
) -> None:
    make.opening_hours(world.store, "11:00", "21:30")
    make.shift(world.aoi, NOON - 2 * HOUR, NOON + 7 * HOUR, at=world.store)
    make.posting(world.aoi, store=world.other_store)
    make.shift(world.aoi, NOON + DAY, NOON + DAY + 12 * HOUR, at=world.other_store)

    page = read(sign_in(manager).get("/duty", follow=True).content)

    aoi = next(row for row in page.one("table").all("tr") if "葵" in row.text)
    cells = [cell.text for cell in aoi.all("td")]
    assert cells[2] == "10:00–19:00"
    assert cells[3] == "12:00–24:00 高雄左營店"
    assert "On duty" in aoi.text
    assert "9 h" in aoi.text  # what is worked elsewhere does not count here
    assert [day.text for day in page.all("th", class_="is-today")] == ["Wed 25 11:00–21:30"]
    assert "Open until 21:30" in page.text
    assert "2 of 2 on duty now" in page.text


def test_a_public_holiday_is_named_and_an_exception_stands_out(
    world: World, sign_in: SignIn, manager: Staff, here: str
) -> None:
    make.opening_hours(world.store)
    DayException.objects.create(store=world.store, on=dt.date(2026, 12, 30), reason="盤點")

    page = read(sign_in(manager).get(f"{here}?day=2027-01-01").content)

    days = [head.text for head in page.all("th", class_="week-day")]
    assert days[4] == "Fri 1 10:00–19:00 Founding Day of the Republic of China"
    assert days[2] == "Wed 30 Closed Not as usual"


def test_a_make_up_day_is_named_where_it_is_worked(world: World, sign_in: SignIn) -> None:
    china = make.market("cn", name="中国", locale="zh-hans", zone="Asia/Shanghai")
    office = make.department("care-cn", name="客服", market=china)
    make.opening_hours(office, "09:00", "18:00", days="01234")
    client = sign_in(make.staff("mei", role=BuiltInRole.MANAGER, department=office, locale="en"))

    with time_machine.travel(dt.datetime(2026, 1, 5, 12, tzinfo=TAIPEI), tick=False):
        days = [head.text for head in read(client.get("/duty/department-care-cn?day=2026-02-14").content).all("th")]
        opening = read(client.get("/duty/department-care-cn/opening").content).text

    assert "Sat 14 09:00–18:00 Make-up working day" in days
    assert "Sun 15 Closed" in days
    assert "works on the make-up days" in opening


def test_a_place_is_seen_within_reach_only(world: World, sign_in: SignIn, manager: Staff, here: str) -> None:
    ren, nobody = sign_in(world.ren), sign_in(make.staff(role=None))

    assert sign_in(world.aoi).get(here).status_code == 200
    for path in ("", "/people", f"/people/{world.aoi.public_id}", "/opening"):
        assert sign_in(manager).get(here + path).status_code == 200
        assert ren.get(here + path).status_code == 404
        assert nobody.get(here + path).status_code == 403
    assert sign_in(manager).get(f"/duty/department-{world.department.code}").status_code == 404
    assert sign_in(world.mio).get(f"/duty/department-{world.department.code}").status_code == 200
    assert sign_in(manager).get("/duty/nonsense").status_code == 404


def test_who_only_looks_is_offered_nothing_to_change(world: World, sign_in: SignIn, here: str) -> None:
    aoi = sign_in(world.aoi)

    assert read(aoi.get(here).content).all("a", class_="shift-add") == []
    assert aoi.get(f"{here}/roster").status_code == 403
    assert read(aoi.get(f"{here}/opening").content).all("button", class_="primary") == []


def test_the_week_costs_the_same_for_many_people(
    world: World, sign_in: SignIn, manager: Staff, here: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(15):
        make.shift(make.staff(store=world.store), NOON, NOON + HOUR, at=world.store)
    client = sign_in(manager)

    with django_assert_max_num_queries(22):
        page = client.get(here)

    assert len(read(page.content).one("tbody").all("tr")) == 17


# -- shifts --------------------------------------------------------------------------------------------------------


def test_shifts_are_added_for_several_days_and_removed(
    world: World, sign_in: SignIn, manager: Staff, here: str
) -> None:
    client = sign_in(manager, htmx=True)

    dialog = read(client.get(f"{here}/shifts?staff={world.aoi.public_id}&day=2026-11-26").content)
    assert [box.attributes["value"] for box in dialog.all("input", type="checkbox", checked="")] == ["2026-11-26"]

    added = client.post(
        f"{here}/shifts?day=2026-11-26", _shift(["2026-11-26", "2026-11-27"], world.aoi, "18:00", "02:00")
    )
    assert (added.status_code, added.headers["HX-Retarget"]) == (200, "#week")
    first, second = Shift.objects.all()
    assert first.ends_at == dt.datetime(2026, 11, 27, 2, tzinfo=TAIPEI)
    assert second.store == world.store

    assert client.post(f"{here}/shifts/{first.pk}/removal").status_code == 200
    assert list(Shift.objects.all()) == [second]


def test_shifts_of_several_days_are_all_added_or_none(world: World, sign_in: SignIn, manager: Staff, here: str) -> None:
    there = make.shift(world.aoi, NOON + 2 * DAY, NOON + 2 * DAY + HOUR, at=world.store)

    answer = sign_in(manager, htmx=True).post(
        f"{here}/shifts?day=2026-11-26", _shift(["2026-11-26", "2026-11-27"], world.aoi)
    )

    refused = read(answer.content).one("p", role="alert").text
    assert refused == "葵 already works at 台北信義店 on 2026/11/27 from 12:00 to 13:00."
    assert list(Shift.objects.all()) == [there]


def test_shifts_are_changed_by_who_keeps_the_place(world: World, sign_in: SignIn, manager: Staff, here: str) -> None:
    shift = make.shift(world.aoi, NOON, NOON + HOUR, at=world.store)
    form = _shift(["2026-11-26"], world.aoi)
    elsewhere = f"/duty/store-{world.other_store.public_id}"

    assert sign_in(world.aoi).post(f"{here}/shifts", form).status_code == 403
    assert sign_in(world.aoi).post(f"{here}/shifts/{shift.pk}/removal").status_code == 403
    assert sign_in(world.ren).post(f"{here}/shifts/{shift.pk}/removal").status_code == 404
    assert sign_in(world.mio).post(f"{elsewhere}/shifts/{shift.pk}/removal").status_code == 404
    assert sign_in(manager).post(f"{elsewhere}/shifts", form).status_code == 404

    assert list(Shift.objects.all()) == [shift]
    assert sign_in(manager).post(f"{here}/shifts", form).status_code == 302


# -- people --------------------------------------------------------------------------------------------------------


def test_capacity_and_leave_are_kept_on_the_persons_page(
    world: World, sign_in: SignIn, manager: Staff, here: str
) -> None:
    client, page = sign_in(manager), f"{here}/people/{world.aoi.public_id}"

    assert client.post(f"{page}/capacity", {"capacity": "3"}).status_code == 302
    assert client.post(f"{page}/capacity", {"capacity": "-1"}).status_code == 422
    assert Seat.objects.get(pk=world.aoi.pk).capacity == 3

    leave = {"first_day": "2026-11-25", "last_day": "2026-11-27", "reason": "特休"}
    assert client.post(f"{page}/leave", leave).status_code == 302
    assert client.post(f"{page}/leave", leave | {"last_day": "2026-11-20"}).status_code == 422
    written = Leave.objects.get()
    assert written.ends_at == dt.datetime(2026, 11, 28, tzinfo=TAIPEI)
    assert "On leave, back Sat 00:00" in read(client.get(f"{here}/people").content).text

    assert client.post(f"{page}/leave/{written.pk}/end").status_code == 302
    assert not Leave.objects.exists()


def test_people_are_kept_by_who_keeps_the_place(world: World, sign_in: SignIn, here: str) -> None:
    page = f"{here}/people/{world.aoi.public_id}"
    leave = {"first_day": "2026-11-25", "last_day": "2026-11-27"}

    for client in (sign_in(world.aoi), sign_in(world.ren)):
        assert client.post(f"{page}/capacity", {"capacity": "3"}).status_code == 403
        assert client.post(f"{page}/leave", leave).status_code == 403
    other = sign_in(make.staff(role=BuiltInRole.MANAGER, store=world.other_store))
    assert other.post(f"{page}/capacity", {"capacity": "3"}).status_code == 404

    assert not Seat.objects.exists()
    assert not Leave.objects.exists()


# -- hours ---------------------------------------------------------------------------------------------------------


def test_hours_are_written_as_blocks_of_days(world: World, sign_in: SignIn, manager: Staff, here: str) -> None:
    client = sign_in(manager)
    form = {"opens-0": "11:00", "closes-0": "21:30"} | {f"day-0-{day}": "on" for day in range(5)}
    form |= {"opens-1": "11:00", "closes-1": "00:00", "day-1-5": "on", "opens-2": "", "closes-2": ""}

    assert client.post(f"{here}/opening/hours", form).status_code == 302

    assert OpeningHours.objects.filter(weekday__lt=5, closes_at=dt.time(21, 30)).count() == 5
    assert OpeningHours.objects.get(weekday=5).closes_at == dt.time(0)
    blocks = read(client.get(f"{here}/opening").content).all("div", class_="hours-block")
    assert [len(block.all("input", checked="")) for block in blocks] == [5, 1, 0]

    client.post(f"{here}/opening/hours", form | {"opens-1": ""})
    client.post(f"{here}/opening/hours", form | {"day-1-4": "on"})
    assert OpeningHours.objects.count() == 6


def test_days_and_holidays_are_kept(world: World, sign_in: SignIn, manager: Staff, here: str) -> None:
    client = sign_in(manager)
    day = {"on": "2026-12-31", "opens_at": "10:00", "closes_at": "16:00", "reason": "跨年"}

    assert client.post(f"{here}/opening/days", day).status_code == 302
    assert client.post(f"{here}/opening/days", day | {"closes_at": ""}).status_code == 422
    assert "10:00–16:00 · 跨年" in read(client.get(f"{here}/opening").content).text
    assert client.post(f"{here}/opening/holidays", {"rule": "closed"}).status_code == 302
    assert HolidayRule.objects.get().is_closed

    assert client.post(f"{here}/opening/days/2026-12-31/removal").status_code == 302
    assert not DayException.objects.exists()


def test_hours_are_kept_by_who_keeps_the_place(world: World, sign_in: SignIn, manager: Staff, here: str) -> None:
    day = {"on": "2026-12-31"}
    hours = {"opens-0": "11:00", "closes-0": "21:30", "day-0-0": "on"}

    for client, status in ((sign_in(world.aoi), 403), (sign_in(world.ren), 403), (sign_in(manager), 302)):
        assert client.post(f"{here}/opening/days", day).status_code == status
        assert client.post(f"{here}/opening/hours", hours).status_code == status
        assert client.post(f"{here}/opening/holidays", {"rule": "open"}).status_code == status
        assert DayException.objects.exists() is (status == 302)
        assert OpeningHours.objects.exists() is (status == 302)
        assert HolidayRule.objects.exists() is (status == 302)

    market = sign_in(manager).post(f"{here}/opening/days/2026-12-31/removal", {"of": "market"})
    assert market.status_code == 403
    assert DayException.objects.exists()


def test_a_day_of_the_whole_market_is_kept_by_who_keeps_all_of_it(world: World, sign_in: SignIn, here: str) -> None:
    client = sign_in(make.staff(role=BuiltInRole.MANAGER, market=world.market, locale="en"))

    client.post(f"{here}/opening/days", {"on": "2026-12-31", "whole_market": "on", "reason": "颱風"})

    assert DayException.objects.get().market == world.market
    assert "Closed all day · 颱風 · 台灣" in read(client.get(f"{here}/opening").content).text
    client.post(f"{here}/opening/days/2026-12-31/removal", {"of": "market"})
    assert not DayException.objects.exists()
