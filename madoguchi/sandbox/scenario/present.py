"""What is going on right now: who waits and since when, who is being helped, what was put aside, what went wrong."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Sequence

from madoguchi.channels.models import OutboundMessage
from madoguchi.sandbox.scenario.exchange import Moment, Performance
from madoguchi.sandbox.scenario.history import Customer, History
from madoguchi.sandbox.scenario.script import Script

WAITING_MINUTES = (
    *(1.5, 2, 3, 4, 5, 5.5, 7, 8, 9, 11, 12, 14, 15, 17, 19, 21, 24, 26, 29, 33, 36, 41, 47, 53, 58, 66, 74, 85, 97),
    *(112, 130, 151, 178, 205, 240, 290, 345, 420, 510, 640),
)
ANSWERED_MINUTES = (4, 9, 13, 20, 31, 44, 55, 70, 88, 105, 125, 150, 180, 215, 250, 300, 360, 430, 500, 610, 720, 850)
SNOOZED_HOURS = (2, 5, 16, 20, 26, 70)


def happen(history: History, customers: Sequence[Customer], *, share: float = 1.0) -> list[Customer]:
    """Open conversations for some of the customers; returns those. ``share`` below 1 makes fewer of each kind."""
    dice = random.Random(history.seed + 1)
    queue = [each for each in customers if each.thread.contact.friendship == "friend"]
    # The demo logins stand at these places, so something has to go on there.
    queue.sort(key=lambda each: _distance(each) + dice.random() * 3, reverse=True)
    involved: list[Customer] = []

    def involve(attempt: Callable[[History, Customer, dt.timedelta], bool], delays: Sequence[dt.timedelta]) -> None:
        for delay in delays[:: max(1, round(1 / share))]:
            while queue:
                customer = queue.pop()
                _meet_the_demo_logins(history, customer)
                if attempt(history, customer, delay):
                    involved.append(customer)
                    break

    involve(_wait, [dt.timedelta(minutes=each) for each in WAITING_MINUTES])
    involve(_answered, [dt.timedelta(minutes=each) for each in ANSWERED_MINUTES])
    involve(_put_aside, [dt.timedelta(hours=each) for each in SNOOZED_HOURS])
    _ask_colleagues(history, involved)
    _go_wrong(involved)
    return involved


_REGULARS = {
    "care-tw": ("yawen",),
    "xinyi-ap": ("yawen", "jiahao"),
    "xinyi-ki": ("yiting",),
    "nanxi-ki": ("yiting",),
    "care-jp": ("aoi",),
    "repair": ("jianhong",),
}


def _distance(customer: Customer) -> float:
    if customer.home in ("xinyi-ki", "nanxi-ki"):
        return -1.0  # the consultant's two counters
    if customer.home.startswith("xinyi"):
        return 0.0
    return 0.3 if customer.home.startswith(("care", "jp")) else 0.7


def _meet_the_demo_logins(history: History, customer: Customer) -> None:
    """So that whoever signs in has something of their own to do."""
    for place, usernames in _REGULARS.items():
        if customer.dice.random() < 0.55:
            customer.regulars[place] = history.company.staff[customer.dice.choice(usernames)]


def _wait(history: History, customer: Customer, since: dt.timedelta) -> bool:
    """The customer has written and nobody has answered yet for so long."""
    performance, moments = _begin(history, customer)
    ends = [
        number
        for number, each in enumerate(moments[:-1])
        if each.line.speaker in ("customer", "hand_over") and moments[number + 1].line.speaker == "staff"
    ]
    if not ends:
        return False
    moments = moments[: customer.dice.choice(ends) + 1]
    answers = [number for number, each in enumerate(moments) if each.line.speaker == "staff"]
    first = answers[-1] + 1 if answers else 0
    while moments[first].line.speaker != "customer":
        first += 1
        if first == len(moments):
            return False
    _shift(moments, first, history.now - since, room=since * 0.6)
    if not _fits(customer, moments):
        return False
    performance.play(moments)
    thread, dice = customer.thread, customer.dice
    later = thread.last_at + (history.now - thread.last_at) * dice.uniform(0.1, 0.8)
    if thread.holder is None and dice.random() < 0.25:
        thread.take_over(later, performance.on_duty())
    if thread.holder is not None and dice.random() < 0.3:
        thread.open_thread()
    return True


def _answered(history: History, customer: Customer, ago: dt.timedelta) -> bool:
    """Somebody helps, and it is the customer's turn."""
    performance, moments = _begin(history, customer)
    ends = [number for number, each in enumerate(moments) if each.line.speaker == "staff" and number > 0]
    if not ends:
        return False
    moments = moments[: customer.dice.choice(ends) + 1]
    _shift(moments, len(moments) - 1, history.now - ago, room=dt.timedelta(0))
    if not _fits(customer, moments):
        return False
    performance.play(moments)
    return True


