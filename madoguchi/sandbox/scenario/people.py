"""Staff and customers: names by Faker, everything else by the seeded dice."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from faker import Faker


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name, and how others address them."""

    family: str
    given: str
    is_female: bool
    language: str = "zh"

    @property
    def full(self) -> str:
        if self.language == "en":
            return f"{self.given} {self.family}"
        return f"{self.family}{' ' if self.language == 'ja' else ''}{self.given}"

    @property
    def polite(self) -> str:
        """How staff write to them."""
        if self.language == "ja":
            return f"{self.family}様"
        if self.language == "en":
            return self.given
        return f"{self.family}{'小姐' if self.is_female else '先生'}"


class Names:
    """An endless, reproducible supply of names."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._fakers: dict[str, Faker] = {}
        for language, locale in (("zh", "zh_TW"), ("ja", "ja_JP"), ("en", "en_US")):
            self._fakers[language] = Faker(locale)
            self._fakers[language].seed_instance(seed)

    def next(self, language: str = "zh", *, female_share: float = 0.62) -> Name:
        faker = self._fakers[language]
        is_female = self._dice.random() < female_share
        given = faker.first_name_female() if is_female else faker.first_name_male()
        return Name(faker.last_name(), given, is_female, language)


Hire = Callable[[str, tuple["Place", ...]], None]

NICKNAMES = (
    *("小魚", "阿德", "Amy", "Vivian", "Kevin", "米米", "Jason", "豆豆媽", "小安", "Chloe", "阿哲", "Mandy", "糖糖"),
    *("Eric", "葳葳", "Peggy", "阿凱", "小白", "Tina", "Emma", "妞妞", "Leo", "桃子", "小雨", "Ivy", "樂樂爸"),
    *("Rita", "咪醬", "Sam", "芋頭", "Joyce", "小萱", "Andy", "圓圓", "Nina", "大寶", "Wendy", "阿芬", "Ken", "布丁"),
)
DECORATIONS = ("", "", "", "", "", "🌸", "☕️", "🐱", "✨", "🌿", "🐶", "🍀", "♡")


def line_name(name: Name, dice: random.Random) -> str:
    """What somebody calls themselves in LINE: rarely the name on their passport."""
    roll = dice.random()
    if name.language == "zh":
        if roll < 0.52:
            return name.full
        if roll < 0.68:
            return name.given + dice.choice(DECORATIONS)
        if roll < 0.78:
            return f"{dice.choice(NICKNAMES)} {name.family}"
        return dice.choice(NICKNAMES) + dice.choice(DECORATIONS)
    if name.language == "ja":
        return name.full.replace(" ", "") if roll < 0.6 else name.given
    return name.full if roll < 0.6 else name.given


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is posted: the code of a store, a department or a market; none of them: the whole company."""

    role: str
    store: str = ""
    department: str = ""
    market: str = ""
    brands: tuple[str, ...] = ()
    since_days: int = 500
    """Days before today; negative: it begins in the future."""
    until_days: int | None = None
    """Days after today; negative: it has ended."""


@dataclass(frozen=True, slots=True)
class StaffSpec:
    username: str
    display_name: str
    places: tuple[Place, ...]
    locale: str = "zh-hant"
    title: str = ""
    """What the start page says about a demo login; empty: not one."""
    email: str = field(default="")


DEMO_STAFF = (
    StaffSpec("yawen", "李雅雯", (
        Place("customer_service", department="care-tw", since_days=900),
        Place("customer_service", store="xinyi-ap", since_days=300),
    ), title="客服・信義店家電"),
    StaffSpec("jiahao", "張家豪", (Place("counter_staff", store="xinyi-ap", since_days=420),), title="信義店櫃員"),
    StaffSpec("yiting", "林怡婷", (
        Place("salesperson", store="xinyi-ki", brands=("nordka", "shido"), since_days=610),
        Place("salesperson", store="nanxi-ki", brands=("nordka", "shido"), since_days=240),
    ), title="銷售顧問・兩家門市"),
    StaffSpec("meiling", "陳美玲", tuple(
        Place("manager", store=f"xinyi-{concept}", since_days=700) for concept in ("ap", "ki", "sl", "be", "fa")
    ), title="信義店店長"),
    StaffSpec("shufen", "王淑芬", (
        Place("marketer", department="marketing", since_days=800), Place("marketer", since_days=800),
    ), title="行銷"),
    StaffSpec("jianhong", "林建宏", (Place("back_office", department="repair", since_days=1400),), title="維修師傅"),
    StaffSpec("aoi", "中村 葵", (
        Place("customer_service", department="care-jp", since_days=640), Place("manager", market="jp", since_days=200),
    ), locale="ja", title="日本・カスタマーサービス"),
    StaffSpec("chenghan", "周承翰", (Place("administrator", since_days=1500),), title="系統管理員"),
)  # fmt: skip


