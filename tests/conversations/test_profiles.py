import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from madoguchi.conversations import tasks
from madoguchi.conversations.actions.open_thread import open_thread
from madoguchi.conversations.actions.presence import announce_presence
from madoguchi.conversations.models import Message, Presence
from madoguchi.members.models import Member
from madoguchi.sandbox.line.identifiers import sealed
from tests.line_sandbox import LineSandbox
from tests.make import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(world: World, sandbox: LineSandbox) -> str:
    sandbox.open_for(world.account)
    person = sandbox.befriend(world.contact)
    sandbox.call(
        "POST",
        "/sandbox/people",
        {
            "personId": person,
            "name": "王小明🌸",
            "language": "ja",
            "pictureUrl": "https://p.example/1",
            "statusMessage": "忙",
        },
    )
    return person


def fetch(world: World) -> None:
    tasks.fetch_profiles(world.account.pk, [world.contact.pk])
    world.contact.refresh_from_db()
    world.member.refresh_from_db()


def test_a_profile_names_the_contact_and_the_member(world: World, customer: str) -> None:
    fetch(world)

    assert (world.contact.profile_name, world.contact.language) == ("王小明🌸", "ja")
    assert world.contact.profile_at is not None
    assert (world.member.display_name, world.member.picture_url) == ("王小明🌸", "https://p.example/1")
    assert "小明" in world.member.search


def test_a_name_that_staff_wrote_stays(world: World, customer: str) -> None:
    Member.objects.update(display_name="陳美玲（VIP）", is_name_confirmed=True)

    fetch(world)

    assert world.member.display_name == "陳美玲（VIP）"
    assert world.contact.profile_name == "王小明🌸"


def test_of_somebody_who_blocks_us_we_keep_what_we_knew(world: World, sandbox: LineSandbox, customer: str) -> None:
    fetch(world)
    sandbox.call("POST", f"/sandbox/people/{customer}/channels/{world.account.channel_id}/block", {"quiet": True})

    fetch(world)

    assert world.member.display_name == "王小明🌸"
    assert not ProcrastinateJob.objects.exists()


def test_while_line_is_silent_it_is_asked_again_later(world: World, sandbox: LineSandbox, customer: str) -> None:
    sandbox.fail("500", path="*")

    fetch(world)

    assert world.member.display_name == "陳美玲"
    [job] = ProcrastinateJob.objects.all()
    assert job.args == {"account_id": world.account.pk, "contact_ids": [world.contact.pk], "attempt": 2}


def test_opening_a_thread_tells_the_customer_that_it_was_read(
    world: World, sandbox: LineSandbox, customer: str
) -> None:
    chat = f"/sandbox/people/{customer}/channels/{world.account.channel_id}"
    written = sandbox.call("POST", f"{chat}/messages", {"type": "text", "text": "在嗎"})["message"]
    token = sealed("read", world.account.channel_secret, written["id"])  # as the webhook tells it
    Message.objects.update(details={"read_token": token})
    open_thread(conversation_id=world.conversation.pk, staff=world.aoi)
    [job] = ProcrastinateJob.objects.all()

    tasks.mark_as_read(**job.args)

    assert [request for request in sandbox.requests() if request[0] == "markAsRead"] == [("markAsRead", 200)]


def test_writing_an_answer_shows_on_the_customers_phone(world: World, sandbox: LineSandbox, customer: str) -> None:
    for _ in range(3):  # the page says so again and again
        announce_presence(conversation_id=world.conversation.pk, staff=world.aoi, doing=Presence.Doing.ANSWERING)
    [job] = ProcrastinateJob.objects.all()

    tasks.show_writing(**job.args)

    chat = sandbox.call("GET", f"/sandbox/people/{customer}/channels/{world.account.channel_id}/chat")
    assert chat["loadingUntil"]


def test_a_read_token_that_line_does_not_know_disturbs_nobody(
    world: World, sandbox: LineSandbox, customer: str
) -> None:
    Message.objects.update(details={"read_token": "nonsense"})

    tasks.mark_as_read(world.conversation.pk)

    assert sandbox.requests()[-1] == ("markAsRead", 400)
