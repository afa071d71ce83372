"""Many at once, on committed data: nobody gets more than they can carry, nothing is lost, and a kill costs nothing."""

from __future__ import annotations

import contextlib
import threading
import uuid
from collections.abc import Callable, Sequence
from random import Random

import pytest
import time_machine
from django.db import Error, connection, connections, transaction
from django.db.models import Count
from django.utils import timezone

from madoguchi.conversations.actions.assign import assign
from madoguchi.conversations.actions.close import close
from madoguchi.conversations.actions.hand_over import hand_over
from madoguchi.conversations.actions.release import release
from madoguchi.conversations.actions.send import send
from madoguchi.conversations.actions.take_over import take_over
from madoguchi.conversations.errors import AtCapacity
from madoguchi.conversations.models import Conversation, Exchange, Handover, Message
from madoguchi.duty.actions import say_on_duty
from madoguchi.duty.models import Seat
from madoguchi.kit.errors import MadoguchiError
from madoguchi.organization.actions import set_active
from madoguchi.organization.models import Staff
from madoguchi.routing import recording, standing
from madoguchi.routing.deciding import Desk
from madoguchi.routing.holders import look_at_holders
from madoguchi.routing.models import Decision, Rule, Team
from madoguchi.routing.router import route, sweep
from tests import make
from tests.make import World
from tests.routing.desk import NOON, at, routed

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 50
CAPACITY = 3
PEOPLE = 10


@pytest.fixture
def shop() -> World:
    """Ten people at the store, each of whom can carry three."""
    world = make.world()
    world.conversation.delete()
    Rule.objects.all().delete()
    make.rule(to=world.store)
    make.team(world.store, Team.Method.ROUND_ROBIN)
    for person in [world.aoi, *(make.staff(store=world.store) for _ in range(PEOPLE - 1))]:
        make.seat(person, capacity=CAPACITY)
    return world


def at_once(calls: Sequence[Callable[[], object]]) -> list[Exception]:
    """Each in a thread of its own, let loose together; what they raised."""
    start, raised = threading.Barrier(len(calls)), list[Exception]()

    def run(call: Callable[[], object]) -> None:
        start.wait()
        try:
            call()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test compares it
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "a call did not come back"
    return raised


def loads() -> dict[int, int]:
    held = Conversation.objects.open().filter(holder__isnull=False).order_by()
    return dict(held.values_list("holder").annotate(Count("pk")))


def work_until_nothing_is_due() -> None:
    while route(NOON, limit=5):
        pass


def test_fifty_routers_fill_everybody_and_nobody_too_much(shop: World) -> None:
    made = [make.conversation(shop.account, at=at(-minute)) for minute in range(2 * PEOPLE * CAPACITY)]

    assert at_once([work_until_nothing_is_due] * WORKERS) == []

    assert set(loads().values()) == {CAPACITY}
    assert len(loads()) == PEOPLE
    rest = Conversation.objects.open().filter(holder=None)
    assert rest.count() == len(made) - PEOPLE * CAPACITY
    assert not rest.filter(attention_at__lte=NOON).exists()
    assert Decision.objects.values("conversation").distinct().count() == Decision.objects.count() == len(made)
    given = Decision.objects.filter(outcome="assigned").values_list("conversation__waiting_since", flat=True)
    assert len(given) == PEOPLE * CAPACITY


def test_people_who_assign_at_the_same_time_do_not_fill_anybody_beyond(shop: World) -> None:
    for minute in range(PEOPLE * CAPACITY):
        make.conversation(shop.account, at=at(-minute))
    chosen = [make.conversation(shop.account, store=shop.store, at=at(-100)) for _ in range(10)]
    Conversation.objects.filter(pk__in=[each.pk for each in chosen]).update(attention_at=at(5))
    boss = make.staff("boss", is_superuser=True)

    def to_aoi(conversation: Conversation) -> Callable[[], object]:
        return lambda: assign(conversation_id=conversation.pk, staff=Staff.objects.get(pk=boss.pk), to=shop.aoi)

    raised = at_once([*map(to_aoi, chosen), *[work_until_nothing_is_due] * (WORKERS - len(chosen))])

    assert {type(error) for error in raised} <= {AtCapacity}
    assert max(loads().values()) == CAPACITY
    assert loads()[shop.aoi.pk] == CAPACITY


