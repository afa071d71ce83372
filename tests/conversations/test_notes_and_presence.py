import datetime as dt
import uuid

import pytest
import time_machine
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.bindings import ledger
from madoguchi.bindings.models import Binding
from madoguchi.conversations.actions.add_note import LENGTH_MAX, MENTIONS_MAX, add_note
from madoguchi.conversations.actions.close import close
from madoguchi.conversations.actions.hand_over import hand_over
from madoguchi.conversations.actions.open_thread import open_thread
from madoguchi.conversations.actions.presence import announce_presence, forget_stale
from madoguchi.conversations.actions.send import send
from madoguchi.conversations.actions.take_over import take_over
from madoguchi.conversations.errors import CannotRead, EmptyNote, NoteTooLong, TooManyMentions
from madoguchi.conversations.models import Conversation, Exchange, Mention, Presence
from madoguchi.conversations.queries import present
from madoguchi.kit.errors import NotAllowed, NotFound
from madoguchi.organization.permissions import BuiltInRole, Permission
from tests import make
from tests.conversations.unchanged import refused
from tests.make import World

P = Permission


def test_a_note_is_for_staff_and_the_customers_wait_goes_on(world: World) -> None:
    note = add_note(conversation_id=world.conversation.pk, staff=world.aoi, client_key=uuid.uuid4(), text=" 請查庫存 ")

    world.conversation.refresh_from_db()
    assert (note.direction, note.text, note.author) == ("note", "請查庫存", world.aoi)
    assert world.conversation.waiting_since is not None
    assert world.conversation.last_direction == "inbound"


def test_a_double_click_is_one_note(world: World) -> None:
    key = uuid.uuid4()

    first = add_note(conversation_id=world.conversation.pk, staff=world.aoi, client_key=key, text="查庫存")
    second = add_note(conversation_id=world.conversation.pk, staff=world.aoi, client_key=key, text="查庫存")

    assert first == second


def test_who_is_mentioned_may_read_and_write_notes_but_not_answer(world: World) -> None:
    pk = world.conversation.pk
    add_note(conversation_id=pk, staff=world.aoi, client_key=uuid.uuid4(), text="@蓮 高雄有貨嗎", mentioned=[world.ren])

    assert list(Conversation.objects.visible_to(world.ren)) == [world.conversation]
    add_note(conversation_id=pk, staff=world.ren, client_key=uuid.uuid4(), text="有三件")
    with refused(NotAllowed):
        take_over(conversation_id=pk, staff=world.ren, expected_holder_id=None)
    with refused(NotAllowed):
        close(conversation_id=pk, staff=world.ren, outcome=Exchange.Outcome.SOLVED)


def test_who_looks_after_the_customer_writes_notes_where_others_answer(world: World) -> None:
    pk, binding = world.conversation.pk, make.binding(world.member, world.ren, store=world.other_store)

    add_note(conversation_id=pk, staff=world.ren, client_key=uuid.uuid4(), text="她上週買了淨水器")
    with refused(NotAllowed):
        send(conversation_id=pk, staff=world.ren, client_key=uuid.uuid4(), text="您好")
    with refused(NotAllowed):
        take_over(conversation_id=pk, staff=world.ren, expected_holder_id=None)
    with refused(NotAllowed):
        hand_over(conversation_id=pk, staff=world.ren, to_store=world.other_store)

    ledger.end(binding, Binding.End.DROPPED, timezone.now())
    with refused(NotFound):
        add_note(conversation_id=pk, staff=world.ren, client_key=uuid.uuid4(), text="還在嗎")


def test_who_may_write_no_notes_writes_none_about_their_customers(world: World) -> None:
    reader = make.staff(role=make.role(P.BINDING_HOLD, P.CONVERSATION_READ), store=world.other_store)
    make.binding(world.member, reader, store=world.other_store)

    with refused(NotAllowed):
        add_note(conversation_id=world.conversation.pk, staff=reader, client_key=uuid.uuid4(), text="早安")


def test_a_mention_is_seen_when_the_thread_is_opened(world: World) -> None:
    pk = world.conversation.pk
    add_note(conversation_id=pk, staff=world.aoi, client_key=uuid.uuid4(), text="@蓮", mentioned=[world.ren, world.ren])

    open_thread(conversation_id=pk, staff=world.ren)

    world.conversation.refresh_from_db()
    assert Mention.objects.get().seen_at is not None
    assert world.conversation.unread == 1


