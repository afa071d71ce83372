"""How the desks work: opening hours, rosters, who can what, where things go, and what is said after hours."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from madoguchi.duty.models import DayException, Leave, OpeningHours, Seat, Shift
from madoguchi.organization.models import Store
from madoguchi.routing.models import AwayReply, Rule, Skill, Team
from madoguchi.sandbox.scenario.organisation import Organisation
from madoguchi.sandbox.scenario.people import Place, StaffSpec

_DAYS_BACK, _DAYS_AHEAD = 7, 14
_STORE_HOURS = {
    "tw": (dt.time(11), dt.time(21, 30)),
    "jp": (dt.time(10, 30), dt.time(20)),
    "cn": (dt.time(10), dt.time(22)),
}
_DEPARTMENT_HOURS = (
    # code, first and last weekday, from, until
    ("care-tw", 0, 6, dt.time(9), dt.time(21)),
    ("care-jp", 0, 6, dt.time(10), dt.time(19)),
    ("repair", 0, 5, dt.time(9), dt.time(18)),
    ("orders", 0, 4, dt.time(9), dt.time(18)),
)
_AWAY = {
    "zh-hant": "謝謝您的訊息！我們現在休息中，{opens} 起會由專人回覆您，您的訊息不會遺漏。",
    "zh-hans": "感谢您的留言！我们现在休息中，{opens} 起会有专人回复您，您的留言不会遗漏。",
    "ja": "メッセージをありがとうございます。ただいま営業時間外です。{opens} より担当者がお返事いたします。",
    "en": "Thank you for your message. We are closed right now; somebody will answer you from {opens}.",
}
_AT_XINYI = "信義店今天打烊囉，{opens} 開店後由您的專屬顧問回覆。急件維修請撥 0800-555-078。"
_SKILLS = (
    ("coffee", "咖啡機", ("repair-01", "repair-02", "jianhong")),
    ("vacuum", "吸塵器", ("repair-03", "jianhong")),
    ("japanese", "日語", ("care-tw-02", "care-tw-05")),
)
_RULES = (
    # name, keywords, languages, department, skill, urgent
    ("咖啡機維修", ("咖啡機故障", "咖啡機壞", "咖啡機漏"), (), "repair", "coffee", False),
    ("報修", ("維修", "故障", "壞掉", "修理", "送修", "修理したい"), (), "repair", "", False),
    ("安全事件優先", ("冒煙", "燒焦", "漏電", "觸電", "發火"), (), "care-tw", "", True),
    ("日文客人", (), ("ja",), "care-jp", "", False),
    ("訂單與出貨", ("訂單", "出貨", "宅配", "發票", "退貨"), (), "orders", "", False),
)


def create(company: Organisation, *, now: dt.datetime, dice: random.Random) -> None:
    """Inside the caller's transaction."""
    _open(company)
    _roster(company, now, dice)
    _write_rules(company)
    _set_up_teams(company)


def _open(company: Organisation) -> None:
    rows: list[OpeningHours] = []
    for store in company.stores.values():
        if store.kind in (Store.Kind.COUNTER, Store.Kind.SHOP):
            opens, closes = _STORE_HOURS[store.market.code]
            rows += [OpeningHours(store=store, weekday=day, opens_at=opens, closes_at=closes) for day in range(7)]
    for code, first, last, opens, closes in _DEPARTMENT_HOURS:
        rows += [
            OpeningHours(department=company.departments[code], weekday=day, opens_at=opens, closes_at=closes)
            for day in range(first, last + 1)
        ]
    OpeningHours.objects.bulk_create(rows)
    DayException.objects.create(
        store=company.stores["xinyi-ap"], on=company.today + dt.timedelta(days=12), reason="盤點"
    )


def _roster(company: Organisation, now: dt.datetime, dice: random.Random) -> None:
    shifts: list[Shift] = []
    for number, spec in enumerate(company.specs):
        served = [place for place in spec.places if place.store and place.until_days is None and place.since_days > 0]
        served = [place for place in served if place.role in ("counter_staff", "salesperson")]
        if served:
            shifts += _shifts_of(company, spec, served, number)
    Shift.objects.bulk_create(shifts, batch_size=2000)
    Seat.objects.bulk_create(
        Seat(staff=person, capacity=dice.choice((6, 8, 8, 10))) for person in company.staff.values()
    )
    manager = company.staff["meiling"]
    away = next(spec for spec in company.specs if spec.username.startswith("xinyi-ki"))
    Leave.objects.create(
        staff=company.staff[away.username],
        starts_at=now - dt.timedelta(days=2),
        ends_at=now + dt.timedelta(days=5),
        reason="特休",
        by=manager,
    )


def _shifts_of(company: Organisation, spec: StaffSpec, served: list[Place], number: int) -> Iterator[Shift]:
    """Early, late or off, in turn; the people whom a visitor signs in as work every day from open to close."""
    for day in range(-_DAYS_BACK, _DAYS_AHEAD + 1):
        on = company.today + dt.timedelta(days=day)
        place = served[(on.toordinal() // 2) % len(served)]
        store = company.stores[place.store]
        opens, closes = _STORE_HOURS[store.market.code]
        turn = "whole" if spec.title else ("early", "late", "early", "off", "late")[(on.toordinal() + number) % 5]
        if turn == "off":
            continue
        zone = ZoneInfo(store.market.time_zone)
        begins = opens if turn != "late" else dt.time(15)
        ends = closes if turn != "early" else dt.time(17)
        yield Shift(
            staff=company.staff[spec.username],
            store=store,
            starts_at=dt.datetime.combine(on, begins, zone),
            ends_at=dt.datetime.combine(on, ends, zone),
        )


def _write_rules(company: Organisation) -> None:
    skills: dict[str, Skill] = {}
    for code, name, people in _SKILLS:
        skills[code] = Skill.objects.create(code=code, name=name)
        skills[code].staff.set([company.staff[username] for username in people])
    for kind, position in ((Rule.Kind.BOUND_PERSON, 10), (Rule.Kind.BOUND_STORE, 20)):
        Rule.objects.get_or_create(kind=kind, defaults={"position": position})
    for number, (name, keywords, locales, department, skill, is_urgent) in enumerate(_RULES):
        Rule.objects.create(
            position=30 + 10 * number,
            name=name,
            keywords=list(keywords),
            locales=list(locales),
            to_department=company.departments[department],
            skill=skills.get(skill),
            is_urgent=is_urgent,
        )


def _set_up_teams(company: Organisation) -> None:
    care, repair, orders = (company.departments[code] for code in ("care-tw", "repair", "orders"))
    Team.objects.create(department=care, tells_position=True, supervisor=company.staff["care-tw-lead"])
    Team.objects.create(
        department=repair,
        method=Team.Method.LEAST_LOADED,
        overflow_minutes=60,
        overflow_department=care,
        supervisor=company.staff["repair-lead"],
    )
    Team.objects.create(department=orders, method=Team.Method.ROUND_ROBIN, supervisor=company.staff["orders-lead"])
    Team.objects.create(
        store=company.stores["xinyi-ap"],
        overflow_minutes=30,
        overflow_department=care,
        supervisor=company.staff["meiling"],
    )
    AwayReply.objects.bulk_create(AwayReply(locale=locale, text=text) for locale, text in _AWAY.items())
    AwayReply.objects.create(store=company.stores["xinyi-ap"], locale="zh-hant", text=_AT_XINYI)
