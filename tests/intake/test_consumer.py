"""From raw events to threads: batches, poison, several consumers at once."""

import asyncio
import itertools
import random
import threading
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from madoguchi.channels.models import Account
from madoguchi.channels.ports import AnyEvent, Kept
from madoguchi.conversations.models import Conversation, Message
from madoguchi.intake import consumer, routes
from madoguchi.intake.consumer import consume
from madoguchi.intake.models import RawEvent
from tests import make
from tests.intake.entrance import deliver, text_event, webhook

_numbers = itertools.count(1)


def raw(account: Account, payload: dict[str, Any]) -> RawEvent:
    return RawEvent.objects.create(account=account, event_id=f"raw-{next(_numbers)}", payload=payload)


def states() -> dict[str, int]:
    counted: dict[str, int] = {}
    for state in RawEvent.objects.values_list("state", flat=True):
        counted[state] = counted.get(state, 0) + 1
    return counted


@pytest.fixture
def account(db: None) -> Account:
    return make.account()


def test_events_become_messages_and_are_settled(account: Account) -> None:
    raw(account, text_event(1, text="請問"))
    kept = raw(account, {**text_event(2), "source": {"type": "group", "groupId": "C1"}})
    unknown = raw(account, {"type": "fromTheFuture", "source": {"type": "user", "userId": "U1"}})

    assert consume() == 3

    assert list(Message.objects.values_list("text", flat=True)) == ["請問"]
    done = RawEvent.objects.get(state="done")
    assert (done.kind, done.attempts, done.note) == ("message", 1, "")
    assert done.handled_at
    kept.refresh_from_db()
    unknown.refresh_from_db()
    assert (kept.state, kept.kind, kept.note) == ("kept", "message", "group")
    assert (unknown.state, unknown.kind, unknown.note) == ("kept", "fromTheFuture", "unknown_kind")
    assert consume() == 0


def test_a_batch_takes_the_oldest_first_and_no_more_than_asked_for(account: Account) -> None:
    for number in range(7):
        raw(account, text_event(number))

    assert [consume(3), consume(3), consume(3), consume(3)] == [3, 3, 1, 0]
    assert states() == {"done": 7}


def test_number_of_statements_does_not_depend_on_the_batch(account: Account) -> None:
    def cost(size: int) -> int:
        first = next(_numbers) * 1000
        for number in range(size):
            raw(account, text_event(first + number, user=f"U{first + number}"))
        with CaptureQueriesContext(connection) as queries:
            consume()
        return len(queries)

    assert cost(2) == cost(50) <= 35


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> None:
    """A handler that cannot bear the text 毒, after the real one has done its work."""

    def stumble(events: list[AnyEvent]) -> None:
        if any(getattr(event, "text", "") == "毒" for event in events):
            raise ZeroDivisionError("毒")

    table = {kind: (*handlers, *([] if kind is Kept else [stumble])) for kind, handlers in routes.ROUTES.items()}
    monkeypatch.setattr(routes, "ROUTES", table)


@pytest.mark.usefixtures("poison")
def test_a_poisoned_event_is_parked_with_its_traceback_and_the_others_go_on(account: Account) -> None:
    for number in range(9):
        raw(account, text_event(number, text="毒" if number == 4 else f"{number}"))

    assert consume() == 9

    parked = RawEvent.objects.get(state="parked")
    assert parked.payload["message"]["text"] == "毒"
    assert "ZeroDivisionError: 毒" in parked.note
    assert parked.attempts == 1
    assert parked.handled_at
    assert states() == {"done": 8, "parked": 1}
    assert not Message.objects.filter(text="毒").exists()
    assert Message.objects.count() == 8
    assert consume() == 0


def test_lanes_share_out_customers_and_leave_nobody_out(account: Account) -> None:
    for number in range(40):
        raw(account, text_event(number, user=f"U{number % 20}"))
    raw(account, {"type": "botSuspended"})  # concerns nobody

    handled = [consume(lane=lane) for lane in range(consumer.LANES)]

    assert sum(handled) == 41
    assert all(handled)
    assert states() == {"done": 40, "kept": 1}
    assert [c.messages.count() for c in Conversation.objects.all()] == [2] * 20


@pytest.mark.django_db(transaction=True)
def test_several_consumers_at_once_show_everything_once() -> None:
    account, second = make.account(), make.account("second")
    chance = random.Random(5)
    people = [f"U{number}" for number in range(25)]
    RawEvent.objects.bulk_create(
        RawEvent(
            account=chance.choice([account, second]),
            event_id=f"e{number}",
            payload=text_event(number, user=chance.choice(people), message_id=f"m{number - number % 2}"),
        )
        for number in range(600)
    )
    pairs = {
        (event.account_id, event.payload["source"]["userId"], event.payload["message"]["id"])
        for event in RawEvent.objects.all()
    }
    failures: list[Exception] = []

    def work() -> None:
        try:
            while consume(20):
                pass
        except Exception as error:  # noqa: BLE001 - shown by the assertion below
            failures.append(error)
        finally:
            connection.close()

    _run_threads([work] * 6)

    assert failures == []
    assert states() == {"done": 600}
    shown = Message.objects.values_list(
        "conversation__contact__account", "conversation__contact__external_id", "provider_message_id"
    )
    assert sorted(shown) == sorted(pairs)
    members = set(Conversation.objects.values_list("contact__external_id", "member"))
    assert len({name for name, _ in members}) == len(members)
    for conversation in Conversation.objects.all():
        assert conversation.unread == conversation.messages.count()


@pytest.mark.django_db(transaction=True)
def test_the_same_webhooks_replayed_split_and_mixed_show_the_same() -> None:
    account = make.account()
    events = [text_event(number, user=f"U{number % 5}") for number in range(40)]
    chance = random.Random(3)
    deliver(webhook(account, events))
    mixed = events * 2
    chance.shuffle(mixed)
    while consume(7):
        pass
    once = _shown()

    answers = deliver(*(webhook(account, mixed[start : start + 3]) for start in range(0, len(mixed), 3)))
    while consume(7):
        pass

    assert {answer.status for answer in answers} == {200}
    assert _shown() == once
    assert len(once) == 40


@pytest.mark.django_db(transaction=True)
def test_the_loop_is_woken_by_the_entrance_and_stops_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "POLL_SECONDS", 60.0)
    account = make.account()

    async def scenario() -> None:
        stop = asyncio.Event()
        running = asyncio.create_task(consumer.run(stop))
        for number in range(3):
            await asyncio.to_thread(deliver, webhook(account, [text_event(number)]))
            async with asyncio.timeout(10):
                while await asyncio.to_thread(_count_done) <= number:  # noqa: ASYNC110 - it is told by the table
                    await asyncio.sleep(0.01)
        stop.set()
        async with asyncio.timeout(10):
            await running

    asyncio.run(scenario())

    assert Message.objects.count() == 3


def _count_done() -> int:
    try:
        return RawEvent.objects.filter(state="done").count()
    finally:
        connection.close()


def _shown() -> list[tuple[Any, ...]]:
    return sorted(
        Message.objects.values_list(
            "conversation__contact__external_id", "conversation__unread", "text", "occurred_at", "provider_message_id"
        )
    )


def _run_threads(works: list[Any]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
