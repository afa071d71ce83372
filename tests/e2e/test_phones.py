"""The simulated phones in a browser: what a customer does, and what an account's messages look like to them."""

import io
import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from tests.e2e.conftest import DESKTOP, SMALL
from tests.line_sandbox import LineSandbox, line_sandbox

CHANNEL, TOKEN = "2001", "token-2001"
Json = dict[str, Any]


class Line(LineSandbox):
    """The sandbox with one account, 生活窗口 (@life), and two people: Mei, who has added it, and Ken, who has not."""

    def prepare(self) -> None:
        self.call(
            "POST",
            "/sandbox/channels",
            {"channelId": CHANNEL, "name": "生活窗口", "basicId": "@life", "provider": "one", "accessToken": TOKEN},
        )
        self.call(
            "POST", "/sandbox/people", [{"personId": "mei", "name": "陳小美"}, {"personId": "ken", "name": "林大健"}]
        )
        self.call("POST", f"/sandbox/people/mei/channels/{CHANNEL}/add", {"quiet": True})

    def api(self, method: str, path: str, body: object = None, *, raw: bytes | None = None) -> Any:
        """A call of LINE's API with the account's token."""
        data = raw if raw is not None else json.dumps(body).encode() if body is not None else None
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "image/png" if raw else "application/json"}
        with urllib.request.urlopen(urllib.request.Request(self.url + path, data, headers, method=method)) as answer:
            return json.load(answer)

    def push(self, person: str, *messages: Json) -> None:
        people = self.call("GET", "/sandbox/world")["people"]
        user = next(each["userIds"]["one"] for each in people if each["personId"] == person)
        self.api("POST", "/v2/bot/message/push", {"to": user, "messages": list(messages)})

    def chat(self, person: str) -> Json:
        found: Json = self.call("GET", f"/sandbox/people/{person}/channels/{CHANNEL}/chat")
        return found

    def sent(self, person: str) -> list[Json]:
        return [message for message in self.chat(person)["messages"] if message["direction"] == "in"]


@pytest.fixture(autouse=True)
def line() -> Iterator[Line]:
    """Before every page and so gone after it: a page that outlives its server complains of the lost connection."""
    with line_sandbox() as sandbox:
        line = Line(sandbox.url)
        line.prepare()
        yield line


@pytest.fixture
def phone(page: Page, line: Line) -> Locator:
    """Mei's phone with the account's chat open."""
    page.goto(f"{line.url}/phones?p=mei@{CHANNEL}")
    phone = page.locator("[data-person=mei]")
    expect(phone.get_by_role("heading", name="生活窗口")).to_be_visible()
    return phone


def write(phone: Locator, text: str) -> None:
    box = phone.get_by_label("輸入訊息")
    box.fill(text)
    box.press("Enter")


def log(phone: Locator) -> Locator:
    return phone.get_by_role("log")


def text(words: str, **more: Any) -> Json:
    return {"type": "text", "text": words, **more}


def test_a_customer_adds_the_account_writes_and_reads_the_answer_in_the_brands_name(page: Page, line: Line) -> None:
    page.goto(f"{line.url}/phones?p=ken")
    phone = page.locator("[data-person=ken]")
    phone.get_by_role("button", name="加入好友").first.click()
    phone.get_by_label("好友連結或 ID").fill("https://line.me/R/ti/p/%40life")
    phone.get_by_role("button", name="開啟", exact=True).click()
    phone.locator(".found").get_by_role("button", name="加入好友").click()
    write(phone, "請問濾網多久換一次?")
    expect(log(phone).get_by_text("請問濾網多久換一次?")).to_have_count(1)

    line.push("ken", text("建議每 12 個月更換。", sender={"name": "維洛"}))

    expect(log(phone).get_by_text("建議每 12 個月更換。")).to_be_visible()
    expect(log(phone).get_by_text("維洛 from 生活窗口")).to_be_visible()
    assert [message["text"] for message in line.sent("ken")] == ["請問濾網多久換一次?"]


