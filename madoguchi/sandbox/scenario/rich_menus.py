"""The menus under the chats: three tabs in Taiwan, one page in Japan; made and uploaded as a real account would do it.

The pictures are drawn here. Their words come from ``labels.png``, one strip per label, so that no font has to be there.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import aiohttp
from PIL import Image, ImageDraw

from madoguchi.kit.setup import SetupError
from madoguchi.sandbox.scenario.accounts import AccountSpec

WIDTH, HEIGHT = 2500, 1686
TAB_HEIGHT = 260
_STRIP = 96
"""Height of a strip of ``labels.png``, in pixels; the label's own width is found by looking."""
_INK, _PALE, _LINE = "#3650a8", "#e3e7f5", "#e4e4ec"

LABELS = (
    *("門市", "線上購物", "會員・生活"),
    *("我的銷售顧問", "附近門市", "報修・進度", "我的裝置", "線上客服", "營業時間"),
    *("新品推薦", "訂單查詢", "退換貨", "濾網・耗材", "送禮包裝", "配送時間"),
    *("會員點數", "優惠券", "保固登錄", "生活提案", "我的資料", "意見回饋"),
    *("店舗を探す", "在庫の確認", "修理・点検", "ご注文の確認", "ギフト包装", "お問い合わせ"),
)


@dataclass(frozen=True, slots=True)
class Cell:
    label: str
    icon: str
    text: str
    """What the customer says by tapping."""


@dataclass(frozen=True, slots=True)
class Page:
    alias: str
    tab: str
    cells: tuple[Cell, ...]


TAIWAN = (
    Page("one-store", "門市", (
        Cell("我的銷售顧問", "person", "我想找我的銷售顧問"), Cell("附近門市", "pin", "請問離我最近的門市在哪裡？"),
        Cell("報修・進度", "wrench", "我想報修／查詢維修進度"), Cell("我的裝置", "device", "想確認我登錄的產品"),
        Cell("線上客服", "chat", "我想找客服"), Cell("營業時間", "clock", "請問今天營業到幾點？"),
    )),
    Page("one-shop", "線上購物", (
        Cell("新品推薦", "star", "最近有什麼新品？"), Cell("訂單查詢", "box", "我想查詢訂單"),
        Cell("退換貨", "turn", "我想退換貨"), Cell("濾網・耗材", "filter", "我想買濾網或耗材"),
        Cell("送禮包裝", "gift", "請問可以包裝送禮嗎？"), Cell("配送時間", "clock", "請問可以指定配送時間嗎？"),
    )),
    Page("one-life", "會員・生活", (
        Cell("會員點數", "star", "請問我有多少點數？"), Cell("優惠券", "ticket", "請問我有可以用的優惠券嗎？"),
        Cell("保固登錄", "shield", "我想登錄保固"), Cell("生活提案", "leaf", "有推薦的生活小物嗎？"),
        Cell("我的資料", "person", "我想修改會員資料"), Cell("意見回饋", "chat", "我有一些意見想反應"),
    )),
)  # fmt: skip
JAPAN = (
    Page("one-jp", "", (
        Cell("店舗を探す", "pin", "近くの店舗を教えてください"), Cell("在庫の確認", "box", "在庫を確認したいです"),
        Cell("修理・点検", "wrench", "修理をお願いしたいです"), Cell("ご注文の確認", "device", "注文の状況を知りたいです"),
        Cell("ギフト包装", "gift", "ギフト包装はできますか？"), Cell("お問い合わせ", "chat", "質問があります"),
    )),
)  # fmt: skip


async def create(session: aiohttp.ClientSession, url: str, spec: AccountSpec) -> None:
    """Create, upload, name and show the menus of an account, unless it has them. Raises SetupError."""
    pages = JAPAN if spec.market == "jp" else TAIWAN
    line = _Line(session, url, {"Authorization": f"Bearer {spec.access_token}"})
    known = {each["richMenuAliasId"] for each in (await line.call("GET", "/v2/bot/richmenu/alias/list"))["aliases"]}
    if pages[0].alias in known:
        return
    made = []
    for number, page in enumerate(pages):
        menu = (await line.call("POST", "/v2/bot/richmenu", json=_menu(pages, number)))["richMenuId"]
        await line.call(
            "POST",
            f"/v2/bot/richmenu/{menu}/content",
            data=picture(pages, number),
            headers={"Content-Type": "image/jpeg"},
        )
        await line.call("POST", "/v2/bot/richmenu/alias", json={"richMenuAliasId": page.alias, "richMenuId": menu})
        made.append(menu)
    await line.call("POST", f"/v2/bot/user/all/richmenu/{made[0]}")


@dataclass(slots=True)
class _Line:
    session: aiohttp.ClientSession
    url: str
    headers: dict[str, str]

    async def call(self, method: str, path: str, *, headers: dict[str, str] | None = None, **body: Any) -> Any:
        asked = self.session.request(method, self.url + path, headers=self.headers | (headers or {}), **body)
        async with asked as response:
            if response.status >= 400:
                raise SetupError(f"The sandbox refused the rich menu: {await response.text()}")
            return await response.json()