def test_notes_have_words_and_limits(world: World) -> None:
    pk, key = world.conversation.pk, uuid.uuid4()
    nobody = make.staff(name="新人", role=None)

    with refused(EmptyNote):
        add_note(conversation_id=pk, staff=world.aoi, client_key=key, text="  \n ")
    with refused(NoteTooLong, match=str(LENGTH_MAX)):
        add_note(conversation_id=pk, staff=world.aoi, client_key=key, text="字" * (LENGTH_MAX + 1))
    with refused(TooManyMentions):
        crowd = [make.staff() for _ in range(MENTIONS_MAX + 1)]
        add_note(conversation_id=pk, staff=world.aoi, client_key=key, text="嗨", mentioned=crowd)
    with refused(CannotRead, match="新人"):
        add_note(conversation_id=pk, staff=world.aoi, client_key=key, text="嗨", mentioned=[nobody])


def test_who_may_only_read_writes_no_note(world: World) -> None:
    marketer = make.staff(role=BuiltInRole.MARKETER)

    with refused(NotAllowed):
        add_note(conversation_id=world.conversation.pk, staff=marketer, client_key=uuid.uuid4(), text="嗨")


def test_read_when_somebody_who_may_answer_opens_it(world: World) -> None:
    open_thread(conversation_id=world.conversation.pk, staff=world.aoi)

    world.conversation.refresh_from_db()
    assert world.conversation.unread == 0


@pytest.mark.parametrize("role", [BuiltInRole.MARKETER, BuiltInRole.CUSTOMER_SERVICE])
def test_looking_in_does_not_take_the_mark_from_the_holder(world: World, role: BuiltInRole) -> None:
    pk = world.conversation.pk
    onlooker = make.staff(role=role)
    take_over(conversation_id=pk, staff=world.aoi, expected_holder_id=None)

    open_thread(conversation_id=pk, staff=onlooker)
    world.conversation.refresh_from_db()
    assert world.conversation.unread == 1

    open_thread(conversation_id=pk, staff=world.aoi)
    world.conversation.refresh_from_db()
    assert world.conversation.unread == 0


def test_others_see_who_is_at_the_thread_while_it_is_fresh(world: World) -> None:
    pk = world.conversation.pk
    with time_machine.travel(timezone.now(), tick=False) as clock:
        announce_presence(conversation_id=pk, staff=world.aoi, doing=Presence.Doing.VIEWING)
        announce_presence(conversation_id=pk, staff=world.aoi, doing=Presence.Doing.ANSWERING)

        assert [(p.staff, p.doing) for p in present(world.conversation, besides=world.mio)] == [
            (world.aoi, "answering")
        ]
        assert present(world.conversation, besides=world.aoi) == []

        clock.shift(Presence.FRESH_FOR + dt.timedelta(seconds=1))
        assert present(world.conversation, besides=world.mio) == []
        assert forget_stale(timezone.now()) == 1


def test_leaving_is_seen_at_once(world: World) -> None:
    announce_presence(conversation_id=world.conversation.pk, staff=world.aoi, doing=Presence.Doing.VIEWING)
    announce_presence(conversation_id=world.conversation.pk, staff=world.aoi, doing=None)

    assert present(world.conversation, besides=world.mio) == []


def test_nobody_is_present_where_they_may_not_look(world: World) -> None:
    with pytest.raises(NotFound):
        announce_presence(conversation_id=world.conversation.pk, staff=world.ren, doing=Presence.Doing.VIEWING)

    assert Presence.objects.count() == 0


def test_a_customer_is_not_shown_that_somebody_writes_who_may_only_read(world: World) -> None:
    pk = world.conversation.pk
    marketer = make.staff(role=BuiltInRole.MARKETER)
    waiting = ProcrastinateJob.objects.filter(task_name__endswith=".show_writing")

    announce_presence(conversation_id=pk, staff=marketer, doing=Presence.Doing.ANSWERING)
    assert [p.doing for p in present(world.conversation, besides=world.mio)] == ["viewing"]
    assert not waiting.exists()

    announce_presence(conversation_id=pk, staff=world.aoi, doing=Presence.Doing.ANSWERING)
    assert waiting.count() == 1
