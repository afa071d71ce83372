import uuid
from collections.abc import Callable
from typing import Any

import pytest

from madoguchi.conversations.actions.add_note import add_note as add_thread_note
from madoguchi.kit.bigrams import bigrams
from madoguchi.kit.errors import MadoguchiError, NotAllowed, NotFound
from madoguchi.members import profile
from madoguchi.members.errors import BadPhone, NameMissing, NoteMissing, TagMissing, TextTooLong
from madoguchi.members.models import Member, MemberNote, Tag
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.make import World


def test_a_name_that_staff_wrote_is_kept_and_found(world: World) -> None:
    member = profile.rename(member_id=world.member.pk, staff=world.aoi, name=" 陳美玲（信義） ")

    assert (member.display_name, member.is_name_confirmed) == ("陳美玲（信義）", True)
    assert set(bigrams("陳美玲 信義")) <= set(member.search)


@pytest.mark.parametrize("written", ["0912 345 678", "+886912345678", "０９１２－３４５－６７８"])
def test_a_telephone_is_kept_in_one_form_and_found_by_its_end(world: World, written: str) -> None:
    member = profile.set_phone(member_id=world.member.pk, staff=world.aoi, phone=written)

    assert member.phone == "+886912345678"
    assert list(Member.objects.with_phone_ending("5678")) == [member]
    assert list(Member.objects.with_phone_ending("1234")) == []


def test_a_telephone_can_be_taken_away(world: World) -> None:
    profile.set_phone(member_id=world.member.pk, staff=world.aoi, phone="0912345678")

    member = profile.set_phone(member_id=world.member.pk, staff=world.aoi, phone=" ")

    assert member.phone == ""
    assert not Member.objects.with_phone_ending("5678").exists()


def test_tags_are_shared_words(world: World) -> None:
    first = profile.add_tag(member_id=world.member.pk, staff=world.aoi, name="VIP")
    assert profile.add_tag(member_id=world.member.pk, staff=world.mio, name=" VIP ") == first
    assert [tag.name for tag in world.member.tags.all()] == ["VIP"]

    profile.remove_tag(member_id=world.member.pk, staff=world.mio, tag_id=first.pk)
    assert not world.member.tags.exists()
    assert Tag.objects.exists()


def test_a_note_has_its_author(world: World) -> None:
    note = profile.add_note(member_id=world.member.pk, staff=world.aoi, text="喜歡無香味的")

    assert (note.author, note.text) == (world.aoi, "喜歡無香味的")


def test_nonsense_is_refused_with_a_sentence(world: World) -> None:
    who: Any = {"member_id": world.member.pk, "staff": world.aoi}
    attempts: list[tuple[type[MadoguchiError], Callable[[], object]]] = [
        (NameMissing, lambda: profile.rename(name=" ", **who)),
        (TextTooLong, lambda: profile.rename(name="長" * 101, **who)),
        (BadPhone, lambda: profile.set_phone(phone="call me", **who)),
        (BadPhone, lambda: profile.set_phone(phone="12", **who)),
        (TagMissing, lambda: profile.add_tag(name=" ", **who)),
        (TextTooLong, lambda: profile.add_tag(name="長" * 31, **who)),
        (NoteMissing, lambda: profile.add_note(text="\n", **who)),
        (TextTooLong, lambda: profile.add_note(text="長" * 2001, **who)),
    ]
    before = Member.objects.values().get(pk=world.member.pk)

    for error, attempt in attempts:
        with pytest.raises(error):
            attempt()

    assert Member.objects.values().get(pk=world.member.pk) == before
    assert not Tag.objects.exists()
    assert not MemberNote.objects.exists()


def test_people_out_of_reach_do_not_exist(world: World, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(NotFound):
        profile.rename(member_id=world.member.pk, staff=world.ren, name="別人")

    world.member.refresh_from_db()
    assert world.member.display_name == "陳美玲"
    assert [record.name for record in caplog.records] == ["madoguchi.access"]


def test_who_may_read_need_not_be_allowed_to_change(world: World) -> None:
    counter = make.staff(role=BuiltInRole.COUNTER_STAFF, store=world.store)
    add_thread_note(
        conversation_id=world.conversation.pk,
        staff=world.aoi,
        client_key=uuid.uuid4(),
        text="@蓮",
        mentioned=[world.ren],
    )

    for staff in (counter, world.ren):
        assert list(Member.objects.visible_to(staff)) == [world.member]
        with pytest.raises(NotAllowed):
            profile.add_tag(member_id=world.member.pk, staff=staff, name="VIP")
    assert not Tag.objects.exists()
