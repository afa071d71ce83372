"""The handful of people whose phones are ready in the sandbox, with their chats as the console shows them."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from madoguchi.organization.models import Staff
from madoguchi.sandbox.scenario.brands import BY_CODE
from madoguchi.sandbox.scenario.history import Customer, History
from madoguchi.sandbox.scenario.people import Name
from madoguchi.sandbox.scenario.script import Script, parse


@dataclass(frozen=True, slots=True)
class Episode:
    """One block of ``dialogues/phones.txt``. ``ago`` is when its last line was said."""

    block: str
    ago: dt.timedelta
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class PhoneSpec:
    person_id: str
    name: Name
    account: str
    language: str
    home: str
    brand: str
    holder: str
    """User name of who answers at home."""
    status_message: str = ""
    episodes: tuple[Episode, ...] = ()
    tags: tuple[str, ...] = ()
    note: str = ""


def _ago(**parts: float) -> dt.timedelta:
    return dt.timedelta(**parts)


PHONES = (
    PhoneSpec(
        "peijun", Name("陳", "佩君", True), "one", "zh", "xinyi-ap", "velora", "yawen", "日日好日",
        (Episode("peijun-1", _ago(days=372, hours=5)), Episode("peijun-2", _ago(days=366, hours=2)),
         Episode("peijun-3", _ago(minutes=3, seconds=40), True)),
        ("濾網", "育兒家庭"), "小孩一歲半，常用吸塵器；方便收貨時間是平日下午",
    ),
    PhoneSpec(
        "zhihao", Name("林", "志豪", False), "one", "zh", "care-tw", "nordka", "yawen", "",
        (Episode("zhihao-1", _ago(days=4, hours=1), True), Episode("zhihao-2", _ago(minutes=18), True)), ("維修",),
    ),
    PhoneSpec(
        "siting", Name("王", "思婷", True), "one", "zh", "nanxi-be", "kinbi", "", "週末的咖啡最好喝",
        (Episode("siting-1", _ago(hours=2, minutes=5), True),), ("會員",),
    ),
    PhoneSpec(
        "misaki", Name("佐藤", "美咲", True, "ja"), "one-jp", "ja", "care-jp", "kumone", "aoi", "よく眠れますように",
        (Episode("misaki-1", _ago(days=12, hours=3)), Episode("misaki-2", _ago(days=1, hours=2), True)), ("新居",),
    ),
    PhoneSpec(
        "yian", Name("黃", "怡安", True), "one", "zh", "care-tw", "aerino", "", "",
        (Episode("yian-1", _ago(minutes=52), True),),
    ),
)  # fmt: skip
NEWCOMER = ("anqi", "許安琪", "剛搬到新家🏠")
"""On nobody's list of friends yet: the visitor adds the account themselves."""


@cache
def blocks() -> dict[str, Script]:
    path = files("madoguchi.sandbox.scenario") / "dialogues" / "phones.txt"
    return {script.name: script for script in parse(path.read_text(encoding="utf-8"), "zh")}


def customers(history: History) -> list[Customer]:
    return [_customer(history, spec) for spec in PHONES]


def _customer(history: History, spec: PhoneSpec) -> Customer:
    company, now = history.company, history.now
    dice = random.Random(spec.person_id)
    holder: Staff | None = company.staff.get(spec.holder)
    joined = now - spec.episodes[0].ago - dt.timedelta(minutes=25)
    brand = BY_CODE[spec.brand]
    customer = history.make(
        spec.person_id,
        spec.name,
        spec.name.full.replace(" ", ""),
        spec.account,
        spec.language,
        spec.home,
        brand,
        joined,
        dice,
    )
    member = customer.thread.member
    member.display_name, member.is_name_confirmed = spec.name.full.replace(" ", ""), spec.account == "one"
    history.index(member)
    customer.thread.contact.status_message = spec.status_message
    customer.knows = holder
    customer.regulars = {"repair": company.staff["jianhong"]} | ({spec.home: holder} if holder else {})
    for number, episode in enumerate(spec.episodes):
        _play(history, customer, episode, is_last=number == len(spec.episodes) - 1)
    history.remember(customer, spec.tags, spec.note)
    return customer


def _play(history: History, customer: Customer, episode: Episode, *, is_last: bool) -> None:
    script = blocks()[episode.block]
    thread, end = customer.thread, history.now - episode.ago
    performance = history.performance(customer, script, customer.brand, end)
    moments = performance.timeline(script.lines, end - dt.timedelta(hours=1), hurried=True)
    shift = end - moments[-1].at
    for moment in moments:
        moment.at = max(moment.at + shift, thread.last_at)
    performance.play(moments)
    customer.knows = thread.holder or customer.knows
    if not episode.is_open:
        assert thread.holder
        thread.close(end + dt.timedelta(minutes=20), thread.holder, script.outcome)
    elif not is_last:
        thread.open_thread()
