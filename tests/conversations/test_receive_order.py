"""Whatever order events come in, however they are cut, repeated or handled side by side: the rows are the same."""

import random
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from madoguchi.channels.models import Account, Contact, Media
from madoguchi.conversations.actions.receive import receive
from madoguchi.conversations.arrivals.thread import Arrival
from madoguchi.conversations.models import Conversation, Message
from madoguchi.members.models import Member
from tests import make
from tests.conversations.arriving import Customer

Fact = tuple[Any, ...]


def story(account: Account, seed: int) -> list[Arrival]:
    """What a few customers do within an hour, in order; every moment once for each of them, some things twice."""
    chance = random.Random(seed)
    events: list[Arrival] = []
    for number in range(3):
        customer = Customer(account, f"U{seed}-{number}")
        written: list[str] = []
        for minute in sorted(chance.sample(range(60), 12)):
            deed = chance.choice(["write", "write", "write", "send", "take back", "edit", "block", "follow", "tap"])
            if deed in ("take back", "edit") and not written:
                deed = "write"
            match deed:
                case "write" | "send":
                    message_id = f"{customer.external_id}-{minute}"
                    written.append(message_id)
                    kind = "text" if deed == "write" else chance.choice(["image", "sticker", "file"])
                    message = customer.sends(minute, kind, message_id)
                    if kind == "text":
                        message = customer.writes(minute, f"第{minute}分鐘", message_id)
                    events += [message] * chance.choice([1, 1, 2])
                case "take back":
                    events.append(customer.takes_back(minute, chance.choice(written)))
                case "edit":
                    events.append(customer.edits(minute, chance.choice(written), f"改於{minute}分"))
                case "block":
                    events.append(customer.blocks(minute))
                case "follow":
                    events.append(customer.follows(minute))
                case "tap":
                    events.append(customer.taps(minute))
    return events


def cut(events: Sequence[Arrival], chance: random.Random) -> Iterable[Sequence[Arrival]]:
    rest = list(events)
    while rest:
        size = chance.randint(1, 8)
        yield rest[:size]
        del rest[:size]


def facts() -> list[Fact]:
    """All that a person could see or a rule could use, without ids and the times at which we did something."""
    threads = Conversation.objects.values_list(
        "contact__external_id", "member__identities__value", "state", "department", "store", "holder",
        "exchange_number", "opened_at", "waiting_since", "unread", "last_message_at", "last_direction", "last_kind",
        "last_text", "exchanges__number", "exchanges__opened_at", "exchanges__first_inbound_at",
    )  # fmt: skip
    messages = Message.objects.values_list(
        "conversation__contact__external_id", "exchange__number", "direction", "kind", "text", "details",
        "provider_message_id", "quote_token", "occurred_at", "edited_at", "unsent_at", "search", "media__kind",
        "media__state",
    )  # fmt: skip
    contacts = Contact.objects.values_list("external_id", "friendship", "friendship_at", "last_inbound_at")
    counts = [(Member.objects.count(), Media.objects.count(), Message.objects.count())]
    return sorted([*threads, *messages, *contacts, *counts], key=repr)


@contextmanager
def _undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(12))
def test_order_cut_and_repetition_do_not_matter(seed: int) -> None:
    account = make.account()
    events = story(account, seed)
    with _undone():
        receive(events)
        expected = facts()

    for round_ in range(2):
        chance = random.Random(seed * 100 + round_)
        shuffled = [*events, *chance.sample([event for event in events if hasattr(event, "provider_message_id")], 5)]
        chance.shuffle(shuffled)
        with _undone():
            for batch in cut(shuffled, chance):
                receive(batch)
            assert facts() == expected


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", [101, 102, 103])
def test_handling_side_by_side_does_not_matter(seed: int) -> None:
    events = story(make.account(), seed)
    with _undone():
        receive(events)
        expected = facts()
    chance = random.Random(seed)
    chance.shuffle(events)
    batches = list(cut(events, chance))
    failures: list[Exception] = []

    def work(mine: Sequence[Sequence[Arrival]]) -> None:
        try:
            for batch in mine:
                receive(batch)
        except Exception as error:  # noqa: BLE001 - shown by the assertion below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(batches[number::4],)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert facts() == expected
