import datetime as dt
import uuid
from collections.abc import Sequence

from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from madoguchi.conversations.access import find
from madoguchi.conversations.actions.add_note import add_note
from madoguchi.conversations.models import Message
from madoguchi.conversations.queries import changes, history, thread
from madoguchi.organization.permissions import Permission
from tests import make
from tests.make import World


def texts(messages: Sequence[Message]) -> list[str]:
    return [message.text for message in messages]


def test_the_latest_page_and_those_before_it_oldest_first(world: World) -> None:
    began = timezone.now() + dt.timedelta(minutes=1)
    for number in range(9):  # two at each moment: the id decides
        make.inbound(world.conversation, str(number), at=began + dt.timedelta(minutes=number // 2))

    latest = thread(world.conversation, limit=4)
    middle = thread(world.conversation, before=latest.before, limit=4)
    first = thread(world.conversation, before=middle.before, limit=4)

    assert texts(latest.messages) == ["5", "6", "7", "8"]
    assert texts(middle.messages) == ["1", "2", "3", "4"]
    assert texts(first.messages) == ["請問濾網怎麼更換？", "0"]
    assert (bool(latest.before), bool(middle.before), first.before) == (True, True, "")
    assert latest.last_message_id == latest.messages[-1].pk


def test_changes_are_all_that_is_new_or_different_with_some_overlap(world: World) -> None:
    page = thread(world.conversation)
    old = page.messages[0]
    Message.objects.update(changed_at=page.read_at - dt.timedelta(minutes=5))
    assert texts(changes(world.conversation, since=page.read_at).messages) == []

    make.inbound(world.conversation, "晚到的", at=timezone.now() - dt.timedelta(days=2))
    Message.objects.filter(text="晚到的").update(changed_at=page.read_at - dt.timedelta(seconds=3))
    Message.objects.filter(pk=old.pk).update(changed_at=timezone.now())

    assert texts(changes(world.conversation, since=page.read_at).messages) == ["晚到的", "請問濾網怎麼更換？"]


def test_what_a_message_answers_is_there_when_we_have_it(world: World) -> None:
    first = world.conversation.messages.get()
    make.inbound(world.conversation, "這個")
    Message.objects.filter(text="這個").update(quoted_provider_message_id=first.provider_message_id)
    make.inbound(world.conversation, "那個")
    Message.objects.filter(text="那個").update(quoted_provider_message_id="404")

    assert thread(world.conversation).quoted == {first.provider_message_id: first}


def test_a_thread_is_three_statements_with_everything_a_bubble_shows(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = world.conversation.messages.get()
    for number in range(10):
        add_note(
            conversation_id=world.conversation.pk,
            staff=world.aoi,
            client_key=uuid.uuid4(),
            text=str(number),
            mentioned=[world.ren, world.mio],
        )
    Message.objects.exclude(pk=first.pk).update(quoted_provider_message_id=first.provider_message_id)
    conversation = find(world.conversation.public_id, world.aoi)

    with django_assert_num_queries(3):
        for message in thread(conversation).messages:
            assert message.author is None or message.author.display_name
            assert (message.media, message.outbound, message.brand) == (None, None, None)
            if message.direction == Message.Direction.NOTE:
                assert {mention.staff.display_name for mention in message.mentions.all()} == {"蓮", "澪"}
    with django_assert_num_queries(1):
        assert [exchange.number for exchange in history(conversation)] == [1]


def test_a_header_is_one_statement(world: World, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    world.aoi.may(Permission.CONVERSATION_READ)  # postings are read once for each request

    with django_assert_num_queries(1):
        found = find(world.conversation.public_id, world.aoi)
        assert found.member.market
        assert found.contact.account.default_brand.sender_name
        assert (found.brand, found.store, found.department, found.holder) == (world.brand, world.store, None, None)
