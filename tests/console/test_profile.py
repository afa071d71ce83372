"""One's own page, and the language before one has signed in."""

import pytest
from django.test import Client

from madoguchi.organization.models import Staff
from tests import make
from tests.console.conftest import SignIn
from tests.console.page import read
from tests.make import World

SETTINGS = {"display_name": "あおい", "locale": "ja", "theme": "dark", "text_size": "large"}


def test_a_person_sets_their_name_language_and_looks(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.aoi)

    answer = client.post("/me", SETTINGS)

    world.aoi.refresh_from_db()
    assert answer.status_code == 302
    assert {name: getattr(world.aoi, name) for name in SETTINGS} == SETTINGS
    assert read(client.get("/me").content).one("html").attributes["lang"] == "ja"


@pytest.mark.parametrize("wrong", [{"locale": "fr"}, {"theme": "pink"}, {"text_size": "huge"}, {"display_name": " "}])
def test_what_there_is_not_changes_nothing(world: World, sign_in: SignIn, wrong: dict[str, str]) -> None:
    answer = sign_in(world.aoi).post("/me", SETTINGS | wrong)

    assert answer.status_code == 422
    assert make.fresh(world.aoi).display_name == world.aoi.display_name
    assert make.fresh(world.aoi).locale == "zh-hant"


def test_changing_the_password_needs_the_present_one_and_keeps_only_this_session(world: World, sign_in: SignIn) -> None:
    here, elsewhere = sign_in(world.aoi), sign_in(world.aoi)
    new = "another long sentence"

    refused = here.post("/me/password", {"present": "wrong", "new": new})
    assert refused.status_code == 422
    assert make.fresh(world.aoi).check_password(make.PASSWORD)
    assert f'value="{world.aoi.display_name}"' in refused.text, "the settings above still show what is kept"

    here.post("/me/password", {"present": make.PASSWORD, "new": new})
    assert make.fresh(world.aoi).check_password(new)
    assert here.get("/me").status_code == 200
    assert elsewhere.get("/me").status_code == 302


def test_the_page_shows_where_one_works_today(world: World, sign_in: SignIn) -> None:
    page = sign_in(world.aoi).get("/me").content.decode()

    assert world.store.name in page
    assert world.other_store.name not in page


def test_somebody_without_a_posting_has_the_page_too(world: World, sign_in: SignIn) -> None:
    assert sign_in(make.staff(role=None)).get("/me").status_code == 200


def test_a_stranger_has_no_page(world: World) -> None:
    before = Staff.objects.get(pk=world.aoi.pk).display_name

    assert Client().get("/me").status_code == 302
    assert Client().post("/me", SETTINGS).status_code == 302
    assert make.fresh(world.aoi).display_name == before


def test_the_language_before_signing_in_comes_from_the_browser_and_can_be_chosen(db: None) -> None:
    client = Client(headers={"accept-language": "ja,en;q=0.5"})
    assert read(client.get("/sign-in").content).one("html").attributes["lang"] == "ja"

    client.post("/language", {"language": "en", "next": "/sign-in?next=/inbox"})

    page = read(client.get("/sign-in").content)
    assert page.one("html").attributes["lang"] == "en"
    assert page.one("button", aria_current="true").text == "English"
