"""A customer at the counter holds the phone to a salesperson's code: one tap, and they stay together."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

from tests.e2e.conftest import SMALL
from tests.e2e.desk import Desk
from tests.e2e.product import Product


@pytest.fixture
def person(product: Product) -> str:
    """Somebody who knows nobody yet."""
    return product.stranger("新客人").person


@pytest.fixture
def phone(page: Page, product: Product, card: str, person: str) -> Locator:
    """Of this person, with the scanner open and the card before it."""
    page.goto(f"{product.sandbox_url}/phones?p={person}")
    phone = page.locator(f"[data-person={person}]")
    phone.get_by_role("button", name="加入好友").first.click()
    return phone


def opened(phone: Locator) -> FrameLocator:
    phone.locator(".papers button").click()
    return phone.frame_locator(".browser iframe")


def test_one_tap_makes_a_friend_and_binds(aoi: Desk, product: Product, phone: Locator, person: str) -> None:
    connected = int(aoi.page.locator(".code-numbers dd").last.inner_text())
    page = opened(phone)
    expect(page.get_by_role("heading", level=1)).to_have_text("葵")

    page.locator("form button").click()
    phone.get_by_role("dialog").locator("button").last.click()

    expect(page.locator(".result.good")).to_contain_text("葵")
    chat = product.line.call("GET", f"/sandbox/people/{person}/channels/{product.facts['channel']}/chat")
    assert chat["friendship"]["state"] == "friend"
    aoi.page.goto("/codes")
    expect(aoi.page.locator(".code-numbers dd").last).to_have_text(f"{connected + 1}")

    page.locator("a.plain").click()
    expect(page.locator(".care h2")).to_have_text("葵")
    page.locator("details summary").first.click()
    page.locator("input[name=to][value='']").check()
    page.locator(".choices button").click()
    expect(page.locator(".care h2")).not_to_have_text("葵")

    page.locator("a.plain").last.click()
    expect(phone.get_by_role("heading", name=product.facts["account"])).to_be_visible()


def test_axe_finds_nothing_on_pages_for_customers(
    browser: Browser, product: Product, phone: Locator, card: str
) -> None:
    framed = opened(phone)
    framed.locator("form button").click()
    phone.get_by_role("dialog").locator("button").last.click()
    own = framed.locator("a.plain").get_attribute("href") or ""

    found = []
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        page = browser.new_page(viewport=SMALL, locale="zh-TW", color_scheme=scheme, bypass_csp=True)
        for address in (f"{product.url}/liff/bind/{card.rpartition('/')[2]}", own):
            page.goto(address)
            found += [(scheme, each["id"]) for each in Axe().run(page).response["violations"]]
        page.close()
    assert found == []


def test_a_code_sent_as_a_message_binds_too(product: Product, phone: Locator, card: str) -> None:
    token = card.rpartition("/")[2]
    code = f"{token[:5]}-{token[5:]}"

    phone.locator(".add-link input").fill(
        f"https://line.me/R/oaMessage/%40window/?{quote(f'您好，我的代碼是 {code}。')}"
    )
    phone.locator(".add-link button").click()
    box = phone.get_by_label("輸入訊息")
    expect(box).to_have_value(f"您好，我的代碼是 {code}。")
    box.press("Enter")

    expect(phone.get_by_role("log").locator("li").last).to_contain_text("葵")
