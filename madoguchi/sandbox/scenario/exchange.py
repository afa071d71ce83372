"""One script, performed in a thread: who says what when."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from madoguchi.conversations.models import Message
from madoguchi.organization.models import Department, Staff, Store
from madoguchi.sandbox.scenario import hours
from madoguchi.sandbox.scenario.organisation import Organisation
from madoguchi.sandbox.scenario.pictures import picture
from madoguchi.sandbox.scenario.script import Line
from madoguchi.sandbox.scenario.thread import Thread
from madoguchi.sandbox.scenario.words import Words

STICKERS = {
    # Stickers that the messaging API may send too (developers.line.biz/en/docs/messaging-api/sticker-list).
    "thanks": ("11537", "52002735", ("thanks", "bow")),
    "happy": ("11537", "52002734", ("happy", "joy")),
    "ok": ("11538", "51626501", ("ok", "agree")),
}
PLACES = (
    ("捷運市政府站", "台北市信義區忠孝東路五段 2 號", 25.0411, 121.5652),
    ("板橋車站", "新北市板橋區縣民大道二段 7 號", 25.0143, 121.4637),
    ("台中火車站", "台中市中區臺灣大道一段 1 號", 24.1369, 120.6850),
    ("左營高鐵站", "高雄市左營區高鐵路 105 號", 22.6874, 120.3075),
)


@dataclass(slots=True)
class Moment:
    """A line and when it is said."""

    line: Line
    at: dt.datetime


@dataclass(slots=True)
class Performance:
    thread: Thread
    words: Words
    company: Organisation
    zone: ZoneInfo
    dice: random.Random
    preferred: Staff | None = None
    """Who answers if they may: people like to talk to the same person again."""
    own_store: Store | None = None
    regulars: dict[str, Staff] = field(default_factory=dict)
    """Place → who certainly answers there."""
    _on_duty: dict[str, Staff] = field(default_factory=dict)

    def timeline(self, lines: Iterable[Line], start: dt.datetime, *, hurried: bool = False) -> list[Moment]:
        """``hurried``: everybody is at work right now; else our opening hours count."""
        moments: list[Moment] = []
        at, former, is_first_answer = start, "", True
        for line in lines:
            if line.speaker == "pause":
                at += line.pause * self.dice.uniform(0.85, 1.2)
                former = ""
                continue
            speaker = "customer" if line.speaker == "customer" else "staff"
            if former == speaker:
                at += hours.next_line(line.text, self.dice)
            elif speaker == "customer":
                at += hours.customers_answer(self.dice) if former else dt.timedelta(0)
            elif is_first_answer and former and not hurried:
                at = hours.first_answer(at, self.zone, self.dice)
            else:
                at += hours.quick_answer(line.text, self.dice)
            if speaker == "staff":
                is_first_answer = False
                at = at if hurried else hours.within_hours(at, self.zone, self.dice)
            former = speaker
            moments.append(Moment(line, at))
        return moments

    def play(self, moments: Iterable[Moment]) -> None:
        for moment in moments:
            self._say(moment.line, moment.at)

    def _say(self, line: Line, at: dt.datetime) -> None:
        thread = self.thread
        if line.speaker == "customer":
            self._customer(line, at)
            return
        me = self.on_duty()
        if line.speaker == "staff":
            bubble = self.fill(line.text, me) if line.kind == "text" else picture(line.text, self.dice)
            thread.reply(at, me, bubble)
        elif line.speaker == "note":
            self._note(line, at, me)
        elif line.speaker == "hand_over":
            thread.hand_over(at, me, self._place(line.to), self.fill(line.text, me))
        elif line.speaker == "brand":
            thread.change_brand(at, me, self.company.brands[line.to])
        elif line.speaker == "take_over":
            others = [each for each in self.company.team(thread.place, thread.brand) if each is not thread.holder]
            if others:
                thread.take_over(at, self.dice.choice(others))

    def _place(self, code: str) -> Store | Department:
        """``store``: the customer's own."""
        if code == "store":
            return self.own_store or self.thread.place
        return self.company.departments.get(code) or self.company.stores[code]

    def _customer(self, line: Line, at: dt.datetime) -> None:
        if line.kind == "text":
            self.thread.inbound(at, text=self.fill(line.text, self._anybody()))
        elif line.kind == "image":
            self.thread.inbound(at, kind=Message.Kind.IMAGE, picture=picture(line.text, self.dice))
        elif line.kind == "sticker":
            package, sticker, keywords = STICKERS[line.text]
            details = {"package_id": package, "sticker_id": sticker, "keywords": list(keywords)}
            self.thread.inbound(at, kind=Message.Kind.STICKER, details=details)
        else:
            title, address, latitude, longitude = self.dice.choice(PLACES)
            where: dict[str, Any] = {"title": title, "address": address, "latitude": latitude, "longitude": longitude}
            self.thread.inbound(at, kind=Message.Kind.LOCATION, details=where)

    def _note(self, line: Line, at: dt.datetime, me: Staff) -> None:
        text, mentioned = self.fill(line.text, me), []
        if text.startswith("@"):
            code, _, rest = text[1:].partition(" ")
            colleague = self.company.staff.get(code) or self.dice.choice(self.company.teams[code, ""])
            text, mentioned = f"@{colleague.display_name} {rest}", [colleague]
        self.thread.note(at, me, text, mentioned)

    def fill(self, text: str, me: Staff) -> str:
        return self.words.fill(text, me=me, here=self.thread.place.name.replace(" ", ""))

    def on_duty(self) -> Staff:
        """Who answers at this place for this brand; the same person through the whole exchange."""
        thread = self.thread
        if thread.holder is not None:
            return thread.holder
        code, team = thread.place.code, self.company.team(thread.place, thread.brand)
        chosen = self.regulars.get(code) or self._on_duty.get(code)
        if chosen is None or chosen not in team:
            likes = self.preferred is not None and self.preferred in team and self.dice.random() < 0.7
            chosen = self.preferred if likes else self.dice.choice(team)
            assert chosen
            self._on_duty[code] = chosen
        return chosen

    def _anybody(self) -> Staff:
        """For customers who call somebody by name: the one they know."""
        return (
            self.preferred if self.preferred is not None else self.company.team(self.thread.place, self.thread.brand)[0]
        )
