"""Who may enter, and how the others are told."""

import logging
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.console.conftest import SignIn
from tests.console.page import read
from tests.make import World


def _views(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _views(entry, route)
        else:
            yield route, entry


def test_every_view_says_who_may_enter() -> None:
    undeclared = [
        route
        for route, entry in _views(get_resolver())
        if (entry.callback.__module__ or "").startswith("madoguchi.console")
        and not hasattr(entry.callback, "declared_permissions")
    ]

    assert undeclared == []


def test_a_stranger_is_sent_to_the_sign_in_and_back(world: World) -> None:
    page = Client().get(f"/conversations/{world.conversation.public_id}?view=mine")
    fragment = Client(headers={"hx-request": "true", "hx-current-url": "http://testserver/inbox?view=all"}).get(
        "/inbox/rows"
    )

    assert (page.status_code, page.headers["Location"]) == (
        302,
        f"/sign-in?next=%2Fconversations%2F{world.conversation.public_id}%3Fview%3Dmine",
    )
    assert (fragment.status_code, fragment.headers["HX-Redirect"]) == (401, "/sign-in?next=%2Finbox%3Fview%3Dall")


def test_a_permission_that_is_missing_is_a_403_in_words(world: World, sign_in: SignIn) -> None:
    nobody = make.staff("nobody", role=None)

    allowed, denied = sign_in(world.aoi).get("/inbox"), sign_in(nobody).get("/inbox")
    toast = sign_in(nobody, htmx=True).get("/inbox/rows")

    assert (allowed.status_code, denied.status_code, toast.status_code) == (200, 403, 403)
    assert read(denied.content).one("h1").text
    assert read(toast.content).one(role="alert").text == read(denied.content).one("h1").text


def test_who_is_posted_nowhere_lands_on_their_own_page(world: World, sign_in: SignIn) -> None:
    newcomer = make.staff("newcomer", role=None)

    answer = sign_in(newcomer).get("/", follow=True)

    assert (answer.status_code, answer.request["PATH_INFO"]) == (200, "/me")
    assert sign_in(world.aoi).get("/").headers["Location"] == "/inbox"
    assert sign_in(world.aoi).get("/?app").headers["Location"] == "/today"
    assert sign_in(world.mio).get("/?app").headers["Location"] == "/inbox"


def test_the_support_admin_is_only_for_who_may_everywhere(world: World) -> None:
    there = make.staff("there", role=BuiltInRole.ADMINISTRATOR, store=world.store)
    everywhere = make.staff("everywhere", role=BuiltInRole.ADMINISTRATOR)

    assert (there.is_staff, everywhere.is_staff) == (False, True)


def test_what_is_out_of_reach_is_a_404_and_logged(
    world: World, sign_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    address = f"/conversations/{world.conversation.public_id}"

    with caplog.at_level(logging.WARNING):
        theirs, others = sign_in(world.aoi).get(address), sign_in(world.ren).get(address)

    assert (theirs.status_code, others.status_code) == (200, 404)
    assert world.conversation.member.display_name not in others.content.decode()
    assert "ren asked for conversation" in caplog.text


def test_signing_in_and_out(world: World) -> None:
    client = Client()

    wrong = client.post("/sign-in", {"username": "aoi", "password": "wrong"})
    right = client.post("/sign-in", {"username": "aoi", "password": make.PASSWORD, "next": "/inbox?view=all"})
    inside = client.get("/inbox")
    client.post("/sign-out")

    assert read(wrong.content).one("p", class_="problem").text
    assert right.headers["Location"] == "/inbox?view=all"
    assert inside.status_code == 200
    assert client.get("/inbox").status_code == 302


def test_sign_in_follows_no_address_that_leads_away(world: World) -> None:
    answer = Client().post(
        "/sign-in", {"username": "aoi", "password": make.PASSWORD, "next": "https://evil.example/inbox"}
    )

    assert answer.headers["Location"] == "/"


def test_many_wrong_passwords_lock_the_name_out(world: World) -> None:
    client = Client()

    answers = [client.post("/sign-in", {"username": "aoi", "password": f"wrong {n}"}).status_code for n in range(9)]
    after = client.post("/sign-in", {"username": "aoi", "password": make.PASSWORD})

    assert answers[0] == 200
    assert answers[-1] == 429
    assert after.status_code == 429


def test_the_security_policy_allows_no_inline_script_or_style(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.aoi).get(f"/conversations/{world.conversation.public_id}")
    page = read(answer.content)

    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert [script for script in page.all("script") if not script.attributes.get("src")] == []
    assert page.all("style") == []
    assert [element for element in page.all() if "style" in element.attributes] == []
    assert [element for element in page.all() if any(name.startswith("on") for name in element.attributes)] == []


def test_an_unknown_address_is_a_page_too(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.aoi).get("/nowhere")

    assert answer.status_code == 404
    assert read(answer.content).one("h1").text


@pytest.mark.parametrize(("locale", "heading"), [("zh-hant", "zh-hant"), ("ja", "ja"), ("en", "en")])
def test_a_page_speaks_its_readers_language(world: World, sign_in: SignIn, locale: str, heading: str) -> None:
    reader = make.staff("reader", role=BuiltInRole.MANAGER, locale=locale)

    answer = sign_in(reader).get("/inbox")

    assert read(answer.content).one("html").attributes["lang"] == heading
    assert answer.headers["Content-Language"] == heading


def test_theme_and_text_size_are_the_persons_own(world: World, sign_in: SignIn) -> None:
    world.aoi.theme, world.aoi.text_size = "dark", "large"
    world.aoi.save()

    html = read(sign_in(world.aoi).get("/inbox").content).one("html")

    assert (html.attributes["data-theme"], html.attributes["data-text"]) == ("dark", "large")
