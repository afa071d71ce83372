"""Writing at a thread: what arrives, what is refused, and that a refusal leaves nothing behind."""

import datetime as dt
import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from madoguchi.channels.models import OutboundMessage
from madoguchi.conversations.actions.take_over import take_over
from madoguchi.conversations.models import Message, QuickPhrase
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.console.conftest import SignIn
from tests.console.page import read
from tests.make import World
from tests.pictures import jpeg


def address(world: World, rest: str) -> str:
    return f"/conversations/{world.conversation.public_id}/{rest}"


def form(**fields: Any) -> dict[str, Any]:
    since = (timezone.now() - dt.timedelta(seconds=1)).isoformat()
    return {"client_key": str(uuid.uuid4()), "text": "", "since": since, "shown_brand": "", **fields}


def written() -> int:
    return Message.objects.exclude(direction="inbound").count() + OutboundMessage.objects.count()


def test_a_reply_comes_back_as_its_bubble(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.aoi, htmx=True).post(address(world, "messages"), form(text="六個月換一次"))

    page = read(answer.content)
    assert "六個月換一次" in next(bubble.one("div", class_="balloon").text for bubble in page.all("li", class_="out"))
    assert "written" in answer.headers["HX-Trigger"]
    assert OutboundMessage.objects.get().state == "queued"


def test_the_same_form_twice_is_one_message(world: World, sign_in: SignIn) -> None:
    client, fields = sign_in(world.aoi, htmx=True), form(text="一次就好")

    answers = [client.post(address(world, "messages"), fields) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert OutboundMessage.objects.count() == 1


def test_without_javascript_one_returns_to_the_thread(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.aoi).post(address(world, "messages"), form(text="您好"))

    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        f"/conversations/{world.conversation.public_id}",
    )


def test_pictures_go_with_the_text(world: World, sign_in: SignIn) -> None:
    files = [SimpleUploadedFile(f"{n}.jpg", jpeg(), content_type="image/jpeg") for n in range(2)]

    sign_in(world.aoi, htmx=True).post(address(world, "messages"), form(text="照片", files=files))

    assert [message.kind for message in Message.objects.filter(direction="outbound").order_by("client_part")] == [
        "text",
        "image",
        "image",
    ]


def test_what_cannot_be_sent_is_told_and_nothing_is_kept(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.aoi, htmx=True)
    broken = [
        form(text="   "),
        form(text="長" * 5_001),
        form(text="檔案", files=[SimpleUploadedFile("x.exe", b"MZ\x90\x00", content_type="image/png")]),
        form(text="您好", client_key="not-a-key"),
    ]

    answers = [client.post(address(world, "messages"), fields) for fields in broken]

    assert [answer.status_code for answer in answers] == [422] * 4
    assert all(read(answer.content).one(role="alert").one("p").text for answer in answers)
    assert "5,000" in answers[1].content.decode()
    assert written() == 0


def test_what_a_colleague_holds_is_refused_by_name(world: World, sign_in: SignIn) -> None:
    take_over(conversation_id=world.conversation.pk, staff=world.mio, expected_holder_id=None)
    before = written()

    refused = sign_in(world.aoi, htmx=True).post(address(world, "messages"), form(text="我來"))

    assert refused.status_code == 409
    assert "澪" in read(refused.content).one(role="alert").text
    assert written() == before


def test_out_of_reach_nothing_can_be_written(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.ren, htmx=True)

    answers = [client.post(address(world, rest), form(text="您好")) for rest in ("messages", "notes")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert written() == 0


def test_a_reader_may_not_answer(world: World, sign_in: SignIn) -> None:
    marketer = make.staff("reader", role=BuiltInRole.MARKETER)

    page = sign_in(marketer).get(f"/conversations/{world.conversation.public_id}")
    answer = sign_in(marketer, htmx=True).post(address(world, "messages"), form(text="您好"))

    assert read(page.content).one("div", id="composer-state").attributes["data-may-send"] == "no"
    assert answer.status_code == 403
    assert written() == 0


def test_a_note_mentions_who_is_still_in_its_text(world: World, sign_in: SignIn) -> None:
    mentioned = f"{world.ren.public_id} {world.mio.public_id}"

    answer = sign_in(world.aoi, htmx=True).post(
        address(world, "notes"), form(text="@蓮 請看 <b>濾網</b>", mentioned=mentioned)
    )

    note = read(answer.content).one("li", class_="note")
    assert note.one("span", class_="mention").text == "@蓮"
    assert note.all("b") == []
    assert [mention.staff for mention in Message.objects.get(direction="note").mentions.all()] == [world.ren]


def test_a_voice_that_does_not_exist_is_not_replaced_by_another(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.aoi, htmx=True).post(address(world, "messages"), form(text="您好", brand="nobodys"))

    assert answer.status_code == 422
    assert written() == 0


def test_a_name_within_an_address_or_another_name_breaks_neither(world: World, sign_in: SignIn) -> None:
    longer = make.staff("longer", name="蓮子")
    mentioned = f"{world.ren.public_id} {longer.public_id}"
    text = "@蓮子 看 https://shop.example/@蓮 和 @蓮"

    answer = sign_in(world.aoi, htmx=True).post(address(world, "notes"), form(text=text, mentioned=mentioned))

    note = read(answer.content).one("li", class_="note")
    assert note.one("span", class_="words").text == text
    assert [mention.text for mention in note.all("span", class_="mention")] == ["@蓮子", "@蓮", "@蓮"]
    assert note.one("a").attributes["href"] == "https://shop.example/"


def test_quick_phrases_come_filled_in(world: World, sign_in: SignIn) -> None:
    QuickPhrase.objects.create(title="問候", shortcut="hi", text="{customer} 您好，我是 {brand} {store} 的 {me}")
    QuickPhrase.objects.create(title="別的品牌", text="x", brand=world.other_brand)
    QuickPhrase.objects.create(title="別人的", text="x", owner=world.ren)

    page = read(sign_in(world.aoi, htmx=True).get(address(world, "phrases"), {"q": "hi"}).content)
    everything = read(sign_in(world.aoi, htmx=True).get(address(world, "phrases")).content)

    assert page.one(role="option").attributes["data-insert-text"] == "陳美玲 您好，我是 森之光 台北信義店 的 葵"
    assert [option.one("b").text for option in everything.all(role="option")] == ["問候"]


def test_colleagues_are_found_by_part_of_their_name(world: World, sign_in: SignIn) -> None:
    page = read(sign_in(world.aoi, htmx=True).get(address(world, "colleagues"), {"q": "蓮"}).content)

    assert [option.one("b").text for option in page.all(role="option")] == ["蓮"]
    assert "高雄左營店" in page.one(role="option").text


def test_a_refused_message_is_sent_again_or_given_up(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.aoi, htmx=True)
    client.post(address(world, "messages"), form(text="您好"))
    message = Message.objects.get(direction="outbound")
    OutboundMessage.objects.update(state="refused", refusal="quota")

    others = sign_in(world.ren, htmx=True).post(address(world, f"messages/{message.pk}/sending"), form())
    again = client.post(address(world, f"messages/{message.pk}/sending"), form())
    OutboundMessage.objects.filter(state="queued").update(state="unknown")
    client.post(address(world, f"messages/{message.pk}/giving-up"), form())

    assert (others.status_code, again.status_code) == (404, 200)
    assert sorted(OutboundMessage.objects.values_list("state", flat=True)) == ["discarded", "discarded"]
