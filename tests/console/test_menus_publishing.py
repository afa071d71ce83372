"""Publishing a menu from the console, and where customers tap, against a LINE of our own."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.utils import timezone

from madoguchi.menus import drafts
from madoguchi.menus.models import Menu, Publication, Tap, Turn, Version
from madoguchi.menus.publish.run import run
from madoguchi.menus.tasks import repair_menus
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import BuiltInRole, Permission
from tests import make
from tests.console.conftest import SignIn
from tests.console.page import Element, read
from tests.line_sandbox import LineSandbox, line_sandbox
from tests.make import World
from tests.menus import at_line


@pytest.fixture
def line(world: World) -> Iterator[LineSandbox]:
    """A LINE of which the world's account is a channel."""
    with line_sandbox() as sandbox:
        sandbox.open_for(world.account)
        yield sandbox


@pytest.fixture
def nana(world: World) -> Staff:
    """A marketer."""
    return make.staff("nana", role=BuiltInRole.MARKETER, locale="en")


@pytest.fixture
def draft(world: World, nana: Staff) -> Version:
    return drafts.begin(by=nana, account=world.account)


@pytest.fixture
def base(world: World) -> str:
    return f"/menus/{world.account.public_id}"


def test_first_the_plan_then_the_run_then_the_numbers(
    world: World, line: LineSandbox, nana: Staff, draft: Version, base: str, sign_in: SignIn
) -> None:
    client = sign_in(nana)

    plan = read(client.get(f"{base}/1/publication").content)
    assert _figure(plan, "Menus made at LINE") == "3"
    assert "LINE lets us make 100 more menus in this hour" in plan.text
    assert not Publication.objects.exists()

    begun = client.post(f"{base}/1/publication")
    running = read(client.get(begun["Location"]).content)
    assert "It is being published" in running.text
    assert running.one("section", id="run").attributes["hx-get"] == begun["Location"]

    run(Publication.objects.get().pk)
    done = read(client.get(begun["Location"], headers={"hx-request": "true"}).content)
    assert "Customers see it now" in done.text
    assert "hx-get" not in done.one("section", id="run").attributes
    assert "Version 1, published" in read(client.get("/menus").content).text
    assert "What customers see" in read(client.get(f"{base}/versions").content).text


def test_what_is_missing_stands_before_the_plan(nana: Staff, draft: Version, base: str, sign_in: SignIn) -> None:
    Version.objects.update(locales=["zh-hant", "ja"])
    client = sign_in(nana)

    plan = read(client.get(f"{base}/1/publication").content)
    refused = client.post(f"{base}/1/publication")

    assert "First to be completed" in plan.text
    assert plan.all("button", class_="primary") == []
    assert refused.status_code == 422
    assert not Publication.objects.exists()


def test_who_only_designs_does_not_publish(world: World, draft: Version, base: str, sign_in: SignIn) -> None:
    designer = make.staff("designer", role=make.role(Permission.MENU_READ, Permission.MENU_EDIT), locale="en")
    client = sign_in(designer)

    assert "Publish" not in read(client.get(f"{base}/1").content).one("header", id="menu-head").text
    assert client.post(f"{base}/1/publication").status_code == 403
    assert client.post(f"{base}/return").status_code == 403
    assert not Publication.objects.exists()


def test_what_line_refuses_is_told_with_a_way_on(
    world: World, line: LineSandbox, nana: Staff, draft: Version, base: str, sign_in: SignIn
) -> None:
    client = sign_in(nana)
    world.account.access_token = "wrong"
    world.account.save()
    begun = client.post(f"{base}/1/publication")
    run(Publication.objects.get().pk)

    stopped = read(client.get(begun["Location"]).content)
    assert "It stopped" in stopped.text
    assert stopped.one("p", role="alert").text
    assert "Try again now" in stopped.text

    assert client.post(f"{begun['Location']}/resumption").status_code == 302
    assert Publication.objects.get().state == Publication.State.RUNNING
    run(Publication.objects.get().pk)
    assert client.post(f"{begun['Location']}/end").status_code == 302
    assert Publication.objects.get().state == Publication.State.GIVEN_UP


def test_the_way_back_has_its_plan_and_is_one_click(
    world: World, line: LineSandbox, nana: Staff, draft: Version, base: str, sign_in: SignIn
) -> None:
    client = sign_in(nana)
    _publish(client.post(f"{base}/1/publication"))
    second = client.post(f"{base}/draft")["Location"]
    client.post(f"{base}/2/edit/tab", {"variant": "everyone", "tab": "1", "layout": "large-2x2", "names-zh-hant": "店"})
    _publish(client.post(f"{base}/2/publication"))

    page = read(client.get(f"{base}/versions").content)
    assert "Back to version 1" in page.text
    assert "Everything still stands at LINE" in page.text

    _publish(client.post(f"{base}/return"))

    assert second.endswith("/2")
    assert Menu.objects.get().live == draft
    assert "Change it in a new draft" in read(client.get(f"{base}/1").content).text


