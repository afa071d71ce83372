"""Claims, sweeps and several senders at once, on committed data."""

import asyncio
import datetime as dt
import threading
import time
from collections import defaultdict
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from madoguchi.channels.line.client import LineClient
from madoguchi.channels.models import Account, OutboundMessage
from madoguchi.channels.outbox import Sender
from madoguchi.channels.outbox.lanes import Lanes
from madoguchi.channels.outbox.rows import LEADER_LOCK, AccountRow
from madoguchi.channels.outbox.sender import LONGEST_DELAY_SECONDS, retry_delay
from madoguchi.conversations.actions.send import send
from madoguchi.conversations.models import Conversation, Message
from madoguchi.kit.errors import MadoguchiError
from tests import make
from tests.channels.sending import State, run_sender, write
from tests.line_sandbox import LineSandbox
from tests.make import World

pytestmark = pytest.mark.django_db(transaction=True)
Route = OutboundMessage.Route
LONG_AGO = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _open(world: World, sandbox: LineSandbox) -> None:
    sandbox.open_for(world.account)
    sandbox.befriend(world.contact)


def left_behind(outbound: OutboundMessage, route: str, *, claimed: dt.timedelta = LONG_AGO) -> None:
    """As a sender leaves it that is killed between the claim and the outcome."""
    at = timezone.now() - claimed
    OutboundMessage.objects.filter(pk=outbound.pk).update(
        state=State.SENDING, route=route, attempts=1, claimed_at=at, first_tried_at=at
    )


def test_a_push_left_behind_is_sent_again_under_its_key(world: World, sandbox: LineSandbox) -> None:
    outbound = write(world.conversation, world.aoi, "只有一次")
    run_sender()
    left_behind(outbound, Route.PUSH, claimed=dt.timedelta(0))  # LINE had it, the answer was lost with the process

    run_sender()

    outbound.refresh_from_db()
    assert outbound.state == State.ACCEPTED
    assert sandbox.texts() == ["只有一次"]
    assert outbound.sent_messages[0]["id"] == sandbox.accepted()[0]["messageId"]
    assert [status for _, status in sandbox.requests()] == [200, 409]


def test_a_reply_left_behind_is_for_a_person_to_decide(world: World, sandbox: LineSandbox) -> None:
    outbound = write(world.conversation, world.aoi)
    left_behind(outbound, Route.REPLY)

    run_sender()

    outbound.refresh_from_db()
    assert outbound.state == State.UNKNOWN
    assert sandbox.requests() == []


def test_messages_of_a_thread_arrive_in_order(world: World, sandbox: LineSandbox) -> None:
    conversations = [make.conversation(world.account, store=world.store) for _ in range(4)]
    for conversation in conversations:
        sandbox.befriend(conversation.contact)
    for number in range(12):
        for conversation in conversations:
            write(conversation, world.aoi, str(number))
    sandbox.fail("429", times=None, rate=0.2)
    OutboundMessage.objects.update(due_at=timezone.now())

    for _ in range(6):
        OutboundMessage.objects.filter(state=State.QUEUED).update(due_at=timezone.now())
        run_sender()
    sandbox.recover()
    for _ in range(14):
        OutboundMessage.objects.filter(state=State.QUEUED).update(due_at=timezone.now())
        run_sender()

    by_person: dict[str, list[str]] = defaultdict(list)
    for bubble in sandbox.accepted():
        by_person[bubble["personId"]].append(bubble["message"]["text"])
    assert list(by_person.values()) == [[str(number) for number in range(12)]] * 4


def test_two_senders_send_everything_once(world: World, sandbox: LineSandbox) -> None:
    conversations = [make.conversation(world.account, store=world.store) for _ in range(20)]
    for conversation in conversations:
        sandbox.befriend(conversation.contact)
        for number in range(3):
            write(conversation, world.aoi, f"{conversation.pk}/{number}")

    first = threading.Thread(target=run_sender)
    first.start()
    run_sender()
    first.join()

    assert sorted(sandbox.texts()) == sorted(f"{each.pk}/{number}" for each in conversations for number in range(3))
    assert all(status == 200 for _, status in sandbox.requests())


def test_while_one_sends_the_other_stands_by(world: World, sandbox: LineSandbox) -> None:
    outbound = write(world.conversation, world.aoi)
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [LEADER_LOCK])
        asyncio.run(_send_for(0.5))
        outbound.refresh_from_db()
        assert outbound.state == State.QUEUED

    run_sender()

    outbound.refresh_from_db()
    assert outbound.state == State.ACCEPTED


