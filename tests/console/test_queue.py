"""The left pane."""

import datetime as dt

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from madoguchi.channels.models import OutboundMessage
from madoguchi.conversations.actions.take_over import take_over
from madoguchi.organization.models import Staff
from tests import make
from tests.channels.sending import write
from tests.console.conftest import SignIn
from tests.console.page import Element, read
from tests.make import World

QUERIES_MAX = 12


def names(page: Element) -> list[str]:
    return [row.one("b").text for row in page.all("span", class_="row-who")]


def test_a_person_sees_the_conversations_of_their_places_only(world: World, sign_in: SignIn) -> None:
    make.conversation(world.account, name="左營客人", store=world.other_store)

    aoi = read(sign_in(world.aoi).get("/inbox?view=all").content)
    mio = read(sign_in(world.mio).get("/inbox?view=all").content)

    assert names(aoi) == ["陳美玲"]
    assert sorted(names(mio)) == sorted(["陳美玲", "左營客人"])


def test_counts_stand_at_the_views(world: World, sign_in: SignIn) -> None:
    take_over(conversation_id=world.conversation.pk, staff=world.aoi, expected_holder_id=None)
    make.conversation(world.account, store=world.store)

    page = read(sign_in(world.aoi).get("/inbox").content)

    counts = {view: page.one("a", id=f"view-{view}").all("b") for view in ("mine", "unassigned", "all")}
    assert {view: [b.text for b in found] for view, found in counts.items()} == {
        "mine": ["1"],
        "unassigned": ["1"],
        "all": ["2"],
    }


def test_waiting_time_is_told_in_words_and_urgency(world: World, sign_in: SignIn) -> None:
    now = timezone.now()
    make.conversation(world.account, name="A", store=world.store, at=now - dt.timedelta(minutes=4))
    make.conversation(world.account, name="B", store=world.store, at=now - dt.timedelta(hours=2))
    world.aoi.locale = "en"
    world.aoi.save()

    page = read(sign_in(world.aoi).get("/inbox?view=waiting").content)

    times = [(time.text, time.attributes["data-urgency"]) for time in page.all("time", class_="row-wait")]
    assert times == [("waits 2 h", "late"), ("waits 4 min", "soon"), ("just now", "")]


def test_the_longest_waiting_comes_first_in_its_view(world: World, sign_in: SignIn) -> None:
    make.conversation(world.account, name="先來", store=world.store, at=timezone.now() - dt.timedelta(hours=1))

    assert names(read(sign_in(world.aoi).get("/inbox?view=waiting").content)) == ["先來", "陳美玲"]
    assert names(read(sign_in(world.aoi).get("/inbox?view=all").content)) == ["陳美玲", "先來"]


@pytest.mark.parametrize("query", ["濾網", "美玲", "ﾐ玲", "陳美玲"])
def test_search_finds_names_and_words_and_marks_them(world: World, sign_in: SignIn, query: str) -> None:
    page = read(sign_in(world.aoi, htmx=True).get("/inbox/rows", {"q": query}).content)

    if query == "ﾐ玲":
        assert names(page) == []
    else:
        assert names(page)
        assert {mark.text for mark in page.all("mark")} == {query}


def test_a_search_shows_nothing_out_of_reach(world: World, sign_in: SignIn) -> None:
    found = sign_in(world.aoi, htmx=True).get("/inbox/rows", {"q": "濾網"})
    hidden = sign_in(world.ren, htmx=True).get("/inbox/rows", {"q": "濾網"})

    assert names(read(found.content)) == ["陳美玲"]
    assert names(read(hidden.content)) == []


def test_what_customers_write_is_never_markup(world: World, sign_in: SignIn) -> None:
    make.inbound(world.conversation, "<img src=x onerror=alert(1)> 濾網")
    client = sign_in(world.aoi)

    pages = [
        client.get("/inbox?view=all"),
        client.get("/inbox?q=濾網"),
        client.get(f"/conversations/{world.conversation.public_id}"),
    ]

    for answer in pages:
        assert [image for image in read(answer.content).all("img") if image.attributes.get("src") == "x"] == []
        assert "alert(1)&gt;" in answer.content.decode()


def test_the_end_of_a_page_leads_to_the_next(world: World, sign_in: SignIn) -> None:
    now = timezone.now()
    for number in range(45):
        make.conversation(world.account, name=f"客{number}", store=world.store, at=now - dt.timedelta(hours=number + 1))
    client = sign_in(world.aoi, htmx=True)

    first = read(client.get("/inbox/rows?view=all").content)
    second = read(client.get(first.one("li", id="more-rows").attributes["hx-get"]).content)

    assert len(names(first)) == 40
    assert len(names(second)) == 6
    assert not set(names(first)) & set(names(second))
    assert second.all("li", id="more-rows") == []


def test_a_refresh_keeps_as_many_rows_as_are_shown(world: World, sign_in: SignIn) -> None:
    for number in range(60):
        make.conversation(world.account, name=f"客{number}", store=world.store)

    page = read(sign_in(world.aoi, htmx=True).get("/inbox/rows?view=all&shown=61").content)

    assert len(names(page)) == 61


def test_a_number_of_queries_that_does_not_grow(
    world: World, sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        make.conversation(world.account, name=f"客{number}", store=world.store, brand=world.brand)
    client = sign_in(world.aoi)

    for address in ("/inbox", "/inbox?view=all", "/inbox?q=濾網", "/inbox/rows?view=all"):
        with django_assert_max_num_queries(QUERIES_MAX):
            client.get(address)


def test_an_answer_that_was_not_sent_is_told_in_words_at_its_row_and_above_the_queue(
    world: World, sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    outbound = write(world.conversation, world.aoi)
    OutboundMessage.objects.filter(pk=outbound.pk).update(state="refused", settled_at=timezone.now())
    Staff.objects.update(locale="en")
    browser = sign_in(world.aoi)

    with django_assert_max_num_queries(QUERIES_MAX):
        page = read(browser.get("/inbox").content)
    refreshed = read(sign_in(world.aoi, htmx=True).get("/inbox/rows").content)
    elsewhere = read(sign_in(world.ren).get("/inbox").content)

    for pane in (page, refreshed):
        assert pane.one("b", class_="row-unsent").text == "Not sent"
        bar = pane.one("a", id="unsent-bar")
        assert bar.text == "In 1 conversation an answer may not have arrived"
        assert "hidden" not in bar.attributes
    assert names(read(sign_in(world.aoi).get(bar.attributes["href"]).content)) == ["陳美玲"]
    assert "hidden" in elsewhere.one("a", id="unsent-bar").attributes


def test_an_answer_that_may_be_lost_is_told_as_such(world: World, sign_in: SignIn) -> None:
    outbound = write(world.conversation, world.aoi)
    OutboundMessage.objects.filter(pk=outbound.pk).update(state="unknown", settled_at=timezone.now())
    Staff.objects.update(locale="en")

    page = read(sign_in(world.aoi).get("/inbox?view=unsent").content)

    assert page.one("b", class_="row-unsent").text == "Outcome unknown"