def _menu(pages: tuple[Page, ...], shown: int) -> dict[str, Any]:
    page, top = pages[shown], TAB_HEIGHT if len(pages) > 1 else 0
    width, height = WIDTH // 3, (HEIGHT - top) // 2
    areas = [
        {
            "bounds": {"x": number * width, "y": 0, "width": width, "height": top},
            "action": {
                "type": "richmenuswitch",
                "label": each.tab,
                "richMenuAliasId": each.alias,
                "data": f"tab={each.alias}",
            },
        }
        for number, each in enumerate(pages)
        if top
    ]
    areas += [
        {
            "bounds": {"x": number % 3 * width, "y": top + number // 3 * height, "width": width, "height": height},
            "action": {"type": "message", "label": cell.label, "text": cell.text},
        }
        for number, cell in enumerate(page.cells)
    ]
    return {
        "size": {"width": WIDTH, "height": HEIGHT},
        "selected": True,
        "name": page.alias,
        "chatBarText": "選單" if len(pages) > 1 else "メニュー",
        "areas": areas,
    }


def picture(pages: tuple[Page, ...], shown: int) -> bytes:
    """A JPEG of a page with its tabs."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "#ffffff")
    draw = ImageDraw.Draw(image)
    top = TAB_HEIGHT if len(pages) > 1 else 0
    width, height = WIDTH // 3, (HEIGHT - top) // 2
    for number, each in enumerate(pages) if top else ():
        is_here = number == shown
        draw.rectangle((number * width, 0, (number + 1) * width + 2, top), fill=_INK if is_here else _PALE)
        _write(image, each.tab, (number * width + width // 2, top // 2), "#ffffff" if is_here else "#4b5680")
    for number, cell in enumerate(pages[shown].cells):
        left, upper = number % 3 * width, top + number // 3 * height
        draw.rectangle((left, upper, left + width, upper + height), outline=_LINE, width=3)
        _icon(draw, cell.icon, left + width // 2, upper + round(height * 0.36))
        _write(image, cell.label, (left + width // 2, upper + round(height * 0.72)), "#2b3350")
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


@cache
def _labels() -> Image.Image:
    data = (files("madoguchi.sandbox.scenario") / "labels.png").read_bytes()
    return Image.open(io.BytesIO(data)).convert("L")


def _write(image: Image.Image, label: str, middle: tuple[int, int], color: str) -> None:
    sheet, row = _labels(), LABELS.index(label)
    strip = sheet.crop((0, row * _STRIP, sheet.width, (row + 1) * _STRIP))
    strip = strip.crop((0, 0, (strip.getbbox() or (0, 0, 1, 1))[2], _STRIP))
    image.paste(color, (middle[0] - strip.width // 2, middle[1] - _STRIP // 2), strip)


def _icon(draw: ImageDraw.ImageDraw, name: str, x: int, y: int) -> None:
    """A stroked icon in a box of 24 units, as in the rest of the product."""
    unit = 9

    def at(*numbers: float) -> list[tuple[float, float]]:
        return [(x + (numbers[i] - 12) * unit, y + (numbers[i + 1] - 12) * unit) for i in range(0, len(numbers), 2)]

    def line(*numbers: float) -> None:
        points = at(*numbers)
        draw.line(points, fill=_INK, width=15, joint="curve")
        for px, py in (points[0], points[-1]):
            draw.ellipse((px - 7, py - 7, px + 7, py + 7), fill=_INK)

    def round_box(*numbers: float, radius: float = 2) -> None:
        draw.rounded_rectangle(at(*numbers), radius * unit, outline=_INK, width=15)

    def ring(cx: float, cy: float, r: float) -> None:
        draw.ellipse(at(cx - r, cy - r, cx + r, cy + r), outline=_INK, width=15)

    def bow(cx: float, cy: float, r: float, start: int, end: int) -> None:
        draw.arc(at(cx - r, cy - r, cx + r, cy + r), start, end, fill=_INK, width=15)

    match name:
        case "person":
            ring(12, 8, 4)
            bow(12, 21, 7.5, 180, 360)
        case "pin":
            bow(12, 10, 7, 150, 390)
            line(5.9, 13.5, 12, 22, 18.1, 13.5)
            ring(12, 10, 2.5)
        case "wrench":
            line(4, 20, 13, 11)
            bow(16, 8, 5, 10, 260)
        case "device":
            round_box(7, 2, 17, 22)
            line(11, 18.5, 13, 18.5)
        case "chat":
            round_box(3, 4, 21, 17, radius=3)
            line(8, 17, 8, 21, 13, 17)
        case "clock":
            ring(12, 12, 9.5)
            line(12, 6.5, 12, 12, 16, 14)
        case "star":
            line(
                12,
                2.5,
                14.9,
                8.9,
                21.5,
                9.6,
                16.6,
                14.2,
                18,
                21,
                12,
                17.5,
                6,
                21,
                7.4,
                14.2,
                2.5,
                9.6,
                9.1,
                8.9,
                12,
                2.5,
            )
        case "box":
            line(3, 7, 12, 2.5, 21, 7, 21, 17, 12, 21.5, 3, 17, 3, 7, 12, 11.5, 21, 7)
            line(12, 11.5, 12, 21.5)
        case "turn":
            bow(12, 13, 8, 300, 200)
            line(12, 2, 16.5, 6, 12, 10)
        case "filter":
            round_box(4, 3, 20, 21)
            for column in (8, 12, 16):
                line(column, 7, column, 17)
        case "gift":
            round_box(3, 8, 21, 13, radius=1)
            line(5, 13, 5, 21.5, 19, 21.5, 19, 13)
            line(12, 8, 12, 21.5)
            line(12, 8, 7.5, 3, 5.5, 6, 12, 8, 16.5, 3, 18.5, 6, 12, 8)
        case "ticket":
            round_box(2.5, 6, 21.5, 18)
            for height in (9, 12, 15):
                line(14, height - 0.4, 14, height + 0.4)
        case "shield":
            line(12, 2.5, 20, 5.5, 20, 12, 17, 18, 12, 21.5, 7, 18, 4, 12, 4, 5.5, 12, 2.5)
            line(8.5, 12, 11, 14.5, 15.5, 9.5)
        case "leaf":
            bow(9, 9, 12, 0, 90)
            bow(21, 21, 12, 180, 270)
            line(6, 20, 15, 12)
