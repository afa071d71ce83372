"""Monthly rosters as files: what a row may be, and that all of a file counts or nothing."""

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from madoguchi.duty.errors import BadRosterFile, RosterHasErrors
from madoguchi.duty.models import RosterUpload, Shift
from madoguchi.duty.rosters import Roster, export_roster, import_roster, try_roster
from madoguchi.kit.errors import NotAllowed, NotFound
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import BuiltInRole, Permission
from tests import make
from tests.make import World

pytestmark = pytest.mark.django_db
TAIPEI = ZoneInfo("Asia/Taipei")
NOVEMBER = dt.date(2026, 11, 1)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def manager(world: World) -> Staff:
    return make.staff("tsumugi", name="紬", role=BuiltInRole.MANAGER, store=world.store)


def read(by: Staff, world: World, text: str, encoding: str = "utf-8") -> Roster:
    return try_roster(by=by, data=text.encode(encoding), month=NOVEMBER, place=world.store)


def problems(roster: Roster) -> dict[int, list[str]]:
    return {row.line.number: row.problems for row in roster.rows if row.problems}


def local(roster: Roster) -> list[tuple[str, str]]:
    return [
        (f"{shift.starts_at.astimezone(TAIPEI):%d %H:%M}", f"{shift.ends_at.astimezone(TAIPEI):%d %H:%M}")
        for shift in roster.shifts
    ]


def test_pairs_of_columns_are_shifts_and_blank_pairs_are_days_off(world: World, manager: Staff) -> None:
    roster = read(manager, world, "staff,1-In,1-Out,2-In,2-Out,30-In,30-Out\naoi,10:00,19:00,,,9:30,24:00\n")

    assert roster.is_fine
    assert local(roster) == [("01 10:00", "01 19:00"), ("30 09:30", "01 00:00")]


def test_a_shift_may_run_over_midnight(world: World, manager: Staff) -> None:
    assert local(read(manager, world, "staff,5-In,5-Out\naoi,22:00,06:00\n")) == [("05 22:00", "06 06:00")]


def test_further_shifts_are_further_rows_or_columns(world: World, manager: Staff) -> None:
    text = "staff,1-In,1-Out,1-In-2,1-Out-2\naoi,08:00,10:00,11:00,12:00\naoi,13:00,14:00,,\n"

    assert [start for start, _end in local(read(manager, world, text))] == ["01 08:00", "01 11:00", "01 13:00"]


@pytest.mark.parametrize("word", ["aoi", "AOI", "aoi@example.com", "葵"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "big5", "cp932"])
def test_people_are_found_by_number_mail_or_name_in_the_usual_encodings(
    world: World, manager: Staff, word: str, encoding: str
) -> None:
    world.aoi.email = "aoi@example.com"
    world.aoi.save()

    roster = read(manager, world, f"姓名,1-In,1-Out\n{word},10：00,19:00\n", encoding)

    assert problems(roster) == {}
    assert roster.rows[0].staff == world.aoi


def test_a_file_of_several_stores_names_them(world: World, manager: Staff) -> None:
    make.posting(manager, role=BuiltInRole.MANAGER, store=world.other_store)
    text = "staff,store,1-In,1-Out\naoi,TPE-01,10:00,19:00\nren,khh-01,10:00,19:00\n"

    roster = try_roster(by=manager, data=text.encode(), month=NOVEMBER)

    assert [row.place for row in roster.rows] == [world.store, world.other_store]
    assert roster.is_fine


def test_every_wrong_row_says_what_is_wrong(world: World, manager: Staff) -> None:
    make.posting(manager, role=BuiltInRole.SALESPERSON, store=world.other_store)  # sees it, and does not keep it
    make.staff("aoi-2", name="葵", store=world.store)
    text = """staff,store,1-In,1-Out,2-In,2-Out,31-In,31-Out
nobody,,10:00,19:00,,,,
ren,,10:00,19:00,,,,
ren,khh-01,10:00,19:00,,,,
aoi,xxx-99,10:00,19:00,,,,
aoi,,25:00,19:00,10:00,,,
aoi,,,19:00,24:00,01:00,09:00,10:00
葵,,10:00,19:00,,,,
,,10:00,19:00,,,,
aoi,,10:00,10:00,,,,
"""

    roster = read(manager, world, text)

    assert problems(roster) == {
        2: ["“nobody” is nobody’s user name, e-mail or name."],
        3: ["蓮 does not work at 台北信義店 in that month."],
        4: ["You do not keep the roster of 高雄左營店."],
        5: ["There is no store with the code “xxx-99”."],
        6: ["Day 1: “25:00” is no time. Write it as 09:30.", "Day 2 has a start and no end."],
        7: [
            "Day 1 has an end and no start.",
            "Day 2: a shift cannot start at 24:00. Write it on the next day.",
            "The month has no day 31.",
        ],
        8: ["Several people are called “葵”. Write the user name."],
        9: ["The row does not say who works."],
        10: ["Day 1: the shift starts and ends at the same time."],
    }
    assert not roster.is_fine


