"""The right pane."""

from madoguchi.conversations.queries import search
from madoguchi.members import profile
from madoguchi.members.models import Member, MemberNote, Tag
from madoguchi.organization.permissions import BuiltInRole, Permission
from tests import make
from tests.console.conftest import SignIn
from tests.console.page import read
from tests.make import World


def address(world: World, rest: str = "") -> str:
    return f"/conversations/{world.conversation.public_id}/customer{rest}"


def test_the_customer_is_shown_with_their_friendship(world: World, sign_in: SignIn) -> None:
    type(world.aoi).objects.update(locale="en")

    page = read(sign_in(world.aoi, htmx=True).get(address(world)).content)

    assert "陳美玲 · Friend" in page.text
    assert "In progress" in page.text


def test_name_and_phone_are_changed(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.aoi, htmx=True)

    wrong = client.post(address(world, "/details"), {"name": "陳小玲", "phone": "not a number"})
    kept = Member.objects.get(pk=world.member.pk)
    right = client.post(address(world, "/details"), {"name": "陳小玲", "phone": "0912 345 678"})

    member = Member.objects.get(pk=world.member.pk)
    assert (wrong.status_code, right.status_code) == (422, 200)
    assert (kept.display_name, kept.phone) == ("陳美玲", "")
    assert (member.display_name, member.phone) == ("陳小玲", "+886912345678")
    assert "0912 345 678" in read(right.content).text


def test_tags_and_notes(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.aoi, htmx=True)

    client.post(address(world, "/tags"), {"name": "VIP"})
    page = read(client.post(address(world, "/notes"), {"text": "對濾網很在意"}).content)
    tag = Tag.objects.get()
    after = read(client.post(address(world, f"/tags/{tag.pk}/removal")).content)

    assert "VIP" in page.text
    assert "對濾網很在意" in page.text
    assert "VIP" not in after.text


def test_who_may_only_read_changes_nothing(world: World, sign_in: SignIn) -> None:
    reader = make.staff("counter", role=BuiltInRole.COUNTER_STAFF, store=world.store)
    client = sign_in(reader, htmx=True)

    page = read(client.get(address(world)).content)
    answers = [
        client.post(address(world, "/details"), {"name": "X", "phone": ""}),
        client.post(address(world, "/tags"), {"name": "X"}),
        client.post(address(world, "/notes"), {"text": "X"}),
    ]

    assert [form.attributes["class"] for form in page.all("form")] == ["take-on"]
    assert {answer.status_code for answer in answers} == {403}
    assert Member.objects.get(pk=world.member.pk).display_name == "陳美玲"
    assert (Tag.objects.count(), MemberNote.objects.count()) == (0, 0)


def test_the_customer_is_hidden_out_of_reach(world: World, sign_in: SignIn) -> None:
    assert sign_in(world.aoi, htmx=True).get(address(world)).status_code == 200
    assert sign_in(world.ren, htmx=True).get(address(world)).status_code == 404


def test_who_may_not_read_people_learns_nothing_about_them(world: World, sign_in: SignIn) -> None:
    profile.set_phone(member_id=world.member.pk, staff=world.aoi, phone="0912 345 678")
    profile.add_tag(member_id=world.member.pk, staff=world.aoi, name="VIP")
    profile.add_note(member_id=world.member.pk, staff=world.aoi, text="對濾網很在意")
    reader = make.staff("reader", role=make.role(Permission.CONVERSATION_READ), store=world.store)

    page = read(sign_in(reader, htmx=True).get(address(world)).content).text

    assert [word for word in ("VIP", "對濾網很在意", "0912", world.contact.profile_name) if word in page] == []
    assert [row.pk for row in search(world.aoi, "345678").people] == [world.conversation.pk]
    assert search(reader, "345678").people == []
