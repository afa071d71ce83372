"""A menu from the first click in the designer to the answer on the customer's phone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, expect

from tests.e2e.conftest import DESKTOP
from tests.e2e.desk import Desk
from tests.e2e.product import Customer, Product


def test_a_menu_is_designed_published_and_answers_on_the_phone(
    browser: Browser, product: Product, customer: Customer, sit_down: Callable[..., Desk]
) -> None:
    desk = sit_down("kaito")
    kaito = desk.page
    kaito.goto("/menus")
    kaito.get_by_role("button", name="Design a menu").click()

    kaito.locator("#field-0").click()
    label = kaito.locator("#cell-labels-zh-hant")
    before = kaito.locator("[data-picture] > img").first.get_attribute("src")
    label.fill("我的專員")
    expect(kaito.locator("[data-picture] > img:not(.before)")).not_to_have_attribute("src", before or "")
    expect(label).to_be_focused()
    expect(kaito.get_by_role("link", name="Cell 1: 我的專員")).to_be_visible()
    kaito.get_by_role("link", name="Publish …").click()
    kaito.get_by_role("button", name="Publish now").click()
    expect(kaito.get_by_role("heading", name="Customers see it now")).to_be_visible(timeout=60_000)

    context = browser.new_context(viewport=DESKTOP, locale="zh-TW")
    page = context.new_page()
    page.goto(f"{product.sandbox_url}/phones?p={customer.person}@{customer.channel}")
    phone = page.locator(f"[data-person={customer.person}]")
    areas = phone.locator(".menu-picture button")
    expect(areas).to_have_count(8)  # six cells, and the two other tabs
    areas.nth(0).click()
    expect(areas).to_have_count(6)
    areas.nth(0).click()
    expect(areas).to_have_count(8)
    phone.get_by_role("button", name="我的專員").click()
    expect(phone.get_by_role("log").get_by_text("我的專員")).to_be_visible()
    expect(phone.get_by_role("log").get_by_text(product.facts["store"])).to_be_visible(timeout=20_000)

    desk.give(customer, to="葵")
    phone.get_by_role("button", name="我的專員").click()
    expect(phone.get_by_role("log")).to_contain_text("葵", timeout=20_000)
    context.close()

    kaito.goto("/menus")
    expect(kaito.get_by_text("2 taps in 7 days, different people: 1")).to_be_visible()
    kaito.get_by_role("link", name="Taps").click()
    expect(kaito.get_by_text("tabs were turned to 2 times")).to_be_visible()
