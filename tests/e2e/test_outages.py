"""What staff and customers notice when a part of the product is away for a while: nothing is missing afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Route, expect

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


def test_what_was_changed_after_an_answer_got_lost_is_sent_as_well(patient: Desk, customer: Customer) -> None:
    """The first try has arrived, only nobody told the page: the same words once more are one message, others another."""
    patient.open(customer)

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    patient.page.route("**/messages", lose_the_answer, times=2)
    patient.answer("稍等")
    expect(patient.toast).to_have_count(1)
    patient.send.click()
    expect(patient.toast).to_have_count(2)
    expect(patient.bubble("稍等")).to_have_count(1)
    expect(patient.box).to_have_value("稍等")

    patient.answer("稍等，我問一下店裡")

    expect(patient.bubble("我問一下店裡").locator(".state")).to_contain_text("Accepted by LINE")
    expect(patient.box).to_have_value("")
    assert customer.received_texts() == ["稍等", "稍等，我問一下店裡"]


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
