"""The salesperson stays with the customer: from the counter through a night off to the day somebody leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import DESKTOP
from tests.e2e.desk import Desk
from tests.e2e.product import Customer, Product

SitDown = Callable[..., Desk]
A_MINUTE = 90_000
"""What is due is looked for once a minute; in milliseconds."""


def in_chinese(words: str, **names: str) -> str:
    """What our customers read: they are all in Taiwan."""
    with translation.override("zh-hant"):
        return gettext(words) % names


@pytest.fixture
def newcomer(product: Product) -> Customer:
    """Somebody at the counter who has never written to us."""
    [made] = product.line.call("POST", "/sandbox/people", [{"name": "許店客"}])
    return product.newcomer(made["personId"], "許店客")


@pytest.fixture
def card(aoi: Desk, product: Product) -> Iterator[str]:
    """Aoi's counter card lies beside the phones; the link in its code."""
    aoi.page.goto("/codes")
    if aoi.page.locator("button[name=place]").count():
        aoi.page.locator("button[name=place]").click()
    link = aoi.page.locator("[data-copy]").first.get_attribute("data-copy") or ""
    product.line.call("PUT", "/sandbox/printed-codes", [{"text": link, "title": "葵"}])
    yield link
    product.line.call("PUT", "/sandbox/printed-codes", [])


def test_scanned_at_the_counter_covered_at_night_and_back_with_its_owner(
    page: Page, product: Product, aoi: Desk, sit_down: SitDown, newcomer: Customer, card: str
) -> None:
    phone = scan(page, product, newcomer)
    expect(phone.frame_locator(".browser iframe").locator(".result.good")).to_contain_text("葵")
    phone.frame_locator(".browser iframe").locator("[data-close]").click()
    write(phone, "請問保固多久？")

    aoi.look_at("mine")
    aoi.row(newcomer).click()
    expect(aoi.messages).to_contain_text("葵 looks after this customer now: One tap after scanning")
    expect(aoi.messages).to_contain_text("To 葵: looks after this customer and is on duty")
    expect(aoi.page.locator("#customer-bindings .holder")).to_contain_text("葵")
    aoi.answer("保固兩年。")
    expect(phone.get_by_role("log")).to_contain_text("保固兩年。")
    aoi.page.goto("/today")
    aoi.page.get_by_role("link", name="My customers").click()
    expect(aoi.page.locator("#my-customers")).to_contain_text(newcomer.name)

    set_duty(aoi, "off")
    write(phone, "半夜請教，濾網可以水洗嗎？")
    haru = sit_down("haru")
    haru.look_at("unassigned")
    haru.row(newcomer).click()
    expect(haru.messages).to_contain_text(f"{product.facts['store']} answers for 葵: Off duty")
    haru.answer("可以，用清水沖洗就好。")
    expect(phone.get_by_role("log")).to_contain_text("可以，用清水沖洗就好。")

    set_duty(aoi, "on")
    aoi.look_at("mine")
    aoi.row(newcomer).click()
    expect(aoi.messages).to_contain_text("Back to 葵. Answers sent meanwhile: 陽 × 1")
    expect(aoi.bubble("可以，用清水沖洗就好。")).to_have_count(1)
    expect(aoi.page.locator("#thread-head")).to_contain_text("Mine")
    expect(aoi.page.locator("#customer-bindings .holder")).to_contain_text("葵")


def test_a_salesperson_leaves_and_one_customer_says_no(
    browser: Browser, product: Product, sit_down: SitDown
) -> None:
    stays, goes = product.customer(), product.customer()
    kaito = sit_down("kaito")
    for customer in (stays, goes):
        kaito.open(customer)
        bindings = kaito.page.locator("#customer-bindings")
        bindings.get_by_text("Give to somebody else").click()
        bindings.locator("select[name=to]").select_option(label="空")
        bindings.get_by_role("button", name="Bind").click()
        expect(bindings.locator(".holder b")).to_have_text("空")

    kaito.page.goto("/bindings/departures/new")
    kaito.page.get_by_label("Who").select_option(label="空")
    expect(kaito.page.locator(".outlook .figure")).to_contain_text("2 customers")
    kaito.page.get_by_role("button", name="Begin and tell the customers").click()
    tally = kaito.page.locator("#departure .tally")
    expect(tally.locator("div").filter(has_text="Not told yet").locator("dd")).to_have_text("2")

    context = browser.new_context(viewport=DESKTOP, locale="zh-TW")
    page = context.new_page()
    page.goto(f"{product.sandbox_url}/phones?p={stays.person}@{stays.channel},{goes.person}@{goes.channel}")
    no, fine = in_chinese("No, thank you"), in_chinese("That is fine")
    for customer in (stays, goes):
        chat = page.locator(f"[data-person={customer.person}]").get_by_role("log")
        expect(chat.get_by_role("button", name=no)).to_be_visible(timeout=A_MINUTE)
        expect(chat.get_by_role("button", name=fine)).to_be_visible()
        expect(chat).to_contain_text("空")
        expect(chat).to_contain_text(product.facts["brand"])
    told = tally.locator("div").filter(has_text="Told, may still say no").locator("dd")
    expect(told).to_have_text("2")

    refusing = page.locator(f"[data-person={stays.person}]").get_by_role("log")
    refusing.get_by_role("button", name=no).click()

    expect(tally.locator("div").filter(has_text="Said no").locator("dd")).to_have_text("1")
    expect(told).to_have_text("1")
    expect(kaito.page.locator("#departure tbody tr").filter(has_text=stays.name).first).to_contain_text("Refused")
    pool = in_chinese(
        "All right. Our team at %(place)s looks after you from now on. Just write here.", place=product.facts["store"]
    )
    expect(refusing).to_contain_text(pool)
    kaito.open(stays)
    expect(kaito.page.locator("#customer-bindings .holder b")).to_have_text("The store's team")
    kaito.open(goes)
    expect(kaito.page.locator("#customer-bindings .holder b")).to_have_text("空")
    expect(kaito.messages).to_contain_text("The customer was asked about changing to")

    kaito.page.goto("/bindings/departures")
    kaito.page.get_by_role("link", name="空").click()
    kaito.page.locator("#cancel-departure summary").click()
    kaito.page.get_by_role("button", name="Call it off").click()
    unchanged = in_chinese(
        "The change we told you about will not take place: %(old)s goes on looking after you.", old="空"
    )
    expect(page.locator(f"[data-person={goes.person}]").get_by_role("log")).to_contain_text(unchanged)
    context.close()


def scan(page: Page, product: Product, customer: Customer) -> Locator:
    """The phone, after its scanner has met the only card there is and one tap has connected the two."""
    page.goto(f"{product.sandbox_url}/phones?p={customer.person}")
    phone = page.locator(f"[data-person={customer.person}]")
    phone.get_by_role("button", name="加入好友").first.click()
    phone.locator(".papers button").click()
    phone.frame_locator(".browser iframe").locator("form button").click()
    phone.get_by_role("dialog").locator("button").last.click()
    return phone


def write(phone: Locator, words: str) -> None:
    phone.get_by_label("輸入訊息").fill(words)
    phone.get_by_label("輸入訊息").press("Enter")


def set_duty(desk: Desk, to: str) -> None:
    """By the switch of their first page."""
    desk.page.goto("/today")
    switch = desk.page.locator("main [data-my-duty] button").first
    expect(switch).to_have_attribute("value", to)
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true" if to == "on" else "false")
