"""What staff and customers notice when a part of the product is away for a while: nothing is missing afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.desk import Desk
from tests.e2e.product import Customer, Product

SitDown = Callable[..., Desk]


@pytest.fixture
def patient(product: Product, sit_down: SitDown) -> Iterator[Desk]:
    """Aoi, whose browser will report requests that fail. Afterwards everything runs again, for the other journeys."""
    yield sit_down("aoi", may_complain=True)
    product.mend()


def test_a_lost_connection_is_told_and_what_was_missed_is_shown(
    product: Product, patient: Desk, customer: Customer
) -> None:
    patient.open(customer)
    before = patient.texts()
    product.web.kill()
    expect(patient.connection).to_have_text("Not connected")
    expect(patient.page.locator("#lost-bar")).to_contain_text("The live connection is lost")
    customer.writes("一", "二", "三")  # LINE keeps trying

    product.mend()

    patient.expect_live()
    expect(patient.page.locator("#lost-bar")).to_be_hidden()
    expect(patient.bubble("三")).to_have_count(1, timeout=20_000)
    expect(patient.bubble("一")).to_have_count(1)
    assert sorted(patient.texts()) == sorted([*before, "一", "二", "三"])
    patient.answer("都收到了")
    expect(patient.bubble("都收到了").locator(".state")).to_contain_text("Accepted by LINE")


def test_an_answer_that_cannot_be_sent_is_kept_and_goes_once(
    product: Product, patient: Desk, customer: Customer
) -> None:
    patient.open(customer)
    product.web.kill()

    patient.answer("稍等一下")
    expect(patient.toast).to_contain_text("The server cannot be reached")
    expect(patient.box).to_have_value("稍等一下")
    product.mend()
    patient.send.click()

    expect(patient.bubble("稍等一下").locator(".state")).to_contain_text("Accepted by LINE")
    expect(patient.box).to_have_value("")
    assert customer.received_texts() == ["稍等一下"]


def test_a_database_that_was_away_loses_nothing(product: Product, patient: Desk, customer: Customer) -> None:
    patient.open(customer)
    product.server.close()
    expect(patient.connection).to_have_text("Not connected", timeout=20_000)
    expect(patient.toast).to_have_count(0)
    customer.writes("資料庫不在的時候")  # the webhook is answered with 503
    patient.answer("稍後回覆您")
    expect(patient.toast).to_be_visible()
    expect(patient.box).to_have_value("稍後回覆您")

    product.mend()

    expect(patient.bubble("資料庫不在的時候")).to_have_count(1, timeout=30_000)
    patient.send.click()
    expect(patient.bubble("稍後回覆您").locator(".state")).to_contain_text("Accepted by LINE", timeout=20_000)
    assert customer.received_texts() == ["稍後回覆您"]