def test_enter_that_ends_a_composition_does_not_send(phone: Locator, line: Line) -> None:
    box = phone.get_by_label("輸入訊息")
    box.fill("ㄋㄧ")
    box.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True, "cancelable": True})
    expect(box).to_have_value("ㄋㄧ")
    assert line.sent("mei") == []

    box.fill("你好")
    box.press("Enter")

    expect(log(phone).get_by_text("你好")).to_be_visible()
    expect(box).to_have_value("")


def test_a_new_message_disturbs_neither_typing_nor_reading(phone: Locator, line: Line) -> None:
    for number in range(30):
        line.call("POST", f"/sandbox/people/mei/channels/{CHANNEL}/messages", text(f"第 {number} 則"))
    expect(log(phone).get_by_text("第 29 則")).to_be_visible()
    phone.get_by_label("輸入訊息").fill("打到一半")
    log(phone).evaluate("log => { log.scrollTop = 120 }")
    before = log(phone).evaluate("log => log.scrollTop")

    line.push("mei", text("新的消息"))

    expect(phone.get_by_role("button", name="新訊息")).to_be_visible()
    assert log(phone).evaluate("log => log.scrollTop") == before
    expect(phone.get_by_label("輸入訊息")).to_have_value("打到一半")
    phone.get_by_role("button", name="新訊息").click()
    expect(log(phone).get_by_text("新的消息")).to_be_in_viewport()


def test_a_quoted_reply_names_what_it_answers(phone: Locator, line: Line) -> None:
    line.push("mei", text("要哪一種顏色?"))
    log(phone).get_by_text("要哪一種顏色?").click(button="right")
    phone.get_by_role("button", name="回覆").click()
    write(phone, "白色")

    expect(phone.locator(".quote")).to_contain_text("要哪一種顏色?")
    answered = line.chat("mei")["messages"][0]["id"]
    assert line.sent("mei")[-1]["quotedMessageId"] == answered


def test_an_unsent_message_leaves_a_note(phone: Locator, line: Line) -> None:
    write(phone, "打錯了")
    log(phone).get_by_text("打錯了").click(button="right")
    phone.get_by_role("button", name="收回").click()

    expect(log(phone).get_by_text("你已收回訊息")).to_be_visible()
    expect(log(phone).get_by_text("打錯了")).to_have_count(0)
    assert line.sent("mei")[-1]["unsent"]


def test_a_blocked_account_can_be_unblocked(phone: Locator, line: Line) -> None:
    phone.get_by_role("button", name="帳號資訊").click()
    phone.get_by_role("button", name="封鎖").click()
    phone.get_by_role("dialog").get_by_role("button", name="封鎖").click()
    expect(phone.locator(".info").get_by_text("已封鎖這個帳號")).to_be_visible()
    assert line.chat("mei")["friendship"]["state"] == "blocked"

    phone.locator(".info").get_by_role("button", name="返回").click()
    phone.get_by_role("button", name="解除封鎖").click()

    expect(phone.locator(".notice")).to_be_hidden()
    assert line.chat("mei")["friendship"]["state"] == "friend"


def test_stickers_places_and_photographs_are_sent_as_such(phone: Locator, line: Line) -> None:
    phone.get_by_role("button", name="貼圖").click()
    phone.get_by_role("button", name="謝謝").click()
    expect(phone.get_by_role("img", name="謝謝")).to_be_visible()
    phone.get_by_role("button", name="更多", exact=True).click()
    phone.get_by_role("button", name="位置資訊").click()
    phone.get_by_role("button", name="台北車站").click()
    expect(log(phone).get_by_text("台北車站")).to_be_visible()
    phone.get_by_role("button", name="更多", exact=True).click()
    phone.get_by_role("button", name="相機").click()
    phone.get_by_role("button", name="拍照").click()
    expect(phone.locator(".message:not(.is-sending) .picture img")).to_be_visible()

    assert [message["type"] for message in line.sent("mei")] == ["sticker", "location", "image"]