def test_a_full_person_is_refused_by_name_and_nothing_changes(shop: World) -> None:
    for _ in range(CAPACITY):
        make.conversation(shop.account, store=shop.store, holder=shop.aoi)
    one = make.conversation(shop.account, store=shop.store)
    boss = make.staff("boss", is_superuser=True)

    with pytest.raises(AtCapacity, match="葵"):
        assign(conversation_id=one.pk, staff=boss, to=shop.aoi)
    with pytest.raises(AtCapacity):
        hand_over(conversation_id=one.pk, staff=boss, to_staff=shop.aoi)

    one.refresh_from_db()
    assert one.holder is None
    assert not Handover.objects.exists()
    take_over(conversation_id=one.pk, staff=shop.aoi, expected_holder_id=None)
    assert loads()[shop.aoi.pk] == CAPACITY + 1, "what they take themselves is their own choice"


def test_a_router_that_is_killed_before_its_commit_loses_nothing(shop: World) -> None:
    conversation = make.conversation(shop.account, at=NOON)
    claimed, may_go_on = threading.Event(), threading.Event()
    pids: list[int] = []

    def be_killed() -> None:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                pids.append(cursor.fetchone()[0])
            standings = standing.read(standing.claim(NOON, 10))
            desk = Desk.load(NOON, standings, locked=True)
            recording.record(desk, [desk.decide(each) for each in standings])
            claimed.set()
            may_go_on.wait(10)

    raised: list[list[Exception]] = []
    killed = threading.Thread(target=lambda: raised.append(at_once([be_killed])))
    killed.start()
    assert claimed.wait(10)
    assert route(NOON) == 0, "what is claimed is left alone"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pids[0]])
    may_go_on.set()
    killed.join(10)
    assert isinstance(raised[0][0], Error)
    assert not Decision.objects.exists()

    routed(conversation)

    assert conversation.holder is not None
    assert Decision.objects.count() == Handover.objects.count() == 1
    assert Message.objects.filter(direction="system").count() == 1


@pytest.mark.parametrize("seed", range(3))
def test_whatever_people_do_an_open_conversation_has_an_owner_or_a_timer(shop: World, seed: int) -> None:
    """A random day: the database refuses what is neither, and what has a timer is looked at when it runs out."""
    dice = Random(seed)
    people = list(Staff.objects.filter(postings__store=shop.store))
    boss = make.staff("boss", is_superuser=True)
    Team.objects.update(overflow_store=shop.other_store, overflow_minutes=30, supervisor=boss)
    Seat.objects.update(capacity=1)
    threads = [make.conversation(shop.account, at=NOON) for _ in range(PEOPLE + 5)]

    with time_machine.travel(NOON, tick=False) as clock:
        for step in range(60):
            clock.move_to(at(step * 6))
            conversation = Conversation.objects.get(pk=dice.choice(threads).pk)
            with contextlib.suppress(MadoguchiError):
                _do_something(dice, conversation, people, boss)
            if dice.random() < 0.5:
                sweep()
                look_at_holders(timezone.now())
                while route():
                    pass
                assert not Conversation.objects.filter(attention_at__lte=timezone.now()).exists()
                assert not Conversation.objects.open().filter(holder__is_active=False).exists()
            assert not Conversation.objects.open().filter(holder=None, attention_at=None).exists()
            assert max(loads().values(), default=0) <= 1
    assert {"assigned", "queued", "withdrawn"} <= set(Decision.objects.values_list("outcome", flat=True))


def _do_something(dice: Random, conversation: Conversation, people: list[Staff], boss: Staff) -> None:
    person = Staff.objects.get(pk=dice.choice(people).pk)
    match dice.randrange(8):
        case 0 if conversation.state == Conversation.State.OPEN:
            make.inbound(conversation, at=timezone.now())
        case 1 if conversation.holder:
            send(conversation_id=conversation.pk, staff=conversation.holder, client_key=uuid.uuid4(), text="好的")
        case 2:
            release(conversation_id=conversation.pk, staff=boss)
        case 3:
            close(conversation_id=conversation.pk, staff=boss, outcome=Exchange.Outcome.SOLVED)
        case 4:
            assign(conversation_id=conversation.pk, staff=boss, to=person)
        case 5:
            say_on_duty(staff=person, is_on_duty=dice.random() < 0.5)
        case 6:
            set_active(by=None, staff=person, is_active=not person.is_active)
        case _:
            hand_over(conversation_id=conversation.pk, staff=boss, to_store=conversation.store)