async def _send_for(seconds: float) -> None:
    stop = asyncio.Event()
    async with LineClient() as line:
        running = asyncio.create_task(Sender(line).run(stop))
        await asyncio.sleep(seconds)
        stop.set()
        await running


def test_a_sender_that_loses_its_connection_goes_on(world: World, sandbox: LineSandbox) -> None:
    async def lose_and_go_on() -> None:
        stop = asyncio.Event()
        async with LineClient() as line:
            running = asyncio.create_task(Sender(line).run(stop))
            await asyncio.sleep(0.4)
            await asyncio.to_thread(_cut_senders_off)
            await asyncio.to_thread(_write_from_thread, world)
            for _ in range(100):
                await asyncio.sleep(0.05)
                if sandbox_texts := await asyncio.to_thread(sandbox.texts):
                    assert sandbox_texts == ["還在嗎"]
                    break
            stop.set()
            await running

    asyncio.run(lose_and_go_on())

    assert OutboundMessage.objects.get().state == State.ACCEPTED


def _cut_senders_off() -> None:
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'madoguchi sender' AND datname = current_database()"
        )


def _write_from_thread(world: World) -> None:
    try:
        write(world.conversation, world.aoi, "還在嗎")
    finally:
        connection.close()


def test_a_message_goes_out_at_once_not_with_the_next_poll(world: World, sandbox: LineSandbox) -> None:
    took: list[float] = []

    async def measure() -> None:
        stop = asyncio.Event()
        async with LineClient() as line:
            running = asyncio.create_task(Sender(line).run(stop))
            await asyncio.sleep(1.3)  # into the middle of a poll
            for number in range(5):
                started = time.monotonic()
                await asyncio.to_thread(_write_from_thread, world)
                while len(await asyncio.to_thread(sandbox.texts)) <= number:  # noqa: ASYNC110  # over the wire
                    await asyncio.sleep(0.005)
                took.append(time.monotonic() - started)
            stop.set()
            await running

    asyncio.run(measure())

    assert sorted(took)[2] < 0.5


def test_a_double_click_at_the_same_time_is_one_message(world: World) -> None:
    key = uuid4()
    results = _at_once(
        lambda: send(conversation_id=world.conversation.pk, staff=world.aoi, client_key=key, text="一次"), times=4
    )

    assert len({message.pk for result in results if isinstance(result, list) for message in result}) == 1
    assert not [result for result in results if isinstance(result, Exception)]
    assert OutboundMessage.objects.count() == 1


def test_of_two_who_answer_at_once_one_wins_and_the_other_is_told_who(world: World) -> None:
    people = iter([world.aoi, world.mio])

    def answer() -> list[Message]:
        return send(conversation_id=world.conversation.pk, staff=next(people), client_key=uuid4(), text="我來")

    results = _at_once(answer, times=2)

    [refusal] = [result for result in results if isinstance(result, MadoguchiError)]
    holder = Conversation.objects.get(pk=world.conversation.pk).holder
    assert holder is not None
    assert holder.display_name in refusal.message
    assert OutboundMessage.objects.count() == 1
    assert Message.objects.get(direction=Message.Direction.OUTBOUND).author == holder


def _at_once(work: object, *, times: int) -> list[object]:
    results: list[object] = []
    barrier = threading.Barrier(times)

    def run() -> None:
        barrier.wait()
        try:
            results.append(work())  # type: ignore[operator] # a function without arguments
        except MadoguchiError as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


# -- pace ------------------------------------------------------------------------------------------------------------


def test_an_account_never_goes_faster_than_its_rate() -> None:
    account = AccountRow(1, "", "", "", 100, is_active=True, health=Account.Health.OK)
    lanes = Lanes()
    lanes.update([account])
    lane, now, sent = lanes.by_account[1], time.monotonic(), 0

    for step in range(2_000):
        allowed = lane.allowance(now + step / 1_000)
        sent += allowed
        for _ in range(allowed):
            lane.start()

    assert 190 <= sent <= 211  # two seconds' worth, and the bucket of a tenth


def test_back_off_doubles_up_to_five_minutes() -> None:
    assert all(0.5 <= retry_delay(1) <= 1 for _ in range(50))
    assert all(4 <= retry_delay(4) <= 8 for _ in range(50))
    assert all(LONGEST_DELAY_SECONDS / 2 <= retry_delay(500) <= LONGEST_DELAY_SECONDS for _ in range(50))
