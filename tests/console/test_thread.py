"""The middle pane, read only."""

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from madoguchi.channels.models import Contact, Media, OutboundMessage, ReplyToken
from madoguchi.conversations.actions.add_note import add_note
from madoguchi.conversations.actions.presence import announce_presence
from madoguchi.conversations.actions.send import send
from madoguchi.conversations.actions.take_over import take_over
from madoguchi.conversations.arrivals.thread import NOTICES
from madoguchi.conversations.models import Message, Presence
from tests import make
from tests.console.conftest import SignIn
from tests.console.page import Element, read
from tests.make import World

QUERIES_MAX = 12


def address(world: World, rest: str = "") -> str:
    return f"/conversations/{world.conversation.public_id}{rest}"


def bubbles(page: Element) -> list[str]:
    return [bubble.text for bubble in page.all("li", class_="bubble")]


def english(world: World) -> World:
    type(world.aoi).objects.update(locale="en")
    return world


def test_a_thread_shows_who_said_what(world: World, sign_in: SignIn) -> None:
    english(world)
    send(conversation_id=world.conversation.pk, staff=world.aoi, client_key=uuid.uuid4(), text="六個月換一次")
    add_note(conversation_id=world.conversation.pk, staff=world.aoi, client_key=uuid.uuid4(), text="老客人")

    page = read(sign_in(world.aoi).get(address(world)).content)

    inbound, out, note = page.all("li", class_="bubble")
    assert "請問濾網怎麼更換？" in inbound.text
    assert "in" in inbound.attributes["class"].split()
    assert "葵 · as 森之光" in out.text
    assert "On its way to LINE" in out.text
    assert "internal note" in note.text


def test_what_line_has_noticed_is_told_in_the_readers_language(world: World, sign_in: SignIn) -> None:
    type(world.aoi).objects.update(locale="ja")
    Message.objects.create(
        conversation=world.conversation,
        exchange=world.conversation.exchanges.get(),
        direction=Message.Direction.SYSTEM,
        kind=Message.Kind.EVENT,
        details={"event": "noticed", "what": NOTICES["account_linked"]},
        occurred_at=timezone.now(),
    )

    page = read(sign_in(world.aoi).get(address(world)).content)

    assert NOTICES["account_linked"] not in page.text
    with translation.override("ja"):
        assert translation.gettext(NOTICES["account_linked"]) in page.text


def test_neighbours_of_one_minute_and_author_stand_together(world: World, sign_in: SignIn) -> None:
    at = timezone.now().replace(second=10) - dt.timedelta(minutes=30)
    for seconds in (0, 5, 90):
        make.inbound(world.conversation, f"句子 {seconds}", at=at + dt.timedelta(seconds=seconds))

    page = read(sign_in(world.aoi).get(address(world)).content)

    joined = ["joined" in bubble.attributes["class"].split() for bubble in page.all("li", class_="bubble")][:3]
    assert joined == [False, True, False]


def test_each_day_is_announced_once(world: World, sign_in: SignIn) -> None:
    for days in (3, 3, 1):
        make.inbound(world.conversation, at=timezone.now() - dt.timedelta(days=days))

    page = read(sign_in(world.aoi).get(address(world)).content)

    assert len(page.all("li", class_="day")) == 3


def test_what_a_customer_took_back_is_not_shown(world: World, sign_in: SignIn) -> None:
    message = make.inbound(world.conversation, "我的密碼是 1234")
    Message.objects.filter(pk=message.pk).update(unsent_at=timezone.now())

    answer = sign_in(world.aoi).get(address(world))

    assert "1234" not in read(answer.content).one("li", id=f"m{message.pk}").text


