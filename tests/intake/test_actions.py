import pytest

from madoguchi.conversations.models import Message
from madoguchi.intake import queries
from madoguchi.intake.actions import retry, retry_all
from madoguchi.intake.consumer import consume
from madoguchi.intake.errors import NotParked
from madoguchi.intake.models import RawEvent, Rejection
from madoguchi.kit.errors import NotAllowed
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.intake.entrance import text_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> make.World:
    return make.world()


@pytest.fixture
def administrator() -> Staff:
    return make.staff("root", role=BuiltInRole.ADMINISTRATOR)


def parked(world: make.World, number: int) -> RawEvent:
    return RawEvent.objects.create(
        account=world.account,
        event_id=f"{number}",
        payload=text_event(number),
        state=RawEvent.State.PARKED,
        attempts=1,
        note="Traceback …",
    )


def test_a_parked_event_is_handled_when_it_is_tried_again(world: make.World, administrator: Staff) -> None:
    event, other = parked(world, 1), parked(world, 2)

    retry(event.pk, administrator)
    consume()

    event.refresh_from_db()
    other.refresh_from_db()
    assert (event.state, event.note, event.attempts) == ("done", "", 2)
    assert other.state == "parked"
    assert Message.objects.filter(text="您好").count() == 1


def test_only_what_is_parked_can_be_tried_again(world: make.World, administrator: Staff) -> None:
    event = parked(world, 1)
    retry(event.pk, administrator)

    with pytest.raises(NotParked):
        retry(event.pk, administrator)
    with pytest.raises(NotParked):
        retry(0, administrator)


def test_all_are_tried_again_at_once(world: make.World, administrator: Staff) -> None:
    for number in range(3):
        parked(world, number)

    assert retry_all(administrator) == 3
    assert retry_all(administrator) == 0
    assert set(RawEvent.objects.values_list("state", flat=True)) == {"new"}


def test_trying_again_takes_the_permission(world: make.World) -> None:
    event = parked(world, 1)

    for staff in (world.mio, world.aoi):
        with pytest.raises(NotAllowed):
            retry(event.pk, staff)
        with pytest.raises(NotAllowed):
            retry_all(staff)

    event.refresh_from_db()
    assert (event.state, event.note) == ("parked", "Traceback …")


def test_health_counts_what_waits_and_what_is_odd(world: make.World) -> None:
    parked(world, 1)
    new = RawEvent.objects.create(account=world.account, event_id="new", payload={})
    for number, (kind, note) in enumerate([("join", "group"), ("message", "group"), ("message", "standby")]):
        RawEvent.objects.create(
            account=world.account, event_id=f"kept-{number}", payload={}, state="kept", kind=kind, note=note
        )
    Rejection.objects.create(account=None, reason="unknown_account", day=new.received_at.date(), count=4)

    health = queries.health(new.received_at)

    assert (health.waiting, health.oldest_waiting_at, health.parked) == (1, new.received_at, 1)
    assert health.kept == {"message": 2, "join": 1}
    assert health.rejected == {Rejection.Reason.UNKNOWN_ACCOUNT: 4}
