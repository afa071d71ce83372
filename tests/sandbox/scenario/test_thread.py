"""The scenario's threads against the real actions: the same events, the same rows."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from typing import Any

import pytest
import time_machine
from django.db.models import Model

from madoguchi.channels.models import Contact
from madoguchi.channels.ports import Followed, MessageReceived, MessageUnsent, Unfollowed
from madoguchi.conversations.actions.add_note import add_note
from madoguchi.conversations.actions.assign import assign
from madoguchi.conversations.actions.change_brand import change_brand
from madoguchi.conversations.actions.close import close
from madoguchi.conversations.actions.hand_over import hand_over
from madoguchi.conversations.actions.open_thread import open_thread
from madoguchi.conversations.actions.receive import receive
from madoguchi.conversations.actions.release import release
from madoguchi.conversations.actions.send import send
from madoguchi.conversations.actions.snooze import snooze
from madoguchi.conversations.actions.take_over import take_over
from madoguchi.conversations.models import Conversation, Exchange, Message
from madoguchi.sandbox.scenario.thread import Numbers, Thread
from tests import make

BEGAN = dt.datetime(2026, 3, 14, 3, 0, tzinfo=dt.UTC)


class Real:
    """A new customer and the staff, through the actions, at given times."""

    def __init__(self, world: make.World) -> None:
        self.world = world
        self.external_id = make.line_user_id("the real one")
        self.events = 0

    @property
    def conversation(self) -> Conversation:
        return Conversation.objects.get(contact__external_id=self.external_id)

    def arrives(self, event: type, at: dt.datetime, **fields: Any) -> None:
        self.events += 1
        with time_machine.travel(at, tick=False):
            receive([event(self.events, self.world.account.pk, self.external_id, at, **fields)])

    def does(self, action: Any, at: dt.datetime, **fields: Any) -> None:
        with time_machine.travel(at, tick=False):
            action(conversation_id=self.conversation.pk, **fields)


@pytest.fixture
def real(world: make.World) -> Real:
    return Real(world)


@pytest.fixture
def told(world: make.World) -> Thread:
    contact = make.contact(world.account, friendship=Contact.Friendship.UNKNOWN)
    return Thread(Numbers(), make.member(contact), contact, world.brand, world.department, random.Random(1))


def at(minutes: float) -> dt.datetime:
    return BEGAN + dt.timedelta(minutes=minutes)


def test_a_life_full_of_events_leaves_the_same_rows(world: make.World, real: Real, told: Thread) -> None:
    mio, aoi, ren = world.mio, world.aoi, world.ren

    def writes(minutes: float, text: str) -> None:
        real.arrives(MessageReceived, at(minutes), provider_message_id=str(minutes), kind="text", text=text)
        told.inbound(at(minutes), text=text)

    def answers(minutes: float, staff: Any, text: str) -> None:
        real.does(send, at(minutes), staff=staff, client_key=uuid.uuid4(), text=text)
        told.reply(at(minutes), staff, text)

    def both(name: str, action: Any, minutes: float, staff: Any, ours: dict[str, Any], theirs: dict[str, Any]) -> None:
        real.does(action, at(minutes), staff=staff, **theirs)
        getattr(told, name)(at(minutes), staff, **ours)
        _compare(real.conversation, told)

    real.arrives(Followed, at(0))
    told.follow(at(0))
    _compare(real.conversation, told)
    brand = {"brand": world.brand}
    writes(1, "請問濾網有現貨嗎")
    writes(2, "在嗎")
    _compare(real.conversation, told)
    both("change_brand", change_brand, 3, mio, {"brand": world.other_brand}, {"brand": world.other_brand})
    both("change_brand", change_brand, 4, mio, brand, brand)
    answers(5, mio, "有的")
    writes(6, "好")
    both(
        "hand_over",
        hand_over,
        7,
        mio,
        {"to": world.store, "note": "請接手"},
        {"to_store": world.store, "note": "請接手"},
    )
    both("take_over", take_over, 8, aoi, {}, {"expected_holder_id": None})
    real.does(open_thread, at(8), staff=aoi)
    told.open_thread()
    _compare(real.conversation, told)
    both(
        "note", add_note, 9, aoi, {"text": "幫忙看", "mentioned": [ren]},
        {"text": "幫忙看", "mentioned": [ren], "client_key": uuid.uuid4()},
    )  # fmt: skip
    answers(10, aoi, "保留好了")
    writes(11, "謝謝")
    both("close", close, 12, aoi, {"outcome": "solved"}, {"outcome": Exchange.Outcome.SOLVED})
    writes(60, "又有問題")
    both("assign", assign, 61, mio, {"to": aoi, "note": "妳熟"}, {"to": aoi, "note": "妳熟"})
    both("release", release, 62, aoi, {}, {})
    answers(63, aoi, "您好")
    both("snooze", snooze, 64, aoi, {"until": at(600)}, {"until": at(600)})
    writes(65, "還在嗎")
    _compare(real.conversation, told)
    answers(66, aoi, "在")
    both("close", close, 67, aoi, {"outcome": "no_reaction"}, {"outcome": Exchange.Outcome.NO_REACTION})
    answers(90, aoi, "到貨囉")
    _compare(real.conversation, told)
    real.arrives(MessageUnsent, at(91), provider_message_id="65")
    told.unsend(next(each for each in told.messages if each.text == "還在嗎"), at(91))
    real.arrives(Unfollowed, at(92))
    told.unfollow(at(92))
    _compare(real.conversation, told)


def test_a_friend_who_never_writes_is_nobodys_work(world: make.World, real: Real, told: Thread) -> None:
    real.arrives(Followed, at(0))
    real.arrives(Unfollowed, at(1))
    real.arrives(Followed, at(2), was_unblocked=True)
    told.follow(at(0))
    told.unfollow(at(1))
    told.follow(at(2), again=True)

    _compare(real.conversation, told)


def _compare(real: Conversation, told: Thread) -> None:
    assert _facts(real, _CONVERSATION) == _facts(told.conversation, _CONVERSATION)
    assert _facts(real.contact, _CONTACT) == _facts(told.contact, _CONTACT)
    number = {each.pk: each.number for each in real.exchanges.all()}
    told_number = {each.pk: each.number for each in told.exchanges}
    assert [_facts(each, _EXCHANGE) for each in real.exchanges.order_by("number")] == [
        _facts(each, _EXCHANGE) for each in told.exchanges
    ]
    lines = real.messages.order_by("occurred_at", "pk")
    assert [(number[each.exchange_id], _facts(each, _MESSAGE)) for each in lines] == [
        (told_number[each.exchange_id], _facts(each, _MESSAGE)) for each in told.messages
    ]
    assert [(number[each.exchange_id], _facts(each, _HANDOVER)) for each in real.handovers.order_by("pk")] == [
        (told_number[each.exchange_id], _facts(each, _HANDOVER)) for each in told.handovers
    ]
    assert [each.staff_id for each in real.mentions.order_by("pk")] == [each.staff_id for each in told.mentions]
    spoken = Message.objects.filter(conversation=real, direction="outbound").order_by("pk")
    assert [each.outbound.messages for each in spoken if each.outbound] == [
        row.messages for row in told.outbox.values()
    ]


def _facts(row: Model, names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names.split()}


_CONVERSATION = (
    "state store_id department_id holder_id exchange_number opened_at waiting_since snoozed_until unread "
    "last_message_at last_direction last_kind last_text"
)
_CONTACT = "friendship friendship_at last_inbound_at"
_EXCHANGE = (
    "number opened_at first_inbound_at first_reply_at first_reply_by_id closed_at closed_by_id outcome store_id "
    "department_id"
)
_MESSAGE = "direction kind text details author_id brand_id occurred_at unsent_at search client_part"
_HANDOVER = (
    "kind by_id from_holder_id from_store_id from_department_id to_holder_id to_store_id to_department_id note at"
)
