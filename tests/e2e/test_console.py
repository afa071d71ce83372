"""The console by itself: search, keyboard, a phone's screen, languages, permissions, accessibility."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import Browser, Page, expect

from tests.e2e.desk import Desk
from tests.e2e.product import Customer, Product

SitDown = Callable[..., Desk]
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def test_two_characters_find_what_was_written(aoi: Desk, customer: Customer) -> None:
    aoi.look_at()
    customer.writes("想預約量測枕頭的高度")
    expect(aoi.row(customer)).to_contain_text("枕頭")

    aoi.page.keyboard.press("/")
    aoi.page.keyboard.type("量測")

    hit = aoi.page.locator("#queue-list [data-row]")
    expect(hit).to_have_count(1)
    expect(hit.locator("mark")).to_have_text("量測")
    hit.click()
    expect(aoi.bubble("想預約量測枕頭的高度")).to_be_in_viewport()


def test_a_conversation_is_answered_by_keyboard_alone(aoi: Desk, customer: Customer) -> None:
    customer.writes("有人在嗎")  # so it stands first
    aoi.look_at()
    expect(aoi.page.locator("[data-row]").first).to_contain_text("有人在嗎")
    press, focused = aoi.page.keyboard.press, aoi.page.locator(":focus")

    press("j")
    press("j")
    press("k")
    expect(focused).to_contain_text(customer.name)
    press("Enter")
    expect(aoi.bubble("有人在嗎")).to_be_visible()
    press("r")
    expect(aoi.box).to_be_focused()
    aoi.page.keyboard.type("在的")
    press("Control+Enter")
    expect(aoi.bubble("在的").locator(".state")).to_contain_text("Accepted by LINE")
    assert customer.received_texts() == ["在的"]

    press("Escape")
    press("?")
    expect(aoi.page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    press("Escape")
    press("Control+k")
    palette = aoi.page.get_by_role("dialog", name="Command palette")
    aoi.page.keyboard.type("Closed")
    expect(palette.get_by_role("option", selected=True)).to_contain_text("Closed")
    press("Enter")
    expect(aoi.page).to_have_url(re.compile("view=closed"))


def test_on_a_phone_one_pane_follows_the_other(sit_down: SitDown, customer: Customer) -> None:
    sora = sit_down("sora", small=True, has_touch=True, is_mobile=True)
    customer.writes("手機上看得到嗎")
    sora.look_at()
    expect(sora.page.locator("#content")).to_be_hidden()

    sora.row(customer).tap()
    expect(sora.bubble("手機上看得到嗎")).to_be_in_viewport()
    expect(sora.box).to_be_in_viewport()
    expect(sora.page.locator("#queue")).to_be_hidden()
    assert sora.page.evaluate("document.documentElement.scrollWidth") <= 390
    sora.page.locator("#thread-head [data-show=queue]").tap()

    expect(sora.row(customer)).to_be_visible()
    expect(sora.page.locator("#content")).to_be_hidden()


def test_a_person_chooses_the_language(sit_down: SitDown) -> None:
    yuki = sit_down("yuki")
    yuki.page.goto("/me")
    expect(yuki.page.locator("html")).to_have_attribute("lang", "zh-hant")
    yuki.page.locator("[name=locale]").select_option("ja")
    yuki.page.locator("main form button").first.click()

    with translation.override("ja"):
        inbox = gettext("Inbox")
    assert inbox != "Inbox"
    expect(yuki.page.locator("html")).to_have_attribute("lang", "ja")
    yuki.look_at()
    expect(yuki.page.get_by_role("heading", level=1)).to_have_text(inbox)


def test_a_thread_of_another_store_does_not_exist_for_a_clerk(
    product: Product, sit_down: SitDown, customer: Customer
) -> None:
    ren = sit_down("ren", may_complain=True)  # the browser reports the 404
    ren.look_at()
    expect(ren.row(customer)).to_have_count(0)

    answer = ren.page.goto(f"/conversations/{customer.conversation}")

    assert answer
    assert answer.status == 404
    expect(ren.page.get_by_role("heading")).to_have_text("This does not exist, or it is not yours to see.")
    assert f"ren asked for conversation {customer.conversation}" in product.web.log.read_text()


def test_axe_finds_nothing_at_the_sign_in(browser: Browser, product: Product) -> None:
    page = browser.new_page(base_url=product.url, locale="zh-TW", bypass_csp=True)
    page.goto("/sign-in")
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        _assert_accessible(page)
    page.close()


@pytest.fixture(params=SCHEMES)
def kaito(request: pytest.FixtureRequest, sit_down: SitDown) -> Desk:
    """The administrator, who sees every screen."""
    return sit_down("kaito", color_scheme=request.param, bypass_csp=True)


def test_axe_finds_nothing_in_the_inbox(kaito: Desk, customer: Customer) -> None:
    customer.writes("請問")
    kaito.look_at()
    expect(kaito.row(customer)).to_contain_text("請問")
    _assert_accessible(kaito.page)

    kaito.row(customer).click()
    expect(kaito.page.locator("#customer-facts dl")).to_be_visible()
    kaito.answer("您好")
    expect(kaito.bubble("您好").locator(".state")).to_contain_text("Accepted by LINE")
    _assert_accessible(kaito.page)

    kaito.page.keyboard.press("Escape")
    kaito.page.keyboard.press("h")
    expect(kaito.page.get_by_role("dialog")).to_be_visible()
    _assert_accessible(kaito.page)


@pytest.mark.parametrize(
    "address",
    [
        "/me", "/phrases", "/phrases/new", "/accounts", "/accounts/new", "/events", "/events/kept",
        "/organization/brands", "/organization/brands/new", "/organization/stores", "/organization/stores/new",
        "/organization/departments", "/organization/departments/new", "/organization/staff", "/organization/staff/new",
        "/routing", "/routing/rules/new", "/routing/teams", "/routing/skills", "/routing/away", "/routing/away/everywhere",
    ],
)  # fmt: skip
def test_axe_finds_nothing_on_the_other_screens(sit_down: SitDown, address: str) -> None:
    kaito = sit_down("kaito", bypass_csp=True)
    for scheme in SCHEMES:
        kaito.page.emulate_media(color_scheme=scheme)
        kaito.page.goto(address)
        expect(kaito.page.locator("main h1")).to_be_visible()
        _assert_accessible(kaito.page)


def _assert_accessible(page: Page) -> None:
    page.wait_for_function(
        "document.getAnimations().every(each => each.effect.getTiming().iterations > 1 || each.playState == 'finished')"
    )
    found = Axe().run(page).response["violations"]
    assert [
        (page.url, each["id"], [node["html"] + node["failureSummary"] for node in each["nodes"]]) for each in found
    ] == []
