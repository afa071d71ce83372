"""Sentences for a database of measuring size: common, medium and rare words in known shares."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import accumulate, product

from madoguchi.kit.bigrams import bigrams

COMMON = "請問"
"""In about a third of all messages."""


def _words(*lines: str) -> list[str]:
    return " ".join(lines).split()


_OPENINGS = [
    COMMON,
    COMMON,
    COMMON,
    "請問一下，",
    "您好，",
    "不好意思，",
    "想請教",
    "哈囉，",
    "謝謝，",
    "好的，",
    "",
    "",
]
_THINGS = _words(
    "濾網 電池 充電座 主機 刷頭 集塵盒 水箱 遙控器 保固卡 發票 禮盒 面霜 精華液 粉底 口紅 眼影 香水 洗面乳",
    "防曬 化妝水 外套 襯衫 洋裝 牛仔褲 毛衣 圍巾 手提包 皮夾 腰帶 涼鞋 球鞋 雨靴 手錶 耳環 項鍊 戒指 眼鏡",
    "帽子 手套 襪子 電鍋 烤箱 果汁機 咖啡機 淨水器 除濕機 電風扇 吸塵器 空氣清淨機 吹風機 枕頭 棉被 床墊",
    "毛巾 地毯 檯燈 餐盤 馬克杯 保溫瓶 砧板",
)
_SERIES = ["", "新款", "限量", "經典", "兒童", "男用", "女用", "旅行組", "補充包", "大容量"]
_REQUESTS = _words(
    "還有庫存嗎 什麼時候到貨 可以退換嗎 怎麼清洗 多久要更換 有其他顏色嗎 可以預約試用嗎 可以寄到家裡嗎",
    "有優惠活動嗎 壞掉了怎麼辦 保固多久 可以刷卡分期嗎 哪裡買得到 跟舊款差在哪裡 尺寸怎麼選 適合敏感肌嗎",
    "可以幫我保留嗎 會不會很吵 有附說明書嗎 送修要等多久 已經幫您確認了 明天可以到櫃上取 目前只剩最後一件",
    "我們幫您調貨 需要三到五個工作天 可以現場試用 週末有活動 已經寄出了 麻煩提供照片 請留下電話",
)
_CLOSINGS = ["", "", "", "，謝謝", "，謝謝您", "，感謝", "～", "。", "，麻煩了", "，再麻煩您", "！", "，辛苦了"]
_RARE_CHARACTERS = "澀瓊翡翠琥珀瑪瑙珊瑚檀沉麝鳶萱蘭芷蘅蕪杜若薜荔菱荇蓼蘋蘩蒹葭萩芒荻葦"
RARE_SHARE = 0.02
"""Of messages that end in one of the rare words."""
SURNAMES = "陳林黃張李王吳劉蔡楊許鄭謝郭洪曾邱廖賴周徐蘇葉莊呂江何蕭羅高潘簡朱鍾彭游詹胡施沈"
GIVEN = "怡雅淑美惠玲家志建文明俊宏欣婷佳冠宇承翰思穎柏睿品妍子晴心語芷瑜彥廷嘉佩芬秀麗春雪珍國正義榮輝"


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    pairs: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Part:
        return cls(text, frozenset(bigrams(text)))


class Vocabulary:
    """Draws sentences; all randomness comes from the generator that is handed in."""

    def __init__(self) -> None:
        self._openings = [Part.of(text) for text in _OPENINGS]
        subjects = [series + thing for series, thing in product(_SERIES, _THINGS)]
        self._subjects = [Part.of(" " + text) for text in subjects]
        self._weights = list(accumulate(1 / rank for rank in range(3, len(subjects) + 3)))
        self._requests = [Part.of(" " + text) for text in _REQUESTS]
        self._closings = [Part.of(text) for text in _CLOSINGS]
        self.rare = ["".join(pair) for pair in product(_RARE_CHARACTERS, repeat=2)]
        self._rare = [Part.of(" " + text) for text in self.rare]
        self.medium = subjects[40]
        """A word in about 0.4 percent of messages, as part of longer ones in a little more."""

    def sentence(self, rng: random.Random) -> tuple[str, str]:
        """The text, and its pairs as the inside of a PostgreSQL array, without the week's mark."""
        opening, closing = rng.choice(self._openings), rng.choice(self._closings)
        subject = rng.choices(self._subjects, cum_weights=self._weights)[0]
        request = rng.choice(self._requests)
        text = opening.text + subject.text + request.text + closing.text
        pairs = opening.pairs | subject.pairs | request.pairs | closing.pairs
        if rng.random() < RARE_SHARE:
            rare = rng.choice(self._rare)
            text, pairs = text + rare.text, pairs | rare.pairs
        return text.lstrip(), ",".join(sorted(pairs))

    @staticmethod
    def name(rng: random.Random) -> str:
        return rng.choice(SURNAMES) + rng.choice(GIVEN) + rng.choice(GIVEN)
