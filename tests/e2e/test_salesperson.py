"""The salesperson stays with the customer: from the counter through a night off to the day somebody leaves."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import DESKTOP, SMALL
from tests.e2e.desk import Desk
from tests.e2e.product import Customer, Product

SitDown = Callable[..., Desk]
A_MINUTE = 90_000
"""So long the worker takes at most until it looks at what is due; in milliseconds, with time to spare."""

HAS_SERVICE_WORKER = """new Promise(done => {
  const worker = navigator.serviceWorker;
  if (worker.controller) done(); else worker.addEventListener("controllerchange", () => done());
})"""


def in_chinese(words: str, **names: str) -> str:
    """What our customers read: they are all in Taiwan."""
    with translation.override("zh-hant"):
        return gettext(words) % names


@pytest.fixture
def newcomer(product: Product) -> Customer:
    """Somebody at the counter who has never written to us."""
    return product.stranger("許店客")


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
    expect(aoi.holder).to_have_text("葵")
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

    haru.look_at("mine")  # nobody is in the middle of it any more
    set_duty(aoi, "on")
    aoi.look_at("mine")
    expect(aoi.row(newcomer)).to_be_visible(timeout=A_MINUTE)
    aoi.row(newcomer).click()
    expect(aoi.messages).to_contain_text("Back to 葵. Answers sent meanwhile: 陽 × 1")
    expect(aoi.bubble("可以，用清水沖洗就好。")).to_have_count(1)
    expect(aoi.page.locator("#thread-head")).to_contain_text("Mine")
    expect(aoi.holder).to_have_text("葵")


def test_a_salesperson_leaves_and_one_customer_says_no(browser: Browser, product: Product, sit_down: SitDown) -> None:
    stays, goes = product.customer(), product.customer()
    kaito = sit_down("kaito")
    for customer in (stays, goes):
        kaito.give(customer, to="空")

    kaito.page.goto("/bindings/departures/new")
    kaito.page.get_by_label("Who").select_option(label="空")
    expect(kaito.page.locator(".outlook .figure")).to_contain_text("2 customers")
    kaito.page.get_by_role("button", name="Begin and tell the customers").click()
    tally = kaito.page.locator("#departure .tally")
    told = tally.locator("div").filter(has_text="Told, may still say no").locator("dd")
    expect(told).to_have_text("2")

    context = browser.new_context(viewport=DESKTOP, locale="zh-TW")
    page = context.new_page()
    page.goto(f"{product.sandbox_url}/phones?p={stays.person}@{stays.channel},{goes.person}@{goes.channel}")
    no, fine = in_chinese("No, thank you"), in_chinese("That is fine")
    for customer in (stays, goes):
        chat = page.locator(f"[data-person={customer.person}]").get_by_role("log")
        expect(chat.get_by_role("button", name=no)).to_be_visible()
        expect(chat.get_by_role("button", name=fine)).to_be_visible()
        expect(chat).to_contain_text("空")
        expect(chat).to_contain_text(product.facts["brand"])

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
    expect(kaito.holder).to_have_text("The store's team")
    kaito.open(goes)
    expect(kaito.holder).to_have_text("空")
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


def test_the_counter_phone_shows_who_waits_and_answers_one_handed(
    sit_down: SitDown, aoi: Desk, customer: Customer
) -> None:
    aoi.open(customer)
    aoi.answer("您好，我是葵。")
    expect(aoi.page.locator("#thread-head")).to_contain_text("Mine")
    counter = sit_down("aoi", small=True, has_touch=True, is_mobile=True)
    counter.page.goto("/today")
    waiting = counter.page.locator(".today-waiting li").filter(has_text=customer.name)
    expect(waiting).to_have_count(0)

    customer.writes("請問今天還有貨嗎？")

    expect(waiting).to_contain_text("請問今天還有貨嗎？")
    waiting.get_by_role("link").tap()
    expect(counter.bubble("請問今天還有貨嗎？")).to_be_in_viewport()
    thumb = counter.send.bounding_box()
    assert thumb
    assert thumb["y"] > SMALL["height"] / 2, "within reach of the thumb that holds the phone"
    assert thumb["height"] >= 44, "and large enough for it"
    counter.box.fill("還有兩台。")
    counter.send.tap()
    expect(counter.bubble("還有兩台。").locator(".state")).to_contain_text("Accepted by LINE")
    assert counter.page.evaluate("document.documentElement.scrollWidth") <= SMALL["width"]
    counter.page.goto("/today")
    expect(counter.page.locator(".today-waiting h2").first).to_be_visible()
    expect(waiting).to_have_count(0)
    assert customer.received_texts() == ["您好，我是葵。", "還有兩台。"]


def test_the_code_on_the_counter_phone_opens_again_without_network(sit_down: SitDown, card: str) -> None:
    token = card.rpartition("/")[2]
    counter = sit_down("aoi", may_complain=True, small=True, has_touch=True, is_mobile=True)
    page = counter.page
    page.goto("/today")
    page.evaluate(HAS_SERVICE_WORKER)
    page.get_by_role("link", name="My code").tap()
    picture = page.get_by_role("img", name="QR code of 葵")
    expect(picture).to_be_in_viewport(ratio=1)
    expect(page.locator(".code-letters")).to_have_text(f"{token[:5]}-{token[5:]}")
    box = picture.bounding_box()
    assert box
    assert box["width"] > SMALL["width"] / 2, "large enough for another phone's camera"

    page.context.set_offline(True)
    page.goto("/today")
    expect(page.get_by_role("heading")).to_contain_text("You are offline")
    page.goto("/today/code")

    expect(picture).to_be_in_viewport(ratio=1)
    assert picture.evaluate("image => image.naturalWidth") > 0
    expect(page.locator(".code-letters")).to_have_text(f"{token[:5]}-{token[5:]}")
    page.context.set_offline(False)


def test_a_code_typed_into_the_chat(page: Page, product: Product, newcomer: Customer, card: str) -> None:
    token = card.rpartition("/")[2]
    newcomer.befriends()
    page.goto(f"{product.sandbox_url}/phones?p={newcomer.person}@{newcomer.channel}")
    phone = page.locator(f"[data-person={newcomer.person}]")
    chat = phone.get_by_role("log")
    unknown = in_chinese("We do not know this code. Please look at it again: it has ten letters and digits.")
    welcome = in_chinese(
        "Welcome! %(name)s at %(place)s looks after you from now on. Just write here.",
        name="葵",
        place=product.facts["store"],
    )
    already = in_chinese("%(name)s looks after you already. Just write here whenever you need something.", name="葵")

    write(phone, "22222-ZZZZZ")
    expect(chat).to_contain_text(unknown)
    expect(chat).not_to_contain_text("葵")
    write(phone, f"{token[:5]} {token[5:]}".lower())
    expect(chat).to_contain_text(welcome)
    expect(chat).not_to_contain_text(already)
    write(phone, token)
    expect(chat).to_contain_text(already)
    assert newcomer.received_texts() == [unknown, welcome, already]


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
    """By the keyboard: a menu that stands in front of it, from whatever journey, is put away first."""
    box, keyboard = phone.get_by_label("輸入訊息"), phone.get_by_role("button", name="改用鍵盤")
    phone.page.add_locator_handler(keyboard, lambda: keyboard.click(), no_wait_after=True)  # noqa: PLW0108 (it is called without arguments)
    box.fill(words)
    box.press("Enter")
    phone.page.remove_locator_handler(keyboard)


def set_duty(desk: Desk, to: str) -> None:
    """By the switch of their first page."""
    desk.page.goto("/today")
    switch = desk.page.locator("main [data-my-duty] button").first
    expect(switch).to_have_attribute("value", to)
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true" if to == "on" else "false")