def test_pictures_chosen_together_are_one_set(page: Page, phone: Locator, line: Line) -> None:
    files: list[FilePayload] = [
        {"name": f"{number}.png", "mimeType": "image/png", "buffer": _png(number)} for number in range(3)
    ]
    with page.expect_file_chooser() as chooser:
        phone.get_by_role("button", name="照片").click()
    chooser.value.set_files(files)

    expect(phone.locator(".message:not(.is-sending) .collage .picture")).to_have_count(3)
    sets = [message["imageSet"] for message in line.sent("mei")]
    assert [(each["index"], each["total"]) for each in sets] == [(1, 3), (2, 3), (3, 3)]


def test_a_message_that_cannot_be_sent_can_be_sent_again(browser: Browser, line: Line) -> None:
    page = browser.new_page(viewport=DESKTOP, locale="zh-TW")
    page.goto(f"{line.url}/phones?p=mei@{CHANNEL}")
    phone = page.locator("[data-person=mei]")
    page.route("**/messages", lambda route: route.abort())
    write(phone, "送不出去")
    phone.get_by_role("button", name="未能傳送").click()
    page.unroute("**/messages")
    phone.get_by_role("button", name="重新傳送").click()

    expect(phone.get_by_role("button", name="未能傳送")).to_have_count(0)
    expect(log(phone).get_by_text("送不出去")).to_have_count(1)
    assert len(line.sent("mei")) == 1
    page.close()


def test_quick_replies_and_flex_buttons_act(phone: Locator, line: Line) -> None:
    button = {"type": "button", "action": {"type": "postback", "label": "查看", "data": "x", "displayText": "我要查看"}}
    title = {"type": "text", "text": "維修進度", "weight": "bold"}
    bubble = {"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": [title, button]}}
    line.push("mei", {"type": "flex", "altText": "進度", "contents": bubble})
    phone.get_by_role("button", name="查看").click()
    expect(log(phone).get_by_text("我要查看")).to_be_visible()

    quick = {"items": [{"type": "action", "action": {"type": "message", "label": "好", "text": "好的"}}]}
    line.push("mei", text("可以嗎?", quickReply=quick))
    phone.get_by_role("button", name="好", exact=True).click()

    expect(log(phone).get_by_text("好的")).to_be_visible()
    expect(phone.get_by_role("button", name="好", exact=True)).to_have_count(0)


def test_rich_menu_tabs_switch_and_areas_act(page: Page, line: Line) -> None:
    first, second = (_rich_menu(line, number) for number in (0, 1))
    line.api("POST", "/v2/bot/richmenu/alias", {"richMenuAliasId": "tab0", "richMenuId": first})
    line.api("POST", "/v2/bot/richmenu/alias", {"richMenuAliasId": "tab1", "richMenuId": second})
    line.api("POST", f"/v2/bot/user/all/richmenu/{first}")
    page.goto(f"{line.url}/phones?p=mei@{CHANNEL}")
    phone = page.locator("[data-person=mei]")

    phone.get_by_role("button", name="分頁 1").click()
    phone.get_by_role("button", name="門市 1").click()

    expect(log(phone).get_by_text("門市 1")).to_be_visible()
    phone.get_by_role("button", name="選單", exact=True).click()
    expect(phone.get_by_role("button", name="門市 1")).to_be_hidden()
    phone.get_by_role("button", name="改用鍵盤").click()
    expect(phone.get_by_label("輸入訊息")).to_be_focused()


def test_a_link_with_text_fills_the_box_and_waits(page: Page, line: Line) -> None:
    page.goto(f"{line.url}/R/oaMessage/%40life/?%E6%88%91%E6%83%B3%E5%95%8F")

    expect(page.get_by_label("輸入訊息")).to_have_value("我想問")
    assert line.sent("mei") == []


