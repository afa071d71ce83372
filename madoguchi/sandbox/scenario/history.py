"""Two years with our customers: who they are, where they shop, what they asked."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from zoneinfo import ZoneInfo

from madoguchi.channels.models import Contact
from madoguchi.kit.bigrams import bigrams
from madoguchi.members.models import Member, MemberNote, MemberTag
from madoguchi.organization.models import Department, Staff, Store
from madoguchi.sandbox.scenario import hours
from madoguchi.sandbox.scenario.brands import BRANDS, BY_CODE, BrandSpec
from madoguchi.sandbox.scenario.exchange import Performance
from madoguchi.sandbox.scenario.organisation import Organisation, new_public_id
from madoguchi.sandbox.scenario.people import Name, Names, line_name
from madoguchi.sandbox.scenario.script import Line, Script, scripts
from madoguchi.sandbox.scenario.thread import Numbers, Thread
from madoguchi.sandbox.scenario.words import Setting, Words

PERIOD = dt.timedelta(days=730)
_LOCALES = {"zh": "zh-hant", "ja": "ja", "en": "en"}
_LANGUAGES = {"zh": "zh-TW", "ja": "ja", "en": "en"}
_REASONS = {
    "orders": "客人詢問訂單，麻煩協助查詢後回覆",
    "repair": "維修相關，麻煩接手",
    "care-tw": "客人的問題比較適合由客服回覆，麻煩協助",
    "care-jp": "お客様対応をお願いします",
    "store": "客人想找門市，麻煩接手回覆",
}
_MEMBER_NOTES = (
    *(
        "家裡有兩隻貓，重視好清潔",
        "只方便平日晚上收貨",
        "喜歡先看實品再決定",
        "對香味敏感，送樣品請選無香",
        "講話很客氣，常介紹朋友來",
    ),
    *(
        "小孩一歲半，關心安全",
        "公司採購窗口，需要統編",
        "預算明確，先報總價",
        "不喜歡電話，請用訊息聯絡",
        "習慣刷卡分期",
    ),
)


@dataclass(slots=True)
class Customer:
    """A person and one of their threads. ``person_id`` is their name at the sandbox."""

    person_id: str
    name: Name | None
    """As far as staff know it: a nickname tells nothing."""
    account: str
    language: str
    home: str
    """Code of the store or department where they usually write to."""
    brand: BrandSpec
    joined: dt.datetime
    thread: Thread
    dice: random.Random
    knows: Staff | None = None
    regulars: dict[str, Staff] = field(default_factory=dict)
    """Place → who certainly answers them there."""
    former_script: str = ""
    tags: list[MemberTag] = field(default_factory=list)
    notes: list[MemberNote] = field(default_factory=list)

    @property
    def market(self) -> str:
        return "jp" if self.account == "one-jp" else "tw"


class History:
    """Makes customers and lets time pass for them until ``now``."""

    def __init__(self, company: Organisation, *, now: dt.datetime, seed: int) -> None:
        self.company, self.now, self.seed = company, now, seed
        self.names = Names(seed)
        self.numbers = Numbers()
        self.zones = {code: ZoneInfo(market.time_zone) for code, market in company.markets.items()}
        self._homes = {
            "one": [code for code in company.stores if "-" in code and self._is_served(code, "tw")],
            "one-jp": [code for code in company.stores if self._is_served(code, "jp")],
        }

    def _is_served(self, code: str, market: str) -> bool:
        return (code, "") in self.company.teams and self.company.stores[code].market.code == market

    def customer(self, number: int) -> Customer:
        """The number-th of all; independent of the others but for the name."""
        dice = random.Random(f"{self.seed}/{number}")
        account = "one-jp" if dice.random() < 0.08 else "one"
        language = dice.choices(("ja", "en") if account == "one-jp" else ("zh", "ja", "en"),
                                (94, 6) if account == "one-jp" else (93, 4, 3))[0]  # fmt: skip
        name = self.names.next(language)
        care = "care-jp" if account == "one-jp" else "care-tw"
        brands = [each for each in BRANDS if language == "zh" or each.in_japan]
        if dice.random() < 0.3:
            home, brand = care, dice.choice(brands)
        else:
            codes = {each.code for each in brands}
            fitting = [code for code in self._homes[account] if codes & set(self.company.store_brands[code])]
            home = dice.choices(fitting, [_busyness(code) for code in fitting])[0]
            brand = BY_CODE[dice.choice([code for code in self.company.store_brands[home] if code in codes])]
        joined = self.now - dt.timedelta(days=2) - (PERIOD - dt.timedelta(days=2)) * dice.random() ** 1.25
        person_id = f"c{number:04d}"
        return self.make(person_id, name, line_name(name, dice), account, language, home, brand, joined, dice)

    def make(
        self,
        person_id: str,
        name: Name,
        shown_name: str,
        account: str,
        language: str,
        home: str,
        brand: BrandSpec,
        joined: dt.datetime,
        dice: random.Random,
    ) -> Customer:
        company = self.company
        market = company.accounts[account].market
        is_known = dice.random() < 0.3
        phone = _phone(market.code, dice) if dice.random() < (0.85 if is_known else 0.2) else ""
        shown = name.full if is_known else shown_name
        member = Member(
            pk=self.numbers(Member),
            public_id=new_public_id(dice),
            display_name=shown,
            is_name_confirmed=is_known,
            phone=phone,
            locale=_LOCALES[language],
            market_id=market.pk,
            created_at=joined,
        )
        self.index(member)
        contact = Contact(
            pk=self.numbers(Contact),
            account_id=company.accounts[account].pk,
            profile_name=shown_name,
            language=_LANGUAGES[language],
            profile_at=joined + dt.timedelta(seconds=2),
            created_at=joined,
        )
        thread = Thread(self.numbers, member, contact, company.brands[brand.code], self.place(home), dice)
        thread.follow(joined)
        is_nameless = not is_known and language == "zh" and name.family not in shown_name
        return Customer(person_id, None if is_nameless else name, account, language, home, brand, joined, thread, dice)

    def index(self, member: Member) -> None:
        member.search = bigrams(member.display_name)

    def remember(self, customer: Customer, tags: Sequence[str], note: str) -> None:
        """What colleagues have written down about somebody."""
        member, by = customer.thread.member, customer.knows
        at = customer.thread.exchanges[0].closed_at or customer.thread.last_at
        customer.tags += [MemberTag(member=member, tag=self.company.tags[name], by=by, at=at) for name in tags]
        if note and by:
            customer.notes.append(MemberNote(member=member, author=by, text=note, at=at))

    def place(self, code: str) -> Store | Department:
        return self.company.departments.get(code) or self.company.stores[code]

    # -- the past ----------------------------------------------------------------------------------------------

    def live(self, customer: Customer, *, until: dt.datetime) -> None:
        """All exchanges that begin and end before ``until``."""
        dice = customer.dice
        wanted = 0 if dice.random() < 0.07 else 1 + min(int(dice.expovariate(1.0)), 7)
        zone = self.zones[customer.market]
        first = customer.joined + dt.timedelta(minutes=dice.uniform(1, 9))
        span = max((until - first).days - 1, 1)
        # More of late than long ago: business is growing.
        days = sorted(int(span * (1 - dice.random() ** 1.6)) for _ in range(wanted))
        for number, day in enumerate(days):
            start = first if number == 0 and dice.random() < 0.7 else hours.writing_time(
                (first + dt.timedelta(days=day)).astimezone(zone).date(), zone, dice
            )  # fmt: skip
            start = max(
                start, first, customer.thread.last_at + dt.timedelta(hours=dice.uniform(20, 60)) if number else first
            )
            self.exchange(customer, start, until=until)
        self._afterwards(customer, until)

    def exchange(self, customer: Customer, start: dt.datetime, *, until: dt.datetime) -> bool:
        """One matter from the first word to the closing; nothing when it would not end in time."""
        chosen = self.choose(customer, start)
        if chosen is None:
            return False
        script, lines, performance = chosen
        moments = performance.timeline(lines, start)
        zone, dice, thread = performance.zone, customer.dice, customer.thread
        ending = hours.within_hours(moments[-1].at + dt.timedelta(minutes=dice.uniform(3, 200)), zone, dice)
        if ending >= until:
            return False
        performance.play(moments)
        by = performance.on_duty()
        thread.close(ending, by, script.outcome)
        customer.knows = thread.holder or customer.knows
        self._remember(customer, script, by, ending)
        return True

    def choose(
        self, customer: Customer, at: dt.datetime, *, without_pause: bool = False
    ) -> tuple[Script, list[Line], Performance] | None:
        """A script that fits the customer and the place, ready to be performed."""
        dice, thread = customer.dice, customer.thread
        brand = self._brand_of_this_matter(customer)
        here, home = place_kind(thread.place), place_kind(self.place(customer.home))
        kinds = {here, home} | ({"orders", "repair"} if customer.market == "tw" else set())
        fitting = [
            each
            for each in _fitting(customer.language, brand.code, frozenset(kinds))
            if each.name != customer.former_script
            and not (without_pause and any(line.speaker == "pause" for line in each.lines))
            and (each.lines[0].speaker == "customer" or here in each.at)
        ]
        if not fitting:
            return None
        script = dice.choices(fitting, [each.weight for each in fitting])[0]
        customer.former_script = script.name
        lines = list(script.play(dice))
        answers = next((i for i, line in enumerate(lines) if line.speaker != "customer"), len(lines))
        if brand.code != thread.brand.code:
            lines.insert(answers, Line("brand", to=brand.code))
        if here not in script.at:
            target = self._target(customer, script, home)
            reason = _REASONS.get(target, _REASONS["store"])
            lines.insert(answers, Line("hand_over", reason, to=target))
        elif dice.random() < 0.04:
            later = [i for i, line in enumerate(lines) if line.speaker == "staff" and i > answers]
            lines.insert(dice.choice(later) if later else answers, Line("take_over"))
        return script, lines, self.performance(customer, script, brand, at)

    def performance(self, customer: Customer, script: Script, brand: BrandSpec, at: dt.datetime) -> Performance:
        company, dice = self.company, customer.dice
        sold_at = [
            store
            for code, store in company.stores.items()
            if brand.code in company.store_brands[code] and code in self._homes[customer.account]
        ]
        home = company.stores.get(customer.home)
        store = home if home in sold_at else dice.choice(sold_at)
        other = dice.choice([each for each in sold_at if each is not store] or [store])
        named = script.products(brand) or brand.products
        uses_part = any("{part}" in line.text for line in script.lines)
        words = Words(
            Setting(
                market=customer.market,
                brand=brand,
                store_name=store.name.replace(" ", ""),
                other_store_name=other.name.replace(" ", ""),
                store_address=store.address.partition("（")[0],
                floor=company.floors[store.code],
                began=at.astimezone(self.zones[customer.market]),
            ),
            named[0] if uses_part else dice.choice(named),
            customer.name,
            customer.language,
            dice,
        )
        return Performance(
            customer.thread, words, company, self.zones[customer.market], dice, customer.knows, store, customer.regulars
        )

    def _brand_of_this_matter(self, customer: Customer) -> BrandSpec:
        """Mostly theirs; now and then another of the same counter."""
        dice = customer.dice
        if dice.random() < 0.85:
            return customer.brand
        codes = self.company.store_brands.get(customer.home) or tuple(BY_CODE)
        fitting = [BY_CODE[code] for code in codes if customer.language == "zh" or BY_CODE[code].in_japan]
        return dice.choice(fitting)

    def _target(self, customer: Customer, script: Script, home: str) -> str:
        if home in script.at:
            return customer.home
        care = "care-jp" if customer.market == "jp" else "care-tw"
        return next(
            code for kind, code in (("orders", "orders"), ("repair", "repair"), ("care", care)) if kind in script.at
        )

    def _remember(self, customer: Customer, script: Script, by: Staff, at: dt.datetime) -> None:
        dice, member = customer.dice, customer.thread.member
        given = {each.tag.name for each in customer.tags}
        if script.tag and script.tag not in given and dice.random() < 0.6:
            customer.tags.append(MemberTag(member=member, tag=self.company.tags[script.tag], by=by, at=at))
        if dice.random() < 0.05 and customer.language == "zh":
            customer.notes.append(MemberNote(member=member, author=by, text=dice.choice(_MEMBER_NOTES), at=at))

    def _afterwards(self, customer: Customer, until: dt.datetime) -> None:
        dice, thread = customer.dice, customer.thread
        if customer.tags and len(thread.exchanges) >= 4 and dice.random() < 0.3:
            vip = MemberTag(member=thread.member, tag=self.company.tags["VIP"], by=customer.knows, at=thread.last_at)
            customer.tags.append(vip)
        answered = [each for each in thread.messages[:-6] if each.direction == "inbound" and each.kind == "text"]
        if answered and dice.random() < 0.015:
            message = dice.choice(answered)
            thread.unsend(message, message.occurred_at + dt.timedelta(minutes=dice.uniform(20, 600)))
        if dice.random() < 0.045:
            left = thread.last_at + (until - thread.last_at) * dice.uniform(0.1, 0.9)
            thread.unfollow(left)
            if dice.random() < 0.15:
                thread.follow(left + (until - left) * dice.uniform(0.1, 0.8), again=True)


def _busyness(store: str) -> int:
    """The flagship has most of the customers."""
    return 5 if store.startswith("xinyi") else 3 if store.startswith("nanxi") else 1


@cache
def _fitting(language: str, brand: str, kinds: frozenset[str]) -> tuple[Script, ...]:
    return tuple(each for each in scripts(language) if any(each.fits(BY_CODE[brand], kind) for kind in kinds))


def place_kind(place: Store | Department) -> str:
    """What a script's ``at`` calls it."""
    return "store" if isinstance(place, Store) else place.code.partition("-")[0]


def _phone(market: str, dice: random.Random) -> str:
    if market == "jp":
        return f"+8190{dice.randrange(10**8):08d}"
    return f"+8869{dice.randrange(10**8):08d}"
