"""What stands for ``{product}``, ``{weekday}`` and the like within one exchange: chosen once, so that it stays the same."""

from __future__ import annotations

import datetime as dt
import random
import re
from dataclasses import dataclass
from typing import Any

from madoguchi.organization.models import Staff
from madoguchi.sandbox.scenario.brands import BrandSpec, Product
from madoguchi.sandbox.scenario.people import Name
from madoguchi.sandbox.scenario.places import OPENING_HOURS

_WEEKDAYS = {
    "zh": ("週一", "週二", "週三", "週四", "週五", "週六", "週日"),
    "ja": ("月曜日", "火曜日", "水曜日", "木曜日", "金曜日", "土曜日", "日曜日"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_CLOCKS = {
    "zh": ("下午兩點", "下午三點", "晚上七點", "上午十一點半", "中午十二點"),
    "ja": ("14時", "15時", "18時", "11時半"),
    "en": ("2 pm", "3 pm", "11:30", "6 pm"),
}
_SORRY_NAMES = {"zh": "", "ja": "お客様", "en": "there"}
_STREETS = (
    *("新北市永和區中正路 318 號 5 樓", "台北市松山區民生東路五段 62 號 3 樓", "桃園市蘆竹區南崁路 205 號 8 樓之 2"),
    *("台中市北屯區崇德路二段 146 號", "台北市文山區木柵路三段 88 巷 6 號 2 樓", "高雄市三民區明誠一路 520 號 11 樓"),
)
_SEAM = re.compile(r"(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])(?=[\u4e00-\u9fff])")
"""Where Chinese meets Latin letters or digits, careful writers leave a gap."""
_YEN_PER_TWD = 4.6


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and about what an exchange takes place."""

    market: str
    brand: BrandSpec
    store_name: str
    other_store_name: str
    store_address: str
    floor: str
    began: dt.datetime
    """Local time."""


class Words:
    """The slots of one exchange. ``fill`` needs to know who speaks now and where they stand."""

    def __init__(
        self, setting: Setting, product: Product, name: Name | None, language: str, dice: random.Random
    ) -> None:
        day = setting.began
        later = day + dt.timedelta(days=dice.randrange(2, 6))
        earlier = day - dt.timedelta(days=dice.randrange(120, 500))
        price = product.price
        self._language = language
        self._values: dict[str, Any] = {
            "name": name.polite if name else _SORRY_NAMES[language],
            "brand": setting.brand.name,
            "store": setting.store_name,
            "other": setting.other_store_name,
            "address": setting.store_address,
            "floor": setting.floor,
            "hours": OPENING_HOURS[setting.market],
            "product": _named(product, language),
            "price": money(price, setting.market),
            "part": _named(setting.brand.part, language),
            "partprice": money(setting.brand.part.price, setting.market),
            "gap": 3000 - dice.randrange(2600, 2980),
            "weekday": _WEEKDAYS[language][later.weekday()],
            "clock": dice.choice(_CLOCKS[language]),
            "date": f"{day - dt.timedelta(days=3):%-m/%-d}",
            "day": f"{dice.choice((7, 14, 30))} 天",
            "month": f"{earlier.month} 月",
            "month2": f"{(earlier.month + 5) % 12 + 1} 月",
            "year": str(day.year + 2),
            "n": dice.randrange(2, 6),
            "hold": f"A-{dice.randrange(101, 980)}",
            "order": f"{day:%m%d}-{dice.randrange(10000, 99999)}",
            "repair": f"R-{dice.randrange(1000, 9999)}",
            "digits": f"{dice.randrange(1000):03d}",
            "points": dice.randrange(80, 1900),
            "taxid": f"{dice.randrange(10_000_000, 99_999_999)}",
            "height": dice.randrange(155, 183),
            "engrave": dice.choice(("Keep going", "給最好的爸爸", "Y. Chen 2026", "To be continued")),
            "address2": dice.choice(_STREETS),
        }

    def fill(self, text: str, *, me: Staff, here: str) -> str:
        if "{" not in text:
            return text
        filled = text.format_map({**self._values, "me": given_name(me, self._language), "here": here})
        return _SEAM.sub(" ", filled) if self._language == "zh" else filled


def money(price: int, market: str) -> str:
    """A price in New Taiwan dollars as it is written in a market."""
    if market == "jp":
        return f"{round(price * _YEN_PER_TWD, -2):,.0f}円"
    return f"NT${price:,}"


def given_name(staff: Staff, language: str) -> str:
    """What staff call themselves towards customers: the given name in Taiwan, the family name in Japan."""
    family, _, given = staff.display_name.partition(" ")
    if given:
        return family
    return staff.display_name[:1] if language == "ja" else staff.display_name[1:] or staff.display_name


def _named(product: Product, language: str) -> str:
    if language == "ja":
        return product.ja or product.name
    return (product.en or product.name) if language == "en" else product.name
