"""What customers tap: written down once, answered in their language, counted."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.bindings.actions.staff import bind_by_staff
from madoguchi.channels.models import Contact, OutboundMessage
from madoguchi.channels.ports import MessageReceived, PostbackReceived
from madoguchi.conversations.actions.close import close
from madoguchi.conversations.models import Conversation, Exchange, Message
from madoguchi.intake.routes import handle
from madoguchi.menus import designing, links, numbers, taps
from madoguchi.menus.answers import tap as answers
from madoguchi.menus.models import Action, Cell, Menu, Recheck, Tap
from madoguchi.menus.numbers import Heat, Spot
from madoguchi.organization.models import Staff
from madoguchi.reactions.tasks import react
from tests import make
from tests.menus.building import draft
from tests.menus.going_live import go_live

NOW = timezone.now()


@pytest.fixture
def menu(world: make.World, kai: Staff) -> Menu:
    """Live, without LINE: what is tapped does not ask there."""
    return go_live(draft(kai, world.account))


def tap(world: make.World, data: str, event_id: int = 1, at: dt.datetime = NOW) -> PostbackReceived:
    return PostbackReceived(event_id, world.account.pk, world.contact.external_id, at, data=data)


def answered(world: make.World, data: str, event_id: int = 1) -> list[Message]:
    before = set(Message.objects.values_list("pk", flat=True))
    answers.answer(contact_id=world.contact.pk, data=data, event_id=event_id)
    return list(Message.objects.exclude(pk__in=before).order_by("pk"))


def test_a_tap_is_written_down_once_with_where_it_was(world: make.World, menu: Menu) -> None:
    event = tap(world, "menu/repair-request?everyone.1")

    taps.take_postbacks([event])
    taps.take_postbacks([event])

    written = Tap.objects.get()
    assert (written.contact, written.key) == (world.contact, "repair-request")
    assert (written.variant_code, written.tab_position, written.at) == ("everyone", 1, NOW)


def test_each_tap_of_ours_gets_a_job_and_others_get_none(world: make.World, menu: Menu) -> None:
    taps.take_postbacks(
        [tap(world, "menu/my-cases?everyone.1"), tap(world, "talk/lune", 2), tap(world, "action=buy", 3)]
    )

    jobs = ProcrastinateJob.objects.filter(task_name="madoguchi.menus.tasks.answer_tap")
    assert sorted(job.args["data"] for job in jobs) == ["menu/my-cases?everyone.1", "talk/lune"]
    assert Tap.objects.count() == 1


def test_words_that_a_cell_says_count_as_its_tap(world: make.World, menu: Menu) -> None:
    cell = Cell.objects.filter(tab__variant__version=menu.live, action=Action.TEXT).order_by("pk")[0]
    said = MessageReceived(
        7, world.account.pk, world.contact.external_id, NOW, provider_message_id="1", kind="text", text=cell.value
    )
    other = MessageReceived(
        8, world.account.pk, world.contact.external_id, NOW, provider_message_id="2", kind="text", text="something else"
    )

    taps.take_messages([said, other])

    assert [(row.key, row.tab_position) for row in Tap.objects.all()] == [(cell.key, 2)]


def test_the_heat_map_counts_taps_and_people(world: make.World, menu: Menu) -> None:
    another = make.conversation(world.account).contact
    stranger = PostbackReceived(9, world.account.pk, another.external_id, NOW, data="menu/my-cases?everyone.1")
    taps.take_postbacks([tap(world, "menu/my-cases?everyone.1", n) for n in range(3)] + [stranger])
    taps.take_postbacks([tap(world, "menu/my-cases?everyone.1", 20, NOW - dt.timedelta(days=40))])

    found = numbers.heat(menu, since=NOW - dt.timedelta(days=30), until=NOW + dt.timedelta(seconds=1))

    assert found == {Spot("everyone", 1, "my-cases"): Heat(taps=4, people=2)}
    assert numbers.people(menu, since=NOW - dt.timedelta(days=50), until=NOW + dt.timedelta(seconds=1)) == 2


def test_the_same_tap_is_answered_once(world: make.World, menu: Menu) -> None:
    assert len(answered(world, "menu/member-card?everyone.3", 5)) == 1
    assert answered(world, "menu/member-card?everyone.3", 5) == []
    assert OutboundMessage.objects.count() == 1


def test_an_unbound_customer_hears_how_to_get_somebody(world: make.World, menu: Menu) -> None:
    (said,) = answered(world, "menu/my-salesperson?everyone.1")

    assert said.author is None
    assert said.details["automatic"] == "menu"
    assert len(said.details["buttons"]) == 2
    assert "menu/nearest-store" in str(said.outbound.messages if said.outbound else "")


def test_a_bound_customer_hears_who_it_is_and_can_change_it(world: make.World, menu: Menu, kai: Staff) -> None:
    bind_by_staff(by=kai, member=world.member, to_staff=world.aoi, store=world.store)

    (said,) = answered(world, "menu/my-salesperson?everyone.1")

    assert "葵" in said.text
    assert "台北信義店" in said.text
    assert "'type': 'uri'" in str(said.outbound.messages if said.outbound else "")


def test_the_brand_is_asked_for_and_the_choice_goes_to_the_router(world: make.World, menu: Menu) -> None:
    (asked,) = answered(world, "menu/talk-to-us?everyone.1")
    (told,) = answered(world, "talk/lune", 2)

    conversation = Conversation.objects.get(pk=world.conversation.pk)
    assert asked.details["buttons"] == ["Lune", "森之光"]
    assert (conversation.brand, told.brand) == (world.other_brand, world.other_brand)
    assert conversation.attention_at is not None


def test_a_choice_does_not_change_the_voice_of_whoever_is_answering(world: make.World, menu: Menu) -> None:
    Conversation.objects.filter(pk=world.conversation.pk).update(holder=world.aoi)

    (told,) = answered(world, "talk/lune")

    assert Conversation.objects.get(pk=world.conversation.pk).brand == world.brand
    assert "Lune" in told.text


@pytest.mark.parametrize("key", ["my-cases", "my-devices", "member-card", "repair-request", "gone-long-ago"])
def test_nothing_is_a_dead_end(world: make.World, menu: Menu, key: str) -> None:
    (said,) = answered(world, f"menu/{key}?everyone.1")

    assert said.text


def test_a_button_of_data_for_another_program_is_counted_and_not_answered(
    world: make.World, kai: Staff, menu: Menu
) -> None:
    version = draft(kai, world.account)
    designing.save_cell(
        by=kai,
        version_id=version.pk,
        variant="everyone",
        tab=2,
        index=0,
        action="postback",
        labels={},
        icon="",
        value="buy=1",
    )
    go_live(version)

    taps.take_postbacks([tap(world, "buy=1")])

    assert [(row.key, row.tab_position) for row in Tap.objects.all()] == [("postback", 2)]
    assert not ProcrastinateJob.objects.filter(task_name="madoguchi.menus.tasks.answer_tap").exists()


def test_a_link_is_counted_and_leads_to_the_page(world: make.World, kai: Staff, menu: Menu, client: Client) -> None:
    version = draft(kai, world.account)
    cell = designing.save_cell(
        by=kai,
        version_id=version.pk,
        variant="everyone",
        tab=2,
        index=0,
        action="shop_link",
        labels={},
        icon="",
        value="https://shop.example.com/new?x=1",
    )
    go_live(version)
    address = links.address(links.Spot(world.account.pk, "everyone", 2, cell.key))
    path = address.partition("/m/")[2]

    answer = client.get(f"/m/{path}")

    assert (answer.status_code, answer["Location"]) == (302, "https://shop.example.com/new?x=1")
    assert Tap.objects.get().contact is None
    assert client.head(f"/m/{path}").status_code == 302
    assert client.get(f"/m/{path}x").status_code == 404
    assert Tap.objects.count() == 1


def test_a_tap_of_somebody_new_makes_them_a_customer_first(world: make.World, menu: Menu) -> None:
    stranger = make.line_user_id("stranger")

    handle([PostbackReceived(4, world.account.pk, stranger, NOW, data="menu/my-cases?everyone.1")])

    contact = Contact.objects.get(external_id=stranger)
    assert Tap.objects.get().contact == contact
    job = ProcrastinateJob.objects.get(task_name="madoguchi.menus.tasks.answer_tap")
    assert job.args["contact_id"] == contact.pk


def test_a_tap_alone_opens_nothing_and_nobody_waits(world: make.World, menu: Menu) -> None:
    close(conversation_id=world.conversation.pk, staff=world.mio, outcome=Exchange.Outcome.SOLVED)

    handle([tap(world, "menu/repair-request?everyone.1", at=timezone.now())])
    answered(world, "menu/repair-request?everyone.1")

    assert Conversation.objects.get(pk=world.conversation.pk).state == Conversation.State.CLOSED


def test_customers_who_begin_something_are_looked_at_again(world: make.World, menu: Menu) -> None:
    said = MessageReceived(
        6, world.account.pk, make.line_user_id("new"), NOW, provider_message_id="6", kind="text", text="您好"
    )

    handle([said])

    assert Recheck.objects.get().contact.external_id == said.external_id


def test_what_ends_is_looked_at_again(world: make.World, menu: Menu) -> None:
    close(conversation_id=world.conversation.pk, staff=world.mio, outcome=Exchange.Outcome.SOLVED)
    react("conversation.closed", {"conversation_id": world.conversation.pk})

    assert Recheck.objects.get().contact == world.contact
    assert ProcrastinateJob.objects.filter(task_name="madoguchi.menus.tasks.look_again").count() == 1
