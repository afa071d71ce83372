"""Events that could not be handled: who sees them, and trying again."""

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from madoguchi.intake.models import RawEvent, Rejection
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.console.conftest import SignIn
from tests.console.page import read
from tests.make import World

State = RawEvent.State


@pytest.fixture
def administrator(world: World) -> Staff:
    return make.staff("administrator", role=BuiltInRole.ADMINISTRATOR, locale="en")


def _event(world: World, number: int, state: RawEvent.State, note: str = "", kind: str = "message") -> RawEvent:
    return RawEvent.objects.create(
        account=world.account,
        event_id=f"event-{number}",
        payload={"type": kind, "message": {"text": "只有客人知道的話"}},
        state=state,
        kind=kind,
        note=note,
        attempts=2,
    )


def test_a_parked_event_is_shown_with_its_error_and_content(
    world: World, sign_in: SignIn, administrator: Staff
) -> None:
    _event(world, 1, State.PARKED, "Traceback …\nValueError: that was too much")

    page = sign_in(administrator).get("/events").content.decode()

    assert "ValueError: that was too much" in page
    assert "只有客人知道的話" in page


def test_whoever_reads_events_of_one_place_sees_figures_but_no_content(world: World, sign_in: SignIn) -> None:
    _event(world, 1, State.PARKED, "ValueError: 只有客人知道的話")
    _event(world, 2, State.KEPT, "nothing to do")
    manager = make.staff("manager", role=BuiltInRole.MANAGER, store=world.store, locale="en")

    for address in ("/events", "/events/kept"):
        page = sign_in(manager).get(address)
        assert page.status_code == 200
        assert "只有客人知道的話" not in page.content.decode()
    assert sign_in(world.aoi).get("/events").status_code == 403
    assert sign_in(world.aoi).get("/events/kept").status_code == 403


def test_one_or_all_are_tried_again(world: World, sign_in: SignIn, administrator: Staff) -> None:
    first, second, third = (_event(world, number, State.PARKED, "error") for number in range(3))
    client = sign_in(administrator)

    client.post(f"/events/{first.pk}/retry")
    assert set(RawEvent.objects.filter(state=State.NEW)) == {first}

    client.post("/events/retry")
    assert set(RawEvent.objects.filter(state=State.NEW)) == {first, second, third}
    assert client.post(f"/events/{first.pk}/retry").status_code == 409


def test_reading_is_not_retrying(world: World, sign_in: SignIn) -> None:
    event = _event(world, 1, State.PARKED, "error")
    manager = make.staff("manager", role=BuiltInRole.MANAGER)
    client = sign_in(manager)

    assert client.post(f"/events/{event.pk}/retry").status_code == 403
    assert client.post("/events/retry").status_code == 403
    assert read(client.get("/events").content).all("form", action="/events/retry") == []

    event.refresh_from_db()
    assert (event.state, event.note) == (State.PARKED, "error")


def test_kept_events_are_counted_by_kind_and_reason(world: World, sign_in: SignIn, administrator: Staff) -> None:
    for number in range(3):
        _event(world, number, State.KEPT, "unknown kind", kind="videoPlayComplete")
    _event(world, 9, State.KEPT, "in a group", kind="join")

    page = read(sign_in(administrator).get("/events/kept").content)

    rows = [[cell.text for cell in row.all("td")] for row in page.one("tbody").all("tr")]
    assert rows == [["videoPlayComplete", "unknown kind", "3"], ["join", "in a group", "1"]]


def test_refused_requests_of_the_week_are_counted(world: World, sign_in: SignIn, administrator: Staff) -> None:
    Rejection.objects.create(reason="no_signature", day=timezone.localdate(), count=1234)

    assert "1,234" in sign_in(administrator).get("/events").content.decode()


def test_the_page_shows_the_newest_and_leads_to_older_ones(
    world: World, sign_in: SignIn, administrator: Staff, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    events = [_event(world, number, State.PARKED, f"error {number}.") for number in range(30)]
    client = sign_in(administrator)

    with django_assert_max_num_queries(10):
        page = client.get("/events").content.decode()
    older = client.get("/events", {"before": events[5].pk}).content.decode()

    assert "error 29." in page
    assert "error 4." not in page
    assert "error 4." in older
    assert "error 5." not in older
    assert client.get("/events", {"before": "nonsense"}).status_code == 200
