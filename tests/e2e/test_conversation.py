"""A customer on a phone and the staff at the console, through the whole product."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.e2e.company import NEWCOMER
from tests.e2e.desk import Desk
from tests.e2e.product import Customer, Product

SitDown = Callable[..., Desk]


def test_a_newcomer_writes_and_is_answered_in_the_brands_name(page: Page, product: Product, sit_down: SitDown) -> None:
    mio, newcomer = sit_down("mio"), product.newcomer(NEWCOMER, "新朋友")
    mio.look_at("unassigned")
    page.goto(f"{product.sandbox_url}/phones?p={NEWCOMER}")
    phone = page.locator(f"[data-person={NEWCOMER}]")
    phone.get_by_role("button", name="加入好友").first.click()
    phone.get_by_label("好友連結或 ID").fill("https://line.me/R/ti/p/%40window")
    phone.get_by_role("button", name="開啟", exact=True).click()
    phone.locator(".found").get_by_role("button", name="加入好友").click()
    phone.get_by_label("輸入訊息").fill("請問哪裡可以試用?")
    phone.get_by_label("輸入訊息").press("Enter")

    mio.row(newcomer).click()
    expect(mio.bubble("請問哪裡可以試用?")).to_have_count(1)
    mio.answer("信義店可以試用。")

    expect(phone.get_by_role("log").get_by_text("信義店可以試用。")).to_be_visible()
    expect(
        phone.get_by_role("log").get_by_text(f"{product.facts['brand']} from {product.facts['account']}")
    ).to_be_visible()
    expect(mio.bubble("信義店可以試用。").locator(".state")).to_contain_text("Accepted by LINE")
    assert newcomer.received_texts() == ["信義店可以試用。"]


def test_what_the_customer_writes_appears_without_reload(aoi: Desk, customer: Customer) -> None:
    aoi.open(customer)
    aoi.box.fill("打到一半")

    customer.writes("第一句", "第二句")

    expect(aoi.bubble("第二句")).to_have_count(1)
    assert aoi.texts()[-2:] == ["第一句", "第二句"]
    expect(aoi.box).to_have_value("打到一半")
    expect(aoi.row(customer)).to_contain_text("第二句")


def test_pictures_go_both_ways(page: Page, product: Product, aoi: Desk, customer: Customer) -> None:
    aoi.open(customer)
    page.goto(f"{product.sandbox_url}/phones?p={customer.person}@{customer.channel}")
    phone = page.locator(f"[data-person={customer.person}]")
    with page.expect_file_chooser() as chooser:
        phone.get_by_role("button", name="照片").click()
    chooser.value.set_files({"name": "receipt.png", "mimeType": "image/png", "buffer": _png("navy")})

    picture = aoi.messages.locator(".bubble.in .picture img")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") > 0

    aoi.page.locator("#composer [name=files]").set_input_files(
        {"name": "shelf.png", "mimeType": "image/png", "buffer": _png("teal")}
    )
    aoi.send.click()
    shown = phone.get_by_role("log").locator(".picture img").last
    expect(phone.get_by_role("log").locator(".picture img")).to_have_count(2)
    expect(shown).to_have_js_property("complete", True)
    assert shown.evaluate("image => image.naturalWidth") > 0


def test_stickers_and_places_are_shown_as_such(aoi: Desk, customer: Customer) -> None:
    aoi.open(customer)

    customer.sends({"type": "sticker", "packageId": "446", "stickerId": "1988"})
    customer.sends(
        {"type": "location", "title": "台北車站", "address": "台北市中正區", "latitude": 25.0478, "longitude": 121.517}
    )

    expect(aoi.messages.locator(".sticker")).to_be_visible()
    place = aoi.messages.get_by_role("link", name=re.compile("台北車站"))
    expect(place).to_have_attribute("href", re.compile("25.0478.*121.517"))


def test_what_the_customer_takes_back_is_hidden(aoi: Desk, customer: Customer) -> None:
    aoi.open(customer)
    message = customer.sends({"type": "text", "text": "我的卡號是 1234"})
    expect(aoi.bubble("1234")).to_have_count(1)

    customer.unsends(message)

    expect(aoi.messages.locator(".taken-back")).to_be_visible()
    expect(aoi.messages).not_to_contain_text("1234")
    expect(aoi.row(customer)).to_contain_text("took this message back")


def test_a_customer_who_blocks_us_gets_nothing(aoi: Desk, customer: Customer) -> None:
    aoi.open(customer)
    customer.blocks()
    expect(aoi.page.locator("#thread-notes")).to_contain_text("blocked the account")
    expect(aoi.page.locator("#composer-cost")).to_have_text("Nothing arrives while we are blocked")
    aoi.box.fill("您還在嗎?")
    expect(aoi.send).to_be_disabled()

    aoi.send.evaluate("button => { button.disabled = false; button.click() }")  # a page that has not heard of it

    expect(aoi.toast).to_contain_text("The customer has blocked the account")
    expect(aoi.box).to_have_value("您還在嗎?")
    aoi.complaints.clear()  # the browser reports the refusal
    assert customer.received() == []


def test_a_hand_over_takes_the_thread_from_one_store_to_another(
    product: Product, aoi: Desk, sit_down: SitDown, customer: Customer
) -> None:
    ren = sit_down("ren")
    ren.look_at("unassigned")
    aoi.open(customer)
    aoi.page.keyboard.press("h")
    dialog = aoi.page.get_by_role("dialog")
    dialog.locator("label").filter(has_text="Counter").get_by_text(product.facts["other_store"]).click()
    dialog.get_by_label("What they should know").fill("客人住高雄")
    dialog.get_by_role("button", name="Hand over").click()

    ren.row(customer).click()
    expect(ren.messages).to_contain_text("客人住高雄")
    ren.answer("高雄店為您服務。")

    expect(ren.bubble("高雄店為您服務。").locator(".state")).to_contain_text("Accepted by LINE")
    expect(aoi.row(customer)).to_have_count(0)
    aoi.page.goto(f"/conversations/{customer.conversation}")
    expect(aoi.page.get_by_role("heading")).to_have_text("This does not exist, or it is not yours to see.")
    aoi.complaints.clear()  # the browser reports the 404


def test_of_two_who_answer_at_once_one_wins_and_the_other_is_told_who(
    aoi: Desk, sit_down: SitDown, customer: Customer
) -> None:
    haru = sit_down("haru", may_complain=True)  # the browser reports the 409
    for desk, words in ((aoi, "葵回答"), (haru, "陽回答")):
        desk.open(customer)
        desk.box.fill(words)

    def let_aoi_be_first(route: Route) -> None:
        aoi.send.click()
        expect(aoi.bubble("葵回答")).to_have_count(1)
        route.continue_()

    haru.page.route("**/messages", let_aoi_be_first)
    haru.send.click()

    expect(haru.toast).to_contain_text("葵")
    expect(haru.box).to_have_value("陽回答")
    expect(haru.bubble("葵回答")).to_have_count(1)
    expect(aoi.bubble("葵回答").locator(".state")).to_contain_text("Accepted by LINE")
    assert customer.received_texts() == ["葵回答"]


def test_of_two_who_take_over_at_once_one_wins(aoi: Desk, sit_down: SitDown, customer: Customer) -> None:
    haru = sit_down("haru", may_complain=True)
    for desk in (aoi, haru):
        desk.open(customer)
    # Haru's page does not hear of what happens meanwhile, as if both had pressed at the same moment.
    haru.page.route("**/changes*", lambda route: route.abort())

    aoi.page.locator("#act-take").click()
    expect(aoi.page.locator("#thread-head")).to_contain_text("Mine")
    haru.page.locator("#act-take").click()

    expect(haru.toast).to_contain_text("葵")


def test_a_double_click_is_one_bubble(aoi: Desk, customer: Customer) -> None:
    aoi.open(customer)
    aoi.box.fill("只說一次")

    aoi.send.dblclick()

    expect(aoi.bubble("只說一次").locator(".state")).to_contain_text("Accepted by LINE")
    expect(aoi.bubble("只說一次")).to_have_count(1)
    expect(aoi.box).to_have_value("")
    assert customer.received_texts() == ["只說一次"]


def test_a_closed_thread_begins_a_new_exchange_when_the_customer_writes(aoi: Desk, customer: Customer) -> None:
    aoi.open(customer)
    aoi.page.keyboard.press("e")
    aoi.page.get_by_role("dialog").get_by_role("button", name="Close the exchange").click()
    expect(aoi.page.locator("#composer-state")).to_contain_text("This exchange is closed")
    aoi.look_at("place")
    expect(aoi.row(customer)).to_have_count(0)

    customer.writes("還有一個問題")

    expect(aoi.row(customer)).to_contain_text("還有一個問題")
    expect(aoi.row(customer).locator(".unread")).to_have_text("1")
    aoi.row(customer).click()
    expect(aoi.bubble("還有一個問題")).to_have_count(1)
    expect(aoi.messages).to_contain_text("A new exchange began")
    expect(aoi.page.locator("#composer-state")).not_to_contain_text("closed")


def test_a_dialog_opened_as_a_page_leads_back_to_the_thread(aoi: Desk, customer: Customer) -> None:
    """A key pressed before the page has taken its links over, or a dialog in a tab of its own."""
    aoi.page.goto(f"/conversations/{customer.conversation}/closure")
    aoi.page.get_by_role("dialog").get_by_role("button", name="Close the exchange").click()
    expect(aoi.page.locator("#composer-state")).to_contain_text("This exchange is closed")


def test_a_row_under_the_finger_stays_until_it_is_let_go(aoi: Desk, customer: Customer) -> None:
    aoi.look_at("place")
    aoi.row(customer).hover()
    aoi.page.mouse.down()
    with aoi.page.expect_response(lambda answer: "/inbox/rows" in answer.url and "剛好" in answer.text()):
        customer.writes("剛好在這個時候")
    aoi.page.evaluate("new Promise(done => setTimeout(done, 50))")  # the page has dealt with the answer
    aoi.page.mouse.up()

    expect(aoi.bubble("剛好在這個時候")).to_have_count(1)
    expect(aoi.row(customer)).to_contain_text("剛好在這個時候")


def test_an_answer_that_is_too_long_names_the_limit_and_is_kept(aoi: Desk, customer: Customer) -> None:
    aoi.open(customer)
    words = "長" * 5_001
    aoi.box.fill(words)
    expect(aoi.send).to_be_disabled()
    expect(aoi.page.locator("#counter")).to_have_text("5,001 / 5,000")

    aoi.send.evaluate("button => { button.disabled = false; button.click() }")  # a page that does not count

    expect(aoi.toast).to_contain_text("5,000")
    expect(aoi.box).to_have_value(words)
    aoi.page.reload()
    expect(aoi.box).to_have_value(words)
    aoi.complaints.clear()  # the browser reports the refusal
    assert customer.received() == []


def _png(color: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (320, 240), color).save(buffer, "PNG")
    return buffer.getvalue()
