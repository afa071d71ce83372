import datetime as dt
import uuid

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from madoguchi.conversations.actions.add_note import add_note
from madoguchi.conversations.models import Message
from madoguchi.conversations.queries import candidates as candidates_module
from madoguchi.conversations.queries import few, search
from madoguchi.conversations.queries.snippet import Piece, snippet
from madoguchi.conversations.terms import search_terms, week_mark, week_of
from madoguchi.kit.bigrams import words
from madoguchi.members import profile
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission
from tests import make
from tests.make import World


def found(staff: Staff, text: str) -> list[str]:
    return [hit.message.text for hit in search(make.fresh(staff), text).messages]


@pytest.fixture(params=["through threads", "back in time"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways must find the same; which one is taken depends only on how much a person sees."""
    if request.param == "back in time":
        monkeypatch.setattr(few, "FEW_CONVERSATIONS", -1)
    return str(request.param)


def test_two_characters_are_enough(world: World, way: str) -> None:
    assert found(world.aoi, "濾網") == ["請問濾網怎麼更換？"]
    assert found(world.mio, "濾網") == ["請問濾網怎麼更換？"]


@pytest.mark.parametrize("text", ["濾", "？", "濾 網"])
def test_one_character_says_that_it_is_too_short(world: World, text: str) -> None:
    result = search(world.aoi, text)

    assert (result.is_too_short, result.messages, result.people) == (True, [], [])


def test_nothing_asked_nothing_found(world: World) -> None:
    assert search(world.aoi, "  ").is_too_short is False


def test_width_case_and_forms_do_not_matter(world: World, way: str) -> None:
    for text in ("Ｖ１２　ｐｒｏ", "v12 PRO", "㍿", "ｶﾞﾗｽ"):
        make.inbound(make.conversation(world.account, store=world.store), f"我要{text}嗎")

    assert len(found(world.aoi, "V12")) == 2
    assert len(found(world.aoi, "v12 pro")) == 2
    assert len(found(world.aoi, "株式会社")) == 1
    assert len(found(world.aoi, "ガラス")) == 1


def test_all_words_and_each_unbroken(world: World, way: str) -> None:
    make.conversation(world.account, store=world.store, text="濾水器的網子")
    make.conversation(world.account, store=world.store, text="網怎麼更換濾網？")

    assert found(world.aoi, "濾網 更換") == ["網怎麼更換濾網？", "請問濾網怎麼更換？"]
    assert found(world.aoi, "濾網怎麼更換") == ["請問濾網怎麼更換？"]


def test_the_newest_of_each_conversation_newest_first_over_all_steps_of_time(world: World, way: str) -> None:
    now = timezone.now()
    for days in (1, 6, 20, 90, 300, 700, 4000):
        at = now - dt.timedelta(days=days)
        old = make.conversation(world.account, store=world.store, text=f"耳環 {days}", at=at)
        make.inbound(old, f"耳環 更早 {days}", at=at - dt.timedelta(hours=1))

    assert found(world.aoi, "耳環") == [f"耳環 {days}" for days in (1, 6, 20, 90, 300, 700, 4000)]


def test_a_clock_ahead_of_ours_hides_nothing(world: World, way: str) -> None:
    make.conversation(world.account, store=world.store, text="明天的耳環", at=timezone.now() + dt.timedelta(days=3))

    assert found(world.aoi, "耳環") == ["明天的耳環"]


def test_what_the_customer_took_back_is_not_found(world: World, way: str) -> None:
    Message.objects.update(unsent_at=timezone.now())

    assert found(world.aoi, "濾網") == []


def test_many_hits_in_one_conversation_do_not_hide_the_others(
    world: World, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates_module, "ROUND", 5)
    make.conversation(world.account, store=world.store, text="舊的耳環", at=timezone.now() - dt.timedelta(days=40))
    for number in range(8):
        make.inbound(world.conversation, f"耳環 {number}")

    assert found(world.aoi, "耳環") == ["耳環 7", "舊的耳環"]


def test_what_is_out_of_reach_is_not_found(world: World, way: str) -> None:
    make.conversation(world.account, store=world.other_store, brand=world.brand, text="高雄的濾網", name="林高雄")

    assert found(world.aoi, "濾網") == ["請問濾網怎麼更換？"]
    assert found(world.ren, "濾網") == ["高雄的濾網"]
    assert len(found(world.mio, "濾網")) == 2
    assert found(make.staff(role=None), "濾網") == []
    assert search(world.aoi, "林高雄").people == []


def test_who_was_mentioned_finds_the_thread(world: World, way: str) -> None:
    key = uuid.uuid4()
    add_note(conversation_id=world.conversation.pk, staff=world.aoi, client_key=key, text="@蓮", mentioned=[world.ren])

    assert found(world.ren, "濾網") == ["請問濾網怎麼更換？"]


def test_people_by_name(world: World) -> None:
    make.conversation(world.account, store=world.store, name="陳玲美")

    for text in ("美玲", "陳美", "陳美玲"):
        assert [row.member.display_name for row in search(world.aoi, text).people] == ["陳美玲"]


@pytest.mark.parametrize(
    "text", ["5678", "345 678", "0912345678", "0912-345-678", "+886 912 345 678", "８８６９１２３４５６７８"]
)
def test_people_by_telephone(world: World, text: str) -> None:
    profile.set_phone(member_id=world.member.pk, staff=world.aoi, phone="0912345678")

    assert [row.member for row in search(world.aoi, text).people] == [world.member]
    assert search(world.ren, text).people == []


def test_too_few_digits_are_no_telephone(world: World) -> None:
    profile.set_phone(member_id=world.member.pk, staff=world.aoi, phone="0912345678")

    assert search(world.aoi, "678").people == []


def test_the_number_of_statements_does_not_depend_on_what_is_found(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(50):
        make.conversation(world.account, store=world.store, brand=world.brand, text=f"耳環 {number}")

    for staff, statements in ((world.mio, 3), (world.aoi, 4)):
        staff.may(Permission.CONVERSATION_READ)  # postings are read once for each request
        with django_assert_max_num_queries(statements):
            result = search(staff, "耳環")
            assert len(result.messages) == 30
            for hit in result.messages:
                row = hit.message.conversation
                assert (row.member.display_name, row.store, row.brand) == ("王小明", world.store, world.brand)
                assert row.contact.account.default_brand.name


def test_the_week_is_a_term_that_no_text_yields() -> None:
    at = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
    mark = week_mark(week_of(at))

    assert search_terms("濾網", at) == ["濾網", mark]
    assert search_terms(mark * 3, at) is None
    assert search_terms("", at) is None
    assert week_of(at + dt.timedelta(days=7)) == week_of(at) + 1


def test_a_snippet_shows_the_hit_and_what_stands_around_it() -> None:
    text = "您好，" * 20 + "我想買濾網，謝謝" + "。" * 80

    pieces = snippet(text, words("濾網"))

    assert Piece("濾網", is_hit=True) in pieces
    assert pieces[0].text == "…"
    assert pieces[-1].text.endswith("…")
    assert len("".join(piece.text for piece in pieces)) <= 62


def test_a_snippet_marks_what_is_written_otherwise() -> None:
    assert snippet("我要Ｖ１２的㍿版ｶﾞﾗｽ", words("v12 会社 ガラス")) == [
        Piece("我要"),
        Piece("Ｖ１２", is_hit=True),
        Piece("的"),
        Piece("㍿", is_hit=True),
        Piece("版"),
        Piece("ｶﾞﾗｽ", is_hit=True),
    ]


def test_a_snippet_of_a_short_text_is_all_of_it_on_one_line() -> None:
    assert snippet("第一行\n第二行", ["沒有"]) == [Piece("第一行 第二行")]