_WAITS_FOR_STOCK = {
    "zh": "等倉庫回覆到貨日，再主動聯絡客人",
    "ja": "倉庫に入荷日を確認中です。分かりしだい、こちらからお客様に連絡します",
}


def _put_aside(history: History, customer: Customer, ahead: dt.timedelta) -> bool:
    """Waiting for a delivery, a part, a colleague: it comes back in so long."""
    dice = customer.dice
    if not _answered(history, customer, dt.timedelta(minutes=dice.uniform(40, 600))):
        return False
    thread = customer.thread
    assert thread.holder
    note = _WAITS_FOR_STOCK["ja" if thread.holder.locale == "ja" else "zh"]
    thread.note(thread.last_at + dt.timedelta(seconds=70), thread.holder, note)
    until = (history.now + ahead).replace(minute=0, second=0, microsecond=0)
    thread.snooze(thread.last_at + dt.timedelta(seconds=20), thread.holder, until)
    return True


def _begin(history: History, customer: Customer) -> tuple[Performance, list[Moment]]:
    for _ in range(8):
        chosen = history.choose(customer, history.now, without_pause=True)
        if chosen and chosen[0].outcome == "solved":
            _, lines, performance = chosen
            return performance, performance.timeline(lines, history.now, hurried=True)
    return history.performance(customer, Script("none", "zh"), customer.brand, history.now), []


def _shift(moments: list[Moment], anchor: int, at: dt.datetime, *, room: dt.timedelta) -> None:
    """Move all so that the anchor is at ``at``; what follows it is squeezed into ``room``."""
    shift = at - moments[anchor].at
    for each in moments:
        each.at += shift
    length = moments[-1].at - at
    if length > room:
        for each in moments[anchor + 1 :]:
            each.at = at + (each.at - at) * (room / length)


def _fits(customer: Customer, moments: list[Moment]) -> bool:
    return moments[0].at > customer.thread.last_at


def _ask_colleagues(history: History, involved: list[Customer]) -> None:
    """Some demo logins have been mentioned and have not looked yet."""
    staff = history.company.staff
    asked = iter(
        (staff[name], text)
        for name, text in (
            ("yawen", "這位客人想找妳，方便時幫忙看一下"),
            ("jianhong", "這位客人也問到維修的事，師傅方便看一下嗎？"),
            ("meiling", "客人希望店長回電，麻煩店長看一下"),
            ("jiahao", "客人週末想到信義店看實品，現場展示機還在嗎？"),
        )
    )
    for customer in involved:
        thread = customer.thread
        if thread.holder and history.now - thread.last_at > dt.timedelta(minutes=4) and customer.language == "zh":
            colleague, text = next(asked, (None, ""))
            if colleague is None:
                return
            if colleague is thread.holder:
                continue
            at = thread.last_at + dt.timedelta(minutes=2)
            thread.note(at, thread.holder, f"@{colleague.display_name} {text}", [colleague], seen=False)


def _go_wrong(involved: list[Customer]) -> None:
    """Two answers that LINE refused, and one of which nobody knows whether it arrived."""
    outcomes = iter(
        (
            (OutboundMessage.State.REFUSED, OutboundMessage.Refusal.RECIPIENT, "Failed to send messages"),
            (OutboundMessage.State.UNKNOWN, OutboundMessage.Refusal.NONE, ""),
            (OutboundMessage.State.REFUSED, OutboundMessage.Refusal.INVALID, "The request body has 1 error(s)"),
        )
    )
    for customer in involved:
        thread = customer.thread
        if thread.conversation.last_direction != "outbound" or thread.conversation.state != "open":
            continue
        outcome = next(outcomes, None)
        if outcome is None:
            return
        row = list(thread.outbox.values())[-1]
        row.state, row.refusal, row.refusal_detail = outcome
        if row.state == OutboundMessage.State.UNKNOWN:
            # Only a free reply has no key to repeat it by.
            row.route, row.request_id = OutboundMessage.Route.REPLY, ""