def test_the_heat_map_counts_taps_and_people(
    world: World, nana: Staff, draft: Version, base: str, sign_in: SignIn
) -> None:
    draft.published_at = timezone.now()
    draft.save()
    Menu.objects.update(live=draft)
    _tap(world, "my-salesperson", times=3)
    _tap(world, "my-salesperson", times=1, days=40)
    _tap(world, "nearest-store", times=1)
    client = sign_in(nana)

    month = read(client.get(f"{base}/taps").content)
    longer = read(client.get(f"{base}/taps", {"days": "90"}).content)

    assert "4 taps, different people: 1" in month.text
    assert "5 taps, different people: 1" in longer.text
    first = month.all("figure")[0].one("div", class_="cells").all("span")[0]
    assert (first.one("b").text, first.attributes["class"].split()[-1]) == ("3", "heat-5")
    rows = [[cell.text for cell in row.all("td")] for row in month.all("tr")]
    assert any(row[2:] == ["My salesperson", "3", "1", "75.0 %"] for row in rows)


def test_the_heat_map_shows_which_tabs_are_turned_to_and_where_from(
    world: World, nana: Staff, draft: Version, base: str, sign_in: SignIn
) -> None:
    draft.published_at = timezone.now()
    draft.save()
    Menu.objects.update(live=draft)
    ways = [(1, 2, True), (1, 2, True), (1, 2, True), (3, 2, True), (2, 3, True), (1, 3, False)]
    Turn.objects.bulk_create(
        Turn(
            account=world.account, contact=world.contact, variant_code="everyone", from_position=start,
            to_position=end, is_shown=is_shown, event=number, at=timezone.now() - dt.timedelta(hours=1),
        )
        for number, (start, end, is_shown) in enumerate(ways)
    )  # fmt: skip

    page = read(sign_in(nana).get(f"{base}/taps").content)

    assert "tabs were turned to 5 times" in page.text
    assert "1 turn to a tab led nowhere" in page.text
    first, second, third = page.all("figure")
    assert [sheet.one("figcaption").one("small").text for sheet in (first, second, third)] == [
        "turned to 0 times", "turned to 4 times", "turned to 1 time",
    ]  # fmt: skip
    here, to_second, to_third = first.one("div", class_="strip").all("span")
    assert (here.text, to_second.text, to_third.text) == ("", "3", "0")
    assert to_second.attributes["class"] == "heat-5"
    rows = [[cell.text for cell in row.all("td")] for row in page.all("tr")]
    assert any(row[2:5] == ["Turns to another tab", "3", "1"] for row in rows)


def test_pages_deleted_elsewhere_are_pointed_out_with_the_way_to_make_them_again(
    world: World, line: LineSandbox, nana: Staff, draft: Version, base: str, sign_in: SignIn
) -> None:
    client = sign_in(nana)
    _publish(client.post(f"{base}/1/publication"))
    at_line.delete(world.account, f"/v2/bot/richmenu/{at_line.aliases(world.account)['everyone-zh-hant-2']}")
    assert read(client.get("/menus").content).all("p", class_="refused") == []

    repair_menus(0)

    told = read(client.get("/menus").content).one("p", class_="refused")
    assert "1 page of this menu is no longer at LINE" in told.text
    assert told.one("a").attributes["href"] == f"{base}/1/publication"
    _publish(client.post(f"{base}/1/publication"))
    assert read(client.get("/menus").content).all("p", class_="refused") == []


def test_without_a_published_menu_there_is_no_heat_map(draft: Version, nana: Staff, base: str, sign_in: SignIn) -> None:
    assert sign_in(nana).get(f"{base}/taps").status_code == 404


def _figure(page: Element, name: str) -> str:
    (box,) = [div for div in page.one("dl", class_="plan-figures").all("div") if div.one("dt").text == name]
    return box.one("dd").text


def _publish(begun: object) -> None:
    publication = Publication.objects.latest("pk")
    run(publication.pk)
    publication.refresh_from_db()
    assert publication.state == Publication.State.DONE, publication.reason


def _tap(world: World, key: str, *, times: int, days: int = 1) -> None:
    at = timezone.now() - dt.timedelta(days=days)
    Tap.objects.bulk_create(
        Tap(account=world.account, contact=world.contact, key=key, variant_code="everyone", tab_position=1, at=at)
        for _ in range(times)
    )