def test_overlaps_are_found_in_the_file_and_with_what_stays(world: World, manager: Staff) -> None:
    make.posting(world.aoi, store=world.other_store)
    start = dt.datetime(2026, 11, 3, 18, tzinfo=TAIPEI)
    make.shift(world.aoi, start, start + dt.timedelta(hours=3), at=world.other_store)
    text = "staff,1-In,1-Out,3-In,3-Out,4-In,4-Out,4-In-2,4-Out-2\n"
    text += "aoi,10:00,19:00,10:00,19:00,9:00,12:00,11:00,13:00\naoi,18:00,20:00,,,,,,\n"

    assert problems(read(manager, world, text)) == {
        2: [
            "2026/11/03 from 10:00: overlaps the shift at 高雄左營店 from 18:00 to 21:00.",
            "2026/11/04 from 11:00: overlaps another shift of the same row.",
        ],
        3: ["2026/11/01 from 18:00: overlaps row 2."],
    }


def test_an_import_replaces_the_month_of_its_people_at_its_store_only(world: World, manager: Staff) -> None:
    make.posting(world.aoi, store=world.other_store)
    replaced = make.shift(world.aoi, dt.datetime(2026, 11, 9, 9, tzinfo=TAIPEI), _later(2026, 11, 9), at=world.store)
    kept = [
        make.shift(world.aoi, dt.datetime(2026, 10, 31, 9, tzinfo=TAIPEI), _later(2026, 10, 31), at=world.store),
        make.shift(world.aoi, dt.datetime(2026, 12, 1, 9, tzinfo=TAIPEI), _later(2026, 12, 1), at=world.store),
        make.shift(
            world.aoi, dt.datetime(2026, 11, 9, 20, tzinfo=TAIPEI), _later(2026, 11, 9, 24), at=world.other_store
        ),
        make.shift(manager, dt.datetime(2026, 11, 9, 9, tzinfo=TAIPEI), _later(2026, 11, 9), at=world.store),
    ]
    data = b"staff,9-In,9-Out\naoi,10:00,19:00\n"

    upload = import_roster(by=manager, data=data, file_name="十一月.csv", month=NOVEMBER, place=world.store)

    assert (upload.shifts_made, upload.file_name, upload.month) == (1, "十一月.csv", NOVEMBER)
    assert not Shift.objects.filter(pk=replaced.pk).exists()
    assert set(Shift.objects.exclude(upload=upload)) == set(kept)
    assert Shift.objects.get(upload=upload).starts_at == dt.datetime(2026, 11, 9, 10, tzinfo=TAIPEI)


def test_the_same_file_twice_is_the_same_roster(world: World, manager: Staff) -> None:
    data = b"staff,9-In,9-Out\naoi,10:00,19:00\n"

    for _time in range(2):
        import_roster(by=manager, data=data, file_name="a.csv", month=NOVEMBER, place=world.store)

    assert Shift.objects.count() == 1


def test_a_file_with_one_wrong_row_changes_nothing(world: World, manager: Staff) -> None:
    before = make.shift(world.aoi, dt.datetime(2026, 11, 9, 9, tzinfo=TAIPEI), _later(2026, 11, 9), at=world.store)
    data = b"staff,9-In,9-Out\naoi,10:00,19:00\nghost,10:00,19:00\n"

    with pytest.raises(RosterHasErrors):
        import_roster(by=manager, data=data, file_name="a.csv", month=NOVEMBER, place=world.store)

    assert list(Shift.objects.all()) == [before]
    assert not RosterUpload.objects.exists()


def test_only_who_keeps_rosters_may_try_and_import(world: World) -> None:
    data = b"staff,9-In,9-Out\naoi,10:00,19:00\n"

    with pytest.raises(NotAllowed):
        try_roster(by=world.aoi, data=data, month=NOVEMBER, place=world.store)
    with pytest.raises(NotAllowed):
        import_roster(by=world.aoi, data=data, file_name="a.csv", month=NOVEMBER, place=world.store)

    assert not Shift.objects.exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty."),
        (b"staff,name\naoi,x\n", "The first row has to name the days: 1-In, 1-Out, 2-In, 2-Out …"),
        (b"staff,1-In,1-Out\n,,\n", "The file names nobody: there are no rows below the headings."),
        (b"staff,1-In,1-Aus\naoi,,\n", "The column “1-Aus” is none of a roster."),
        (b"staff,1-In,1-Out,1-In\naoi,,,\n", "Day 1 stands in the headings twice."),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "The file is no text in UTF-8, Big5 or Shift-JIS. Save it as CSV."),
        (b"x" * 1_000_001, "A roster file has at most 1 MB."),
    ],
)
def test_a_file_that_is_no_roster_says_why(world: World, manager: Staff, data: bytes, said: str) -> None:
    with pytest.raises(BadRosterFile) as refused:
        try_roster(by=manager, data=data, month=NOVEMBER, place=world.store)

    assert refused.value.message == said


