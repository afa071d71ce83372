"""When people write, and how long it takes us to answer."""

from __future__ import annotations

import datetime as dt
import math
import random

_CUSTOMERS_WRITE = (3, 1, 0, 0, 0, 1, 3, 8, 14, 26, 40, 52, 56, 48, 44, 45, 46, 46, 50, 56, 64, 66, 48, 18)
"""How many of a thousand and some in each hour of the day: after breakfast, at lunch, and on the sofa."""
OPENS, CLOSES = dt.time(10, 30), dt.time(21, 30)


def writing_time(day: dt.date, zone: dt.tzinfo, dice: random.Random) -> dt.datetime:
    hour = dice.choices(range(24), weights=_CUSTOMERS_WRITE)[0]
    return dt.datetime.combine(day, dt.time(hour, dice.randrange(60), dice.randrange(60)), zone)


def first_answer(after: dt.datetime, zone: dt.tzinfo, dice: random.Random) -> dt.datetime:
    """Mostly within minutes while somebody is there, else in the morning."""
    minutes = min(math.exp(dice.gauss(math.log(5), 0.85)), 170)
    return within_hours(after + dt.timedelta(minutes=minutes), zone, dice)


def within_hours(at: dt.datetime, zone: dt.tzinfo, dice: random.Random) -> dt.datetime:
    """The same moment when we are open, else soon after the next opening."""
    local = at.astimezone(zone)
    if OPENS <= local.time() <= CLOSES:
        return at
    day = local.date() if local.time() < OPENS else local.date() + dt.timedelta(days=1)
    opening = dt.datetime.combine(day, OPENS, zone)
    return opening + dt.timedelta(minutes=dice.uniform(1, 45), seconds=dice.randrange(60))


def next_line(text: str, dice: random.Random) -> dt.timedelta:
    """Until the same person has typed another line."""
    return dt.timedelta(seconds=3 + 0.35 * len(text) + dice.uniform(1, 14))


def quick_answer(text: str, dice: random.Random) -> dt.timedelta:
    """Until staff who are already talking have answered."""
    return dt.timedelta(seconds=12 + 0.6 * len(text) + math.exp(dice.gauss(math.log(35), 0.7)))


def customers_answer(dice: random.Random) -> dt.timedelta:
    return dt.timedelta(seconds=8 + math.exp(dice.gauss(math.log(75), 1.1)))