def test_every_kind_has_a_bubble(world: World, sign_in: SignIn) -> None:
    media = {
        kind: Media.objects.create(
            account=world.account, thread=world.conversation.pk, kind=kind, state="stored", path="x", name=f"{kind}.bin"
        )
        for kind in ("image", "video", "audio", "file")
    }
    details: dict[str, Any] = {
        "sticker": {"keywords": ["謝謝"]},
        "location": {"title": "台北 101", "address": "信義路", "latitude": 25.03, "longitude": 121.56},
        "postback": {"data": "action=repair"},
    }
    made = {}
    for kind in Message.Kind.values:
        made[kind] = make.inbound(world.conversation, "")
        Message.objects.filter(pk=made[kind].pk).update(kind=kind, media=media.get(kind), details=details.get(kind, {}))

    page = read(sign_in(world.aoi).get(address(world)).content)

    def bubble(kind: str) -> Element:
        return page.one("li", id=f"m{made[kind].pk}")

    assert bubble("image").one("img").attributes["src"] == f"/media/{media['image'].public_id}/preview"
    assert bubble("video").one("video").attributes["src"] == f"/media/{media['video'].public_id}"
    assert len(bubble("audio").all("audio")) == 1
    assert "file.bin" in bubble("file").text
    assert "謝謝" in bubble("sticker").text
    assert "query=25.03,121.56" in bubble("location").one("a").attributes["href"]
    assert "action=repair" in bubble("postback").text
    assert bubble("other").text


def test_each_outcome_is_told_in_words(world: World, sign_in: SignIn) -> None:
    english(world)
    [message] = send(conversation_id=world.conversation.pk, staff=world.aoi, client_key=uuid.uuid4(), text="您好")
    client = sign_in(world.aoi)

    def shown(**state: Any) -> tuple[str, bool]:
        OutboundMessage.objects.update(**state)
        bubble = read(client.get(address(world)).content).one("li", id=f"m{message.pk}")
        return bubble.one("div", class_="state").text, "Send again" in bubble.text

    assert "Accepted by LINE · free reply" in shown(state="accepted", route="reply")[0]
    assert "Accepted by LINE · push, counts" in shown(state="accepted", route="push")[0]
    words, again = shown(state="refused", refusal="quota")
    assert ("The monthly message quota is used up" in words, again) == (True, True)
    words, again = shown(state="unknown", refusal="")
    assert ("it may have arrived or not" in words, again) == (True, True)


def test_changes_are_the_new_bubbles_and_the_state_around(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.aoi, htmx=True)
    before = (timezone.now() + dt.timedelta(seconds=6)).isoformat()  # more than the overlap

    nothing = read(client.get(address(world, "/changes"), {"since": before}).content)
    at = timezone.now() + dt.timedelta(seconds=8)
    make.inbound(world.conversation, "還在嗎", at=at)
    something = read(client.get(address(world, "/changes"), {"since": before}).content)

    assert bubbles(nothing) == []
    assert len(bubbles(something)) == 1
    assert "還在嗎" in bubbles(something)[0]
    assert something.one("header", id="thread-head").attributes["hx-swap-oob"] == "refresh"
    assert something.all("textarea") == []


def test_changes_need_a_time(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.aoi, htmx=True)

    assert client.get(address(world, "/changes"), {"since": "yesterday"}).status_code == 422
    assert client.get(address(world, "/changes"), {"since": timezone.now().isoformat()}).status_code == 200


def test_changes_are_refused_to_others(world: World, sign_in: SignIn) -> None:
    since = {"since": (timezone.now() - dt.timedelta(hours=1)).isoformat()}

    assert sign_in(world.aoi, htmx=True).get(address(world, "/changes"), since).status_code == 200
    assert sign_in(world.ren, htmx=True).get(address(world, "/changes"), since).status_code == 404


def test_earlier_messages_come_page_by_page(world: World, sign_in: SignIn) -> None:
    start = timezone.now() - dt.timedelta(days=2)
    for number in range(70):
        make.inbound(world.conversation, f"第 {number} 句", at=start + dt.timedelta(minutes=number))
    client = sign_in(world.aoi, htmx=True)

    page = read(client.get(address(world)).content)
    older = read(client.get(page.one("li", id="older").attributes["hx-get"]).content)

    assert (len(bubbles(page)), len(bubbles(older))) == (50, 21)
    assert "hx-get" not in older.one("li", id="older").attributes


def test_a_hit_of_the_search_is_shown_however_far_back(world: World, sign_in: SignIn) -> None:
    start = timezone.now() - dt.timedelta(days=2)
    found = make.inbound(world.conversation, "很久以前", at=start)
    for number in range(70):
        make.inbound(world.conversation, f"第 {number} 句", at=start + dt.timedelta(minutes=number + 1))

    page = read(sign_in(world.aoi, htmx=True).get(address(world, f"?at={found.pk}")).content)

    assert "很久以前" in page.one("li", id=f"m{found.pk}").text
    assert page.one("div", id="messages-scroll").attributes["data-found"] == f"m{found.pk}"


