"""The sandbox and the database tell the same story, and loading again changes nothing."""

from __future__ import annotations

import datetime as dt

import pytest

from madoguchi.channels.models import Account, Contact
from madoguchi.conversations.models import Conversation, Message
from madoguchi.members.models import Member
from madoguchi.menus import numbers
from madoguchi.menus.models import Cell, Menu, Publication
from madoguchi.organization.models import Brand
from madoguchi.sandbox.scenario import DemoInfo, load
from madoguchi.sandbox.scenario.menus import BRANDS
from madoguchi.sandbox.scenario.phones import NEWCOMER, PHONES
from tests.sandbox.scenario.conftest import MEMBERS, NOW, Demo

pytestmark = pytest.mark.django_db


def test_a_phone_shows_what_the_console_shows(demo: Demo) -> None:
    for spec in PHONES:
        member = Member.objects.get(display_name=spec.name.full.replace(" ", ""))
        conversation = Conversation.objects.select_related("contact__account").get(member=member)
        channel = conversation.contact.account.channel_id
        chat = demo.sandbox.call("GET", f"/sandbox/people/{spec.person_id}/channels/{channel}/chat")

        said = conversation.messages.filter(direction__in=["inbound", "outbound"]).order_by("occurred_at", "pk")
        ours = [(_provider_id(message), message.text) for message in said.select_related("outbound")]
        assert [(shown["id"], shown.get("text", "")) for shown in chat["messages"]] == ours
        assert [shown["at"] for shown in chat["messages"]] == [
            int(message.occurred_at.timestamp() * 1000) for message in said
        ]
        assert all(shown["sender"]["name"] for shown in chat["messages"] if shown["direction"] == "out")


def test_the_newcomer_is_nobodys_friend_yet(demo: Demo) -> None:
    assert demo.info.phones[-1] == NEWCOMER[0]
    assert demo.sandbox.call("GET", f"/sandbox/people/{NEWCOMER[0]}/chats") == []


def test_everybody_is_there_with_the_same_user_id_and_friendship(demo: Demo) -> None:
    people = demo.sandbox.call("GET", "/sandbox/world")["people"]
    assert len(people) == MEMBERS + 1
    ids = {user_id for person in people for user_id in person["userIds"].values()}
    assert set(Contact.objects.values_list("external_id", flat=True)) <= ids
    blocked = Contact.objects.filter(friendship="blocked").select_related("account").first()
    assert blocked
    person = next(each for each in people if blocked.external_id in each["userIds"].values())
    chats = demo.sandbox.call("GET", f"/sandbox/people/{person['personId']}/chats")
    assert [chat["friendship"]["state"] for chat in chats] == ["blocked"]


def test_the_channels_call_the_console(demo: Demo) -> None:
    for account in Account.objects.all():
        channel = demo.sandbox.call("GET", f"/sandbox/channels/{account.channel_id}")
        assert channel["webhookUrl"] == f"http://localhost:8000/hooks/line/{account.public_id}"
        assert channel["webhookActive"]
        assert (channel["secret"], channel["accessToken"]) == (account.channel_secret, account.access_token)
        assert account.api_base == account.data_base == demo.sandbox.url


def test_the_menus_wait_for_the_worker_to_publish_them(demo: Demo) -> None:
    taiwan = Menu.objects.get(account__market__code="tw")
    version = taiwan.versions.get()

    assert [variant.name for variant in version.variants.order_by("position")][:5] == [
        Brand.objects.get(code=code).name for code in BRANDS
    ]
    assert list(Publication.objects.values_list("state", flat=True)) == [Publication.State.RUNNING] * 2


def test_thumbs_were_on_every_menu_and_each_of_its_tabs(demo: Demo) -> None:
    for menu in Menu.objects.all():
        month = {"since": NOW - dt.timedelta(days=31), "until": NOW}
        shown = {(cell.tab.position, cell.key) for cell in Cell.objects.filter(tab__variant__version__menu=menu)}

        tapped = numbers.heat(menu, **month)
        turned = numbers.turns(menu, **month)

        assert {(spot.tab, spot.key) for spot in tapped} <= shown
        assert {way.to_tab for way in turned} == {1, 2, 3}
        assert numbers.people(menu, **month) > 0


def test_loading_again_changes_nothing(demo: Demo) -> None:
    before = Message.objects.count()

    again = load(sandbox_url=demo.sandbox.url, console_url="http://localhost:8000", password="another")

    assert again == demo.info == DemoInfo.read()
    assert Message.objects.count() == before


def _provider_id(message: Message) -> str:
    if message.outbound is None:
        return message.provider_message_id or ""
    sent: str = message.outbound.sent_messages[message.client_part]["id"]
    return sent
