"""Dialogues as plain text, and how they become lines.

A script begins with ``== name`` and options: ``weight`` (how often), ``for`` (kinds of brands, see ``brands.KINDS``; none:
all), ``with`` (a product whose name has one of these words; ``machine``: something with a plug or a battery), ``under``
(its price), ``at`` (store, care, orders, repair; default store and care), ``tags`` (given to the member). Then lines:

    < text            the customer         <? text   the same, half of the time
    > text            the person on duty   >? text   only when the optional line before was said
    # text            an internal note; ``@repair`` mentions somebody there, ``@yawen`` this person
    -> repair note    handed over with a note; from here on somebody there answers
    ~ 2d              so much time goes by (m, h, d)
    <image receipt    a picture            >image stock
    <sticker thanks   a sticker            <location home
    =no_reaction      how it ends (default: solved)

``[a|b|]`` picks one of the alternatives; ``{product}`` and the like are filled by ``words``.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal

from madoguchi.sandbox.scenario.brands import BrandSpec, Product

Speaker = Literal["customer", "staff", "note", "hand_over", "brand", "take_over", "pause"]
"""The brand and take-over lines are never written in a file; ``history`` strews them in."""
Kind = Literal["text", "image", "sticker", "location"]

_LINE = re.compile(
    r"""(?P<media>[<>])(?P<kind>image|sticker|location)\s+(?P<which>\w+)
      | (?P<speech>[<>])(?P<optional>\??)\s+(?P<text>.+)
      | \#\s+(?P<note>.+)
      | ->\s+(?P<to>\w+)\s+(?P<reason>.+)
      | ~\s+(?P<amount>\d+)(?P<unit>[mhd])
      | =(?P<outcome>\w+)""",
    re.VERBOSE,
)
_ALTERNATIVES = re.compile(r"\[([^\[\]]*)\]")
WORDS = {
    "machine": (
        *(
            "吸塵器",
            "機器人",
            "掛燙機",
            "電暖器",
            "除濕機",
            "循環扇",
            "氣炸烤箱",
            "壓力鍋",
            "攪拌機",
            "果汁機",
            "電子鍋",
        ),
        *("清淨機", "加濕器", "開飲機", "耳機", "喇叭", "聲霸", "唱盤", "咖啡機", "磨豆機", "餵食器", "飲水機"),
    )
}
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class Line:
    speaker: Speaker
    text: str = ""
    kind: Kind = "text"
    """``text`` holds which picture, sticker or place when this is not text."""
    optional: bool = False
    to: str = ""
    pause: dt.timedelta = dt.timedelta(0)


@dataclass(slots=True)
class Script:
    name: str
    language: str
    weight: int = 3
    kinds: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    under: int = 1_000_000
    at: frozenset[str] = frozenset({"store", "care"})
    tag: str = ""
    outcome: str = "solved"
    lines: list[Line] = field(default_factory=list)

    def fits(self, brand: BrandSpec, place: str) -> bool:
        return place in self.at and (not self.kinds or brand.kind in self.kinds) and bool(self.products(brand))

    def products(self, brand: BrandSpec) -> tuple[Product, ...]:
        """What the brand sells that this dialogue can be about. Outside Chinese only what has a name in the language."""
        named = [each for each in brand.products if self.language == "zh" or (each.ja and each.en)]
        fitting = [each for each in named if not self.words or any(word in each.name for word in self.words)]
        return tuple(each for each in fitting if each.price < self.under)

    def play(self, dice: random.Random) -> Iterator[Line]:
        """The lines of one performance: alternatives chosen, optional lines said or not."""
        said = False
        for line in self.lines:
            if line.optional:
                said = dice.random() < 0.5 if line.speaker == "customer" else said
                if not said:
                    continue
            yield Line(line.speaker, choose(line.text, dice), line.kind, False, line.to, line.pause)


def choose(text: str, dice: random.Random) -> str:
    return _ALTERNATIVES.sub(lambda found: dice.choice(found[1].split("|")), text)


@cache
def scripts(language: str) -> tuple[Script, ...]:
    """All dialogues of a language: zh, ja or en. ValueError names a line that cannot be read."""
    folder = files("madoguchi.sandbox.scenario") / "dialogues"
    found: list[Script] = []
    for path in sorted(folder.iterdir(), key=lambda each: each.name):
        if path.name.startswith(language) and path.name.endswith(".txt"):
            found += parse(path.read_text(encoding="utf-8"), language)
    return tuple(found)


def parse(text: str, language: str) -> list[Script]:
    found: list[Script] = []
    for raw in text.splitlines():
        if not raw.strip() or (not found and raw.startswith("# ")):
            continue
        if raw.startswith("== "):
            found.append(_head(raw[3:], language))
        elif (match := _LINE.fullmatch(raw.rstrip())) is None:
            raise ValueError(f"no line of a dialogue: {raw}")
        elif match["outcome"]:
            found[-1].outcome = match["outcome"]
        else:
            found[-1].lines.append(_line(match))
    return found


def _head(text: str, language: str) -> Script:
    name, *options = text.split()
    script = Script(name, language)
    for option in options:
        key, _, value = option.partition("=")
        if key == "weight":
            script.weight = int(value)
        elif key == "for":
            script.kinds = frozenset(value.split(","))
        elif key == "with":
            script.words = tuple(word for name in value.split(",") for word in WORDS.get(name, (name,)))
        elif key == "under":
            script.under = int(value)
        elif key == "at":
            script.at = frozenset(value.split(","))
        elif key == "tags":
            script.tag = value
        else:
            raise ValueError(f"no option of a dialogue: {option}")
    return script


def _line(match: re.Match[str]) -> Line:
    if match["media"]:
        kind: Kind = match["kind"]  # type: ignore[assignment]  # the expression allows these three only
        return Line("customer" if match["media"] == "<" else "staff", match["which"], kind)
    if match["speech"]:
        return Line("customer" if match["speech"] == "<" else "staff", match["text"], optional=bool(match["optional"]))
    if match["note"]:
        return Line("note", match["note"])
    if match["to"]:
        return Line("hand_over", match["reason"], to=match["to"])
    return Line("pause", pause=dt.timedelta(**{_UNITS[match["unit"]]: int(match["amount"])}))