def test_an_answer_that_is_still_free_says_so(world: World, sign_in: SignIn) -> None:
    english(world)
    client = sign_in(world.aoi)

    without = read(client.get(address(world)).content).one("span", id="composer-cost")
    expires = timezone.now() + dt.timedelta(seconds=40)
    ReplyToken.objects.create(contact=world.contact, token="t", expires_at=expires)
    with_token = read(client.get(address(world)).content).one("span", id="composer-cost")

    assert without.text == "Push message"
    assert with_token.one("span", data_until=str(int(expires.timestamp()))).text == "Free reply"


def test_a_blocked_account_is_told_before_writing(world: World, sign_in: SignIn) -> None:
    english(world)
    Contact.objects.update(friendship=Contact.Friendship.BLOCKED)

    page = read(sign_in(world.aoi).get(address(world)).content)

    assert "nothing we send arrives" in page.one("div", id="thread-notes").text


def test_a_colleague_at_the_same_thread_is_shown(world: World, sign_in: SignIn) -> None:
    english(world)
    announce_presence(conversation_id=world.conversation.pk, staff=world.mio, doing=Presence.Doing.ANSWERING)

    since = {"since": timezone.now().isoformat()}
    page = read(sign_in(world.aoi, htmx=True).get(address(world, "/changes"), since).content)

    assert "澪 is writing an answer right now" in page.one("div", id="present").text


def test_what_a_colleague_holds_cannot_be_answered(world: World, sign_in: SignIn) -> None:
    take_over(conversation_id=world.conversation.pk, staff=world.mio, expected_holder_id=None)

    mine = read(sign_in(world.mio).get(address(world)).content).one("div", id="composer-state")
    other = read(sign_in(world.aoi).get(address(world)).content).one("div", id="composer-state")

    assert (mine.attributes["data-may-send"], other.attributes["data-may-send"]) == ("yes", "no")
    assert "澪" in other.text


def test_a_number_of_queries_that_does_not_grow(
    world: World, sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    send(conversation_id=world.conversation.pk, staff=world.aoi, client_key=uuid.uuid4(), text="您好")
    for number in range(20):
        make.inbound(world.conversation, f"第 {number} 句")
        add_note(conversation_id=world.conversation.pk, staff=world.aoi, client_key=uuid.uuid4(), text=f"註 {number}")
    fragment, since = sign_in(world.aoi, htmx=True), {"since": (timezone.now() - dt.timedelta(hours=1)).isoformat()}

    whole_page = sign_in(world.aoi)
    with django_assert_max_num_queries(QUERIES_MAX):
        whole_page.get(address(world))
    with django_assert_max_num_queries(QUERIES_MAX):
        fragment.get(address(world))
    with django_assert_max_num_queries(QUERIES_MAX):
        fragment.get(address(world, "/changes"), since)
    with django_assert_max_num_queries(QUERIES_MAX):
        fragment.get(address(world, "/customer"))


def test_whoever_looks_after_the_customer_finds_the_thread_where_others_answer_and_writes_a_note(
    world: World, sign_in: SignIn
) -> None:
    english(world)
    world.conversation.store, world.conversation.department = None, world.department
    world.conversation.save()
    client = sign_in(world.ren)
    assert client.get(address(world)).status_code == 404

    make.binding(world.member, world.ren, store=world.other_store)
    mine = read(client.get("/bindings/mine").content).one("div", id="my-customers")
    page = read(client.get(address(world)).content)
    note = {"client_key": str(uuid.uuid4()), "text": "她上週買了淨水器", "since": "", "shown_brand": ""}

    assert mine.one("a", class_="listing-row").attributes["href"] == address(world)
    assert "You may read this and write notes, but not answer here." in page.text
    assert client.post(address(world, "/messages"), note).status_code == 403
    assert client.post(address(world, "/notes"), note).status_code == 302
    assert list(Message.objects.filter(author=world.ren).values_list("direction", flat=True)) == ["note"]
