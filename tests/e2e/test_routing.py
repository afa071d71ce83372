"""An administrator writes a rule, tries it, and reads in the thread that it was the rule that sent a customer there."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.desk import Desk
from tests.e2e.product import Product

KEYWORD = "冷凍庫結霜"


def test_a_rule_is_written_tried_and_explained(product: Product, sit_down: Callable[..., Desk]) -> None:
    repairs = product.facts["repairs"]
    kaito, mio = sit_down("kaito"), sit_down("mio")
    page = kaito.page
    page.goto("/routing")
    page.get_by_role("link", name="New rule").click()
    page.get_by_label("The customer writes one of these words").fill(KEYWORD)
    page.get_by_label("Then it goes to").select_option(label=repairs)
    page.get_by_label("Name").fill("維修")
    expect(page.locator("#sentence")).to_contain_text(KEYWORD)
    expect(page.locator("#sentence .rule-then")).to_contain_text(repairs)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#rules .rule").filter(has_text=KEYWORD)).to_contain_text(repairs)

    result = page.locator("#trial-result")
    page.locator("#trial textarea").fill("請問今天有開嗎")
    expect(result.locator(".outcome")).to_contain_text("No rule takes it")
    page.locator("#trial textarea").fill(f"我家的{KEYWORD}了")
    expect(result.locator(".outcome-where")).to_contain_text(repairs)
    expect(result.locator(".outcome")).to_contain_text(f"A written rule sends it to {repairs}.")
    taking = result.locator("li.takes")
    expect(taking).to_contain_text(f"The message says “{KEYWORD}”")
    expect(taking).to_contain_text("Takes it.")

    customer = product.stranger("邱冰箱")
    customer.befriends()
    customer.writes(f"我家的{KEYWORD}了，怎麼辦？")

    mio.look_at("unassigned")
    mio.row(customer).click()
    line = mio.messages.locator("li.system").filter(has_text="by the rule “維修”")
    expect(line).to_contain_text(f"To the queue of {repairs}")
    line.get_by_role("link", name="Why?").click()
    dialog = mio.page.get_by_role("dialog", name="Why it went there")
    expect(dialog).to_contain_text(f"A written rule sends it to {repairs}.")
    expect(dialog).to_contain_text(KEYWORD)
    expect(mio.page.locator("#thread-head")).to_contain_text(repairs)
