"""The menu designer, for people who do not program."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from madoguchi.menus import drafts
from madoguchi.menus.models import Cell, Picture, Tab, Variant, Version
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import BuiltInRole
from tests import make
from tests.console.conftest import SignIn
from tests.console.page import Element, read
from tests.make import World


@pytest.fixture
def nana(world: World) -> Staff:
    """A marketer."""
    return make.staff("nana", role=BuiltInRole.MARKETER, locale="en")


@pytest.fixture
def draft(world: World, nana: Staff) -> Version:
    return drafts.begin(by=nana, account=world.account)


@pytest.fixture
def address(world: World, draft: Version) -> str:
    return f"/menus/{world.account.public_id}/{draft.number}"


@pytest.fixture
def desk(nana: Staff, sign_in: SignIn) -> Client:
    return sign_in(nana, htmx=True)


PLACE = {"variant": "everyone", "tab": "1", "cell": "0", "pane": "cell", "locale": "zh-hant"}


def test_a_first_draft_is_a_whole_menu(world: World, nana: Staff, sign_in: SignIn) -> None:
    client = sign_in(nana)

    begun = client.post(f"/menus/{world.account.public_id}/draft")
    page = read(client.get(begun["Location"]).content)

    assert len(page.one("nav", class_="strip").all("a")) == 3
    assert len(page.one("div", class_="cells").all("a")) == 6
    assert "Complete" in page.one("header", id="menu-head").text
    assert client.post(f"/menus/{world.account.public_id}/draft")["Location"] == begun["Location"]  # there is only one


def test_the_list_shows_what_is_prepared(world: World, draft: Version, nana: Staff, sign_in: SignIn) -> None:
    page = read(sign_in(nana).get("/menus").content)

    assert "Nothing has been published from here yet." in page.text
    assert page.one("ul", class_="shares").one("b").text
    assert "Go on with the draft" in page.text


@pytest.mark.parametrize("path", ["", "/publication", "/edit/cell"])
def test_who_may_not_read_menus_sees_none(world: World, address: str, sign_in: SignIn, path: str) -> None:
    client = sign_in(world.aoi)

    assert client.get("/menus").status_code == 403
    answer = client.post(address + path, PLACE) if path == "/edit/cell" else client.get(address + path)

    assert answer.status_code == 403


def test_who_only_reads_changes_nothing(world: World, address: str, sign_in: SignIn) -> None:
    manager = make.staff("manager", role=BuiltInRole.MANAGER, locale="en")
    before = list(Cell.objects.values_list("labels", flat=True))

    page = read(sign_in(manager).get(address).content)
    refused = sign_in(manager, htmx=True).post(f"{address}/edit/cell", PLACE | {"action": "text", "value": "x"})

    assert page.all("a", id="tab-settings") == []
    assert refused.status_code == 403
    assert list(Cell.objects.values_list("labels", flat=True)) == before


def test_a_label_is_saved_and_the_picture_changes(desk: Client, address: str) -> None:
    before = _picture(read(desk.get(address, PLACE).content))

    answer = desk.post(f"{address}/edit/cell", PLACE | _cell(labels="我的專員"))
    page = read(answer.content)

    assert answer.status_code == 200
    assert Cell.objects.get(tab__position=1, index=0).labels == {"zh-hant": "我的專員"}
    assert _picture(page) != before
    assert page.all("section", id="menu-form") == []  # what one types in is not drawn anew
    image = desk.get(_picture(page))
    assert Image.open(io.BytesIO(image.content)).size == (780, 526)
    assert "immutable" in image["Cache-Control"]


def test_an_address_of_an_older_picture_shows_the_present_one_unkept(desk: Client, address: str) -> None:
    old = _picture(read(desk.get(address).content))
    desk.post(f"{address}/edit/cell", PLACE | _cell(labels="我的專員"))

    assert desk.get(old)["Cache-Control"] == "no-store"


def test_a_link_needs_its_address_and_says_so(desk: Client, address: str) -> None:
    answer = desk.post(f"{address}/edit/cell", PLACE | _cell(action="shop_link", shown_action="my_salesperson"))
    page = read(answer.content)

    assert answer.status_code == 422
    assert "beginning with https://" in page.one("div", id="menu-note").one("p", role="alert").text
    assert page.one("input", id="cell-value").attributes["type"] == "url"
    assert Cell.objects.get(tab__position=1, index=0).action == "my_salesperson"

    again = PLACE | _cell(action="shop_link", shown_action="shop_link", value="https://shop.example.com/new")
    saved = read(desk.post(f"{address}/edit/cell", again).content)

    cell = Cell.objects.get(tab__position=1, index=0)
    assert (cell.action, cell.value) == ("shop_link", "https://shop.example.com/new")
    assert "inside LINE" in saved.one("div", id="menu-note").text


def test_an_empty_cell_offers_what_it_can_do(desk: Client, address: str) -> None:
    desk.post(f"{address}/edit/cell-removal", PLACE)
    page = read(desk.get(address, PLACE).content)

    assert {"My salesperson", "Shop link"} <= {deed.text for deed in page.one("form", class_="deeds").all("b")}
    assert "1 thing to look at" in page.one("header", id="menu-head").text

    desk.post(f"{address}/edit/cell", PLACE | {"action": "nearest_store"})

    cell = Cell.objects.get(tab__position=1, index=0)
    assert (cell.action, cell.icon) == ("nearest_store", "map-pin")
    assert cell.labels["zh-hant"]
    assert cell.key == "nearest-store-2"  # the tab has one already


def test_a_change_is_taken_back(desk: Client, address: str) -> None:
    desk.post(f"{address}/edit/cell", PLACE | _cell(labels="我的專員"))
    desk.post(f"{address}/edit/tab", PLACE | {"layout": "large-2x2", "names-zh-hant": "門市"})

    desk.post(f"{address}/edit/back", PLACE)
    assert Tab.objects.get(position=1).layout == "large-3x2"
    desk.post(f"{address}/edit/back", PLACE)
    answer = desk.post(f"{address}/edit/back", PLACE)

    assert Cell.objects.get(tab__position=1, index=0).labels["zh-hant"] != "我的專員"
    assert answer.status_code == 422
    assert "no earlier step" in answer.content.decode()


def test_a_variant_says_whom_it_is_for(world: World, desk: Client, address: str) -> None:
    made = desk.post(f"{address}/edit/variant-copy", PLACE)
    code = Variant.objects.get(is_fallback=False).code
    place = PLACE | {"variant": code, "pane": "variant"}
    wanted = {"name": "日本", "states": ["bound"], "locales": ["ja"], "brands": [world.brand.public_id]}

    answer = desk.post(f"{address}/edit/variant", place | wanted)

    assert f"variant={code}" in made["HX-Push-Url"]
    sentences = [each.text for each in read(answer.content).one("aside", id="menu-variants").all("small")]
    assert f"For customers whom somebody looks after, in 日本語, who are with {world.brand.name}." in sentences
    assert "Everybody else, and whoever has just become a friend." in sentences
    assert Variant.objects.get(is_fallback=False).states == ["bound"]

    refused = desk.post(f"{address}/edit/variant", place | {"name": ""})
    assert refused.status_code == 422
    assert Variant.objects.get(is_fallback=False).states == ["bound"]


def test_a_variant_that_says_not_whom_it_is_for_is_pointed_out(desk: Client, address: str) -> None:
    page = read(desk.post(f"{address}/edit/variant-copy", PLACE).content)

    assert "It is not said yet whom this is for." in page.one("aside", id="menu-variants").text
    point = page.one("details", class_="points").one("a", class_="bad")
    assert "It is not said whom" in point.text
    assert "pane=variant" in point.attributes["href"]
    assert "It is not said whom" in page.one("div", id="menu-note").text
    code = Variant.objects.get(is_fallback=False).code
    place = PLACE | {"variant": code, "pane": "variant"}
    said = read(desk.post(f"{address}/edit/variant", place | {"name": "bound", "states": ["bound"]}).content)
    assert said.one("div", id="menu-note").text == ""


def test_a_picture_of_the_wrong_shape_is_refused_in_a_sentence(desk: Client, address: str) -> None:
    wrong = desk.post(f"{address}/edit/picture", PLACE | {"file": _png(900, 900)})
    text = desk.post(
        f"{address}/edit/picture", PLACE | {"file": SimpleUploadedFile("menu.png", b"no picture", "image/png")}
    )

    assert (wrong.status_code, text.status_code) == (422, 422)
    assert read(wrong.content).one("p", role="alert").text
    assert not Picture.objects.exists()


def test_a_picture_fills_its_cell_until_it_is_taken_away(desk: Client, address: str) -> None:
    size = re.findall(r"([0-9]+) × ([0-9]+) pixels", desk.get(address, PLACE).content.decode())[0]

    desk.post(f"{address}/edit/picture", PLACE | {"file": _png(int(size[0]), int(size[1]))})
    assert Cell.objects.get(tab__position=1, index=0).picture == Picture.objects.get()

    assert read(desk.get(address, PLACE).content).one("form", class_="used").one("button").text == "menu.png"
    whole_tab = read(desk.get(address, PLACE | {"pane": "tab"}).content)
    assert whole_tab.all("form", class_="used") == []  # of another shape

    desk.post(f"{address}/edit/picture", PLACE)
    assert Cell.objects.get(tab__position=1, index=0).picture is None


def test_smaller_keeps_the_cells(desk: Client, address: str) -> None:
    answer = desk.post(f"{address}/edit/size", PLACE | {"size": "small"})

    assert answer.status_code == 200
    assert Tab.objects.get(position=1).layout == "small-3x2"
    assert Cell.objects.filter(tab__position=1).count() == 6


def test_another_language_asks_for_its_words(desk: Client, address: str) -> None:
    desk.post(f"{address}/edit/cell", PLACE | _cell(labels="我的專員"))

    page = read(desk.post(f"{address}/edit/languages", PLACE | {"locales": ["zh-hant", "ja"], "pane": "menu"}).content)

    assert "1 thing to look at" in page.one("header", id="menu-head").text
    assert "Cell 1" in page.one("details", class_="points").text


def test_a_draft_is_thrown_away_but_not_by_everybody(
    world: World, draft: Version, address: str, nana: Staff, sign_in: SignIn
) -> None:
    manager = make.staff("manager", role=BuiltInRole.MANAGER)

    assert sign_in(manager).post(f"{address}/removal").status_code == 403
    assert Version.objects.filter(pk=draft.pk).exists()
    assert sign_in(nana).post(f"{address}/removal").status_code == 302
    assert not Version.objects.filter(pk=draft.pk).exists()


def test_without_htmx_a_form_comes_back_to_its_place(nana: Staff, address: str, sign_in: SignIn) -> None:
    client = sign_in(nana)

    saved = client.post(f"{address}/edit/cell", PLACE | _cell(labels="我的專員"))
    refused = client.post(f"{address}/edit/cell", PLACE | _cell(action="text"))

    assert saved.status_code == 302
    assert "cell=0" in saved["Location"]
    assert refused.status_code == 422
    assert "Enter what the customer says" in read(refused.content).one("p", role="alert").text


@pytest.mark.parametrize(
    "place", [{"variant": "nobody"}, {"tab": "9"}, {"cell": "99"}, {"tab": "x"}, {"locale": "xx"}, {"pane": "xx"}]
)
def test_an_odd_place_shows_the_nearest_there_is(desk: Client, address: str, place: dict[str, str]) -> None:
    assert desk.get(address, PLACE | place).status_code == 200


def test_more_variants_cost_no_more_statements(desk: Client, address: str) -> None:
    desk.get(address)
    with CaptureQueriesContext(connection) as few:
        desk.get(address)
    for _ in range(3):
        desk.post(f"{address}/edit/variant-copy", PLACE)
    with CaptureQueriesContext(connection) as many:
        desk.get(address)

    assert len(many) == len(few)


def _picture(page: Element) -> str:
    return page.one("section", id="menu-preview").one("img").attributes["src"]


def _cell(*, action: str = "my_salesperson", labels: str = "我的銷售顧問", **more: str) -> dict[str, str]:
    return {"action": action, "labels-zh-hant": labels, "icon": "user-round", "brand": "", **more}


def _png(width: int, height: int) -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "#2f6b4f").save(file, "PNG")
    return SimpleUploadedFile("menu.png", file.getvalue(), "image/png")
