"""A member of staff at the console, as the journeys see them."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, StorageState, expect

from tests.e2e.product import Customer, Product

_signed_in: dict[tuple[str, str], StorageState] = {}
"""By installation and user name: a password is typed once."""


class Desk:
    """One browser window. What the page complains about is kept, for a journey that does not expect it."""

    def __init__(self, browser: Browser, product: Product, username: str, **options: Any) -> None:
        self.product = product
        key = (product.url, username)
        if key not in _signed_in:
            _signed_in[key] = _sign_in(browser, product, username)
        self._context = browser.new_context(
            base_url=product.url, storage_state=_signed_in[key], timezone_id="Asia/Taipei", **options
        )
        self.page: Page = self._context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._listen)

    def leave(self, *, may_complain: bool) -> None:
        self._context.close()
        assert may_complain or not self.complaints, self.complaints

    def _listen(self, line: ConsoleMessage) -> None:
        """htmx calls it an error when a newer request of the page takes the place of an older one."""
        if line.type == "error" and not line.text.startswith("htmx:"):
            self.complaints.append(f"{line.text} {line.location['url']}")

    # -- the queue -------------------------------------------------------------------------------------------------

    def look_at(self, view: str = "all") -> None:
        self.page.goto(f"/inbox?view={view}")
        self.expect_live()

    def row(self, customer: Customer) -> Locator:
        return self.page.locator("#queue-list [data-row]").filter(has_text=customer.name)

    @property
    def connection(self) -> Locator:
        """Where the page says whether it hears of changes."""
        return self.page.locator("#live-state")

    def expect_live(self) -> None:
        expect(self.connection).to_have_attribute("data-state", "live")

    # -- the thread ------------------------------------------------------------------------------------------------

    def open(self, customer: Customer, view: str = "all") -> Desk:
        self.page.goto(f"/conversations/{customer.conversation}?view={view}")
        self.expect_live()
        return self

    @property
    def messages(self) -> Locator:
        return self.page.locator("#messages")

    def bubble(self, words: str) -> Locator:
        return self.messages.locator("li.bubble").filter(has_text=words)

    @property
    def box(self) -> Locator:
        return self.page.locator("#composer-text")

    @property
    def send(self) -> Locator:
        return self.page.locator("[data-send=reply]")

    def answer(self, words: str) -> None:
        self.box.fill(words)
        self.send.click()

    @property
    def holder(self) -> Locator:
        """Who looks after the customer, beside the thread."""
        return self.page.locator("#customer-bindings .holder b")

    def give(self, customer: Customer, to: str) -> None:
        """From now on this colleague looks after them."""
        self.open(customer)
        bindings = self.page.locator("#customer-bindings")
        bindings.get_by_text("Give to somebody else").click()
        bindings.locator("select[name=to]").select_option(label=to)
        bindings.get_by_role("button", name="Bind").click()
        expect(self.holder).to_have_text(to)

    @property
    def toast(self) -> Locator:
        return self.page.locator("[data-toast]")

    def texts(self) -> list[str]:
        """The words of all bubbles, oldest first."""
        return self.messages.locator("li.bubble .words").all_inner_texts()


def _sign_in(browser: Browser, product: Product, username: str) -> StorageState:
    page = browser.new_page(base_url=product.url)
    page.goto("/sign-in")
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(product.facts["password"])
    page.locator("[name=password]").press("Enter")
    expect(page.locator("#queue")).to_be_visible()
    state = page.context.storage_state()
    page.close()
    return state
