"""A month's roster as a file: tried, shown row by row, imported."""

import base64
import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from madoguchi.duty.models import RosterUpload, Shift
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.console.conftest import SignIn
from tests.console.page import Element, read
from tests.make import World

FILE = b"staff,25-In,25-Out\naoi,10:00,19:00\n"


@pytest.fixture(autouse=True)
def _november() -> Iterator[None]:
    with time_machine.travel(dt.datetime(2026, 11, 25, 12, tzinfo=ZoneInfo("Asia/Taipei")), tick=False):
        yield


@pytest.fixture
def manager(world: World) -> Staff:
    return make.staff("tsumugi", name="紬", role=BuiltInRole.MANAGER, store=world.store, locale="en")


@pytest.fixture
def here(world: World) -> str:
    return f"/duty/store-{world.store.public_id}/roster"


def _form(data: bytes) -> dict[str, object]:
    return {"month": "2026-11", "file": SimpleUploadedFile("十一月.csv", data, "text/csv")}


def _hidden(page: Element) -> dict[str, str]:
    named = ("month", "file_name", "data")
    fields = [field.attributes for field in page.all("input", type="hidden") if field.attributes.get("name") in named]
    return {field["name"]: field["value"] for field in fields}


def test_a_file_is_tried_and_then_imported(world: World, sign_in: SignIn, manager: Staff, here: str) -> None:
    client = sign_in(manager)

    tried = read(client.post(f"{here}/attempt", _form(FILE)).content)
    assert "November 2026 · people: 1 · shifts: 1" in tried.text
    assert not Shift.objects.exists()

    answer = client.post(f"{here}/import", _hidden(tried))
    assert answer.headers["Location"].endswith("?day=2026-11-01")
    assert Shift.objects.get().upload == RosterUpload.objects.get(file_name="十一月.csv", by=manager)
    assert "十一月.csv" in read(client.get(here).content).text


def test_wrong_rows_are_shown_and_cannot_be_imported(world: World, sign_in: SignIn, manager: Staff, here: str) -> None:
    client = sign_in(manager)

    page = read(client.post(f"{here}/attempt", _form(FILE + b"ghost,10:00,19:00\n")).content)
    rows = [row.text for row in page.one("ol", class_="tried-rows").all("li")]
    assert rows == ["2 葵 1 shift", "3 ghost “ghost” is nobody’s user name, e-mail or name."]
    assert _hidden(page) == {}

    data = base64.b64encode(FILE + b"ghost,10:00,19:00\n").decode()
    forced = client.post(f"{here}/import", {"month": "2026-11", "file_name": "x", "data": data})
    assert forced.status_code == 422
    assert not Shift.objects.exists()


@pytest.mark.parametrize("data", [b"", b"no roster", b"\x00\x01\x02"])
def test_what_is_no_roster_is_said_beside_the_form(
    world: World, sign_in: SignIn, manager: Staff, here: str, data: bytes
) -> None:
    answer = sign_in(manager).post(f"{here}/attempt", _form(data))

    assert answer.status_code == 422
    assert read(answer.content).all(class_="refused") or read(answer.content).all(class_="problem")


def test_rosters_are_for_who_keeps_the_store(world: World, sign_in: SignIn, manager: Staff, here: str) -> None:
    other = make.staff(role=BuiltInRole.MANAGER, store=world.other_store)
    hidden = _hidden(read(sign_in(manager).post(f"{here}/attempt", _form(FILE)).content))

    for staff, status in ((world.aoi, 403), (other, 404)):
        client = sign_in(staff)
        assert client.get(here).status_code == status
        assert client.get(f"{here}/roster.csv?month=2026-11").status_code == status
        assert client.post(f"{here}/attempt", _form(FILE)).status_code == status
        assert client.post(f"{here}/import", hidden).status_code == status
    assert not Shift.objects.exists()


def test_a_department_has_its_roster_as_a_file_too(world: World, sign_in: SignIn) -> None:
    lead = make.staff("lead", role=BuiltInRole.MANAGER, department=world.department, locale="en")
    make.staff("hana", name="花", department=world.department)
    here, client = f"/duty/department-{world.department.code}/roster", sign_in(lead)

    file = client.get(f"{here}/roster.csv?month=2026-11")
    tried = read(client.post(f"{here}/attempt", _form(b"staff,25-In,25-Out\nhana,10:00,19:00\n")).content)
    client.post(f"{here}/import", _hidden(tried))

    assert file.headers["Content-Disposition"] == 'attachment; filename="roster-care-2026-11.csv"'
    assert Shift.objects.get().department == world.department
    assert "十一月.csv" in read(client.get(here).content).text


def test_the_roster_of_a_month_is_a_file(world: World, sign_in: SignIn, manager: Staff, here: str) -> None:
    answer = sign_in(manager).get(f"{here}/roster.csv?month=2026-02")

    assert answer.headers["Content-Disposition"] == 'attachment; filename="roster-tpe-01-2026-02.csv"'
    assert b"28-In,28-Out\r\n" in answer.content
