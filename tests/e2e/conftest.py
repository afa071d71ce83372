"""A browser for the journeys: one Chromium for all of them, a fresh page per test that must not complain."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from madoguchi.bench.chromium import find_chromium
from tests.e2e.desk import Desk
from tests.e2e.product import Customer, Product, running_product
from tests.servers import OwnServer

DESKTOP: ViewportSize = {"width": 1440, "height": 900}
SMALL: ViewportSize = {"width": 390, "height": 844}

expect.set_options(timeout=10_000)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Playwright keeps an event loop running in this thread: it must end before the asynchronous tests of other folders."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A desktop page in zh-Hant; a script's error or a refused inline style fails the test."""
    complaints: list[str] = []
    context = browser.new_context(viewport=DESKTOP, locale="zh-TW", timezone_id="Asia/Taipei")
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(f"{line.text} {line.location}") if line.type == "error" else None)
    yield page
    context.close()
    assert complaints == []


@pytest.fixture(scope="package")
def product(tmp_path_factory: pytest.TempPathFactory, own_server: OwnServer) -> Iterator[Product]:
    """The real processes and a small company, once for all journeys."""
    folder: Path = tmp_path_factory.mktemp("product")
    with own_server() as server, running_product(server, folder) as product:
        yield product


@pytest.fixture
def customer(product: Product) -> Customer:
    return product.customer()


@pytest.fixture
def sit_down(browser: Browser, product: Product) -> Iterator[Callable[..., Desk]]:
    """``sit_down("aoi")``: a browser of their own in which this person is signed in. Options are Playwright's."""
    with ExitStack() as stack:

        def sit_down(username: str, *, may_complain: bool = False, small: bool = False, **options: object) -> Desk:
            desk = Desk(browser, product, username, viewport=SMALL if small else DESKTOP, **options)
            stack.callback(desk.leave, may_complain=may_complain)
            return desk

        yield sit_down


@pytest.fixture
def aoi(sit_down: Callable[..., Desk]) -> Desk:
    return sit_down("aoi")


@pytest.fixture
def card(aoi: Desk, product: Product) -> Iterator[str]:
    """Aoi's code, made by one press, and its card at hand beside the phones; the link that it says."""
    aoi.page.goto("/codes")
    if aoi.page.locator("button[name=place]").count():
        aoi.page.locator("button[name=place]").click()
    link = aoi.page.locator("[data-copy]").first.get_attribute("data-copy") or ""
    product.line.call("PUT", "/sandbox/printed-codes", [{"text": link, "title": "葵"}])
    yield link
    product.line.call("PUT", "/sandbox/printed-codes", [])