def staff_plan(stores: dict[str, tuple[str, ...]], names: Names, dice: random.Random) -> list[StaffSpec]:
    """Everybody who works here. ``stores``: code → codes of its brands, counters and shops only."""
    plan = list(DEMO_STAFF)
    taken = {each.display_name for each in plan}

    def hire(username: str, places: tuple[Place, ...], language: str = "zh") -> None:
        name = names.next(language)
        while name.full in taken:
            name = names.next(language)
        taken.add(name.full)
        locale = {"zh": "zh-hant", "ja": "ja"}[language]
        plan.append(StaffSpec(username, name.full, places, locale))

    for department, role, count, language in (
        ("care-tw", "customer_service", 10, "zh"), ("care-jp", "customer_service", 3, "ja"),
        ("repair", "back_office", 6, "zh"), ("orders", "back_office", 5, "zh"), ("marketing", "marketer", 3, "zh"),
    ):  # fmt: skip
        for number in range(1, count + 1):
            since = dice.randrange(60, 1200)
            hire(f"{department}-{number:02d}", (Place(role, department=department, since_days=since),), language)
    for department in ("care-tw", "repair", "orders"):
        hire(f"{department}-lead", (Place("manager", department=department, since_days=dice.randrange(400, 1500)),))
    hire("area-tw", (Place("manager", market="tw", since_days=900),))
    hire("hq-01", (Place("administrator", since_days=700), Place("back_office", department="hq", since_days=700)))
    hire("hq-02", (Place("back_office", department="hq", since_days=350),))

    branches: dict[str, list[str]] = {}
    for code in stores:
        branches.setdefault(code.rpartition("-")[0], []).append(code)
    for branch, codes in branches.items():
        language = "ja" if branch == "jp" else "zh"
        for code in codes:
            hire(f"{code}-1", (Place("counter_staff", store=code, since_days=dice.randrange(30, 1100)),), language)
        if branch in ("jp", "cn"):
            continue
        if len(codes) >= 4 and branch != "xinyi":
            since = dice.randrange(200, 1300)
            hire(f"{branch}-manager", tuple(Place("manager", store=code, since_days=since) for code in codes))
    _salespeople(stores, hire, dice)
    hire("left-01", (Place("salesperson", store="xinyi-be", since_days=900, until_days=-40),))
    hire("left-02", (Place("counter_staff", store="banqiao-ap", since_days=600, until_days=-5),))
    hire("soon-01", (Place("counter_staff", store="nanxi-be", since_days=-14),))
    hire("soon-02", (Place("salesperson", store="taichung-fa", brands=("tokino",), since_days=-7),))
    return plan


def _salespeople(stores: dict[str, tuple[str, ...]], hire: Hire, dice: random.Random) -> None:
    """Consultants for some brands at two stores of a kind; some have moved from one to the other."""
    for concept, count in (("ap", 5), ("ki", 4), ("be", 5), ("sl", 3), ("fa", 3), ("au", 2)):
        codes = [code for code in stores if code.endswith(f"-{concept}")]
        for number in range(1, count + 1):
            here, there = dice.sample(codes, 2)
            brands = tuple(dice.sample(stores[here], min(2, len(stores[here]))))
            since = dice.randrange(150, 900)
            moved = number == 1
            hire(
                f"sales-{concept}-{number}",
                (
                    Place(
                        "salesperson", store=here, brands=brands, since_days=since, until_days=-90 if moved else None
                    ),
                    Place("salesperson", store=there, brands=brands, since_days=89 if moved else since // 2),
                ),
            )