def test_a_message_in_another_phone_is_pointed_out(page: Page, line: Line) -> None:
    page.goto(f"{line.url}/phones?p=ken")
    expect(page.locator("#live")).to_have_text("即時更新中")

    line.push("mei", text("您好"))

    expect(page.get_by_role("button", name="陳小美").get_by_role("img", name="有新動態")).to_be_visible()
    page.get_by_role("button", name="陳小美").click()
    expect(page.locator("[data-person=mei]").get_by_label("1 則未讀")).to_be_visible()


def test_the_address_follows_what_is_open(page: Page, line: Line) -> None:
    page.goto(f"{line.url}/phones?p=mei")
    page.locator("[data-person=mei] .rows, [data-person=mei] .empty").first.wait_for(state="attached")
    page.get_by_role("button", name="林大健").click()
    expect(page.locator(".phone")).to_have_count(2)
    expect(page).to_have_url(f"{line.url}/phones?p=mei,ken")

    page.get_by_role("button", name="收起 陳小美 的手機").click()

    expect(page.locator(".phone")).to_have_count(1)
    expect(page).to_have_url(f"{line.url}/phones?p=ken")


def test_a_newcomer_gets_a_phone_without_friends(page: Page, line: Line) -> None:
    page.goto(f"{line.url}/phones?p=mei")
    page.get_by_role("button", name="新顧客").click()
    page.get_by_label("姓名", exact=True).fill("吳新人")
    page.get_by_role("button", name="建立").click()

    expect(page.get_by_role("region", name="吳新人 的手機").get_by_text("還沒有聊天")).to_be_visible()


def test_on_a_small_screen_the_phone_takes_it_all(browser: Browser, line: Line) -> None:
    page = browser.new_page(viewport=SMALL, locale="zh-TW")
    page.goto(f"{line.url}/phones")
    page.get_by_role("button", name="陳小美").click()
    phone = page.locator("[data-person=mei]")
    expect(phone).to_be_visible()

    box = phone.bounding_box()
    assert box
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
    phone.get_by_role("button", name="換一支手機").click()
    expect(page.get_by_role("button", name="林大健")).to_be_visible()
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", f"/phones?p=mei@{CHANNEL},ken"])
def test_axe_finds_nothing(browser: Browser, line: Line, path: str, scheme: Any) -> None:
    line.push("mei", text("您好"), {"type": "sticker", "packageId": "446", "stickerId": "1988"})
    page = browser.new_page(viewport=DESKTOP, locale="zh-TW", color_scheme=scheme, bypass_csp=True)
    page.goto(line.url + path)
    if path != "/":
        expect(page.get_by_role("log").get_by_text("您好")).to_be_visible()
        page.wait_for_function("document.getAnimations().every(each => each.playState === 'finished')")

    found = Axe().run(page).response["violations"]

    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
    page.close()


def _png(number: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (320, 240), (60 * number, 120, 160)).save(buffer, "PNG")
    return buffer.getvalue()


def _rich_menu(line: Line, number: int) -> str:
    """A menu with two tabs above one area that says 門市 and the tab's number."""
    buffer = io.BytesIO()
    Image.new("RGB", (1000, 500), "white").save(buffer, "PNG")
    tabs = [
        {
            "bounds": {"x": 500 * tab, "y": 0, "width": 500, "height": 100},
            "action": {"type": "richmenuswitch", "label": f"分頁 {tab}", "richMenuAliasId": f"tab{tab}", "data": "x"},
        }
        for tab in (0, 1)
    ]
    words = f"門市 {number}"
    area = {
        "bounds": {"x": 0, "y": 100, "width": 1000, "height": 400},
        "action": {"type": "message", "label": words, "text": words},
    }
    size = {"width": 1000, "height": 500}
    menu = {"size": size, "selected": True, "name": "menu", "chatBarText": "選單", "areas": [*tabs, area]}
    made: str = line.api("POST", "/v2/bot/richmenu", menu)["richMenuId"]
    line.api("POST", f"/v2/bot/richmenu/{made}/content", raw=buffer.getvalue())
    return made