def test_what_is_downloaded_can_be_imported_as_it_is(world: World, manager: Staff) -> None:
    data = b"staff,9-In,9-Out,9-In-2,9-Out-2,10-In,10-Out\naoi,10:00,12:00,20:00,24:00,22:00,06:00\n"
    import_roster(by=manager, data=data, file_name="a.csv", month=NOVEMBER, place=world.store)
    before = list(Shift.objects.values_list("staff", "store", "starts_at", "ends_at"))

    file = export_roster(by=manager, place=world.store, month=NOVEMBER)
    import_roster(by=manager, data=file, file_name="b.csv", month=NOVEMBER, place=world.store)

    assert list(Shift.objects.values_list("staff", "store", "starts_at", "ends_at")) == before
    assert file.startswith(b"\xef\xbb\xbfstaff,name,store,1-In,1-Out,")
    assert b"30-In,30-Out\r\n" in file
    assert "aoi,葵,tpe-01,".encode() in file
    assert b"tsumugi" in file
    assert b"ren" not in file


def test_a_department_has_its_roster_too(world: World) -> None:
    lead = make.staff("lead", name="主任", role=BuiltInRole.MANAGER, department=world.department)
    hana = make.staff("hana", name="花", department=world.department)
    data = b"staff,1-In,1-Out\nhana,09:00,18:00\n"

    upload = import_roster(by=lead, data=data, file_name="a.csv", month=NOVEMBER, place=world.department)
    file = export_roster(by=lead, place=world.department, month=NOVEMBER)
    changed = file.replace(b"09:00", b"08:00")
    import_roster(by=lead, data=changed, file_name="b.csv", month=NOVEMBER)

    assert upload.shifts_made == 1
    assert file.startswith(b"\xef\xbb\xbfstaff,name,department,1-In,")
    shift = Shift.objects.get()
    assert (shift.staff, shift.store, shift.department) == (hana, None, world.department)
    assert shift.starts_at == dt.datetime(2026, 11, 1, 8, tzinfo=TAIPEI)


def test_a_row_of_a_department_says_what_is_wrong(world: World, manager: Staff) -> None:
    text = "staff,store,department,1-In,1-Out\naoi,,nowhere,10:00,19:00\naoi,tpe-01,care,10:00,19:00\n"
    text += "aoi,,care,10:00,19:00\n,,,10:00,19:00\n"
    make.posting(manager, role=BuiltInRole.SALESPERSON, department=world.department)  # sees it, and does not keep it

    assert problems(try_roster(by=manager, data=text.encode(), month=NOVEMBER)) == {
        2: ["There is no department with the code “nowhere”."],
        3: ["The row names a store and a department. A shift is at one place."],
        4: ["You do not keep the roster of 客服中心."],
        5: ["The row does not say who works.", "The row does not say at which store or department."],
    }


def test_who_works_there_without_being_posted_there_is_downloaded_too(world: World, manager: Staff) -> None:
    helper = make.staff("helper", market=world.market)
    gone = make.staff("gone", store=world.store, until=NOVEMBER - dt.timedelta(days=1))
    make.shift(helper, dt.datetime(2026, 11, 9, 9, tzinfo=TAIPEI), _later(2026, 11, 9), at=world.store)

    file = export_roster(by=manager, place=world.store, month=NOVEMBER)

    assert b"\r\nhelper," in file
    assert b"09:00,13:00" in file
    assert gone.username.encode() not in file


def test_what_is_downloaded_holds_no_formula(world: World, manager: Staff) -> None:
    make.staff("hana", name='=HYPERLINK("https://example.com")', store=world.store)

    file = export_roster(by=manager, place=world.store, month=NOVEMBER).decode()

    assert "hana,\"'=HYPERLINK" in file
    assert try_roster(by=manager, data=file.encode(), month=NOVEMBER, place=world.store).is_fine


def test_a_roster_is_downloaded_by_who_keeps_the_roster(world: World, manager: Staff) -> None:
    with pytest.raises(NotAllowed):
        export_roster(by=world.aoi, place=world.store, month=NOVEMBER)
    with pytest.raises(NotFound):
        export_roster(by=manager, place=world.other_store, month=NOVEMBER)


def test_trying_costs_the_same_for_any_number_of_rows(
    world: World, manager: Staff, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people = [make.staff(f"s{number}", store=world.store) for number in range(8)]
    head = "staff,1-In,1-Out\n"
    assert manager.may(Permission.DUTY_EDIT)  # postings are read once

    for some in (people[:1], people):
        with django_assert_num_queries(4):
            read(manager, world, head + "".join(f"{person.username},10:00,19:00\n" for person in some))


def _later(year: int, month: int, day: int, hour: int = 13) -> dt.datetime:
    return dt.datetime(year, month, day, tzinfo=TAIPEI) + dt.timedelta(hours=hour)
