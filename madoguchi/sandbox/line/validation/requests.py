"""The parts that the sending endpoints share."""

import re
from typing import Any

from madoguchi.sandbox.line.delivery import quoted_message
from madoguchi.sandbox.line.errors import InvalidBody, invalid_property
from madoguchi.sandbox.line.gateway import Call
from madoguchi.sandbox.line.records import Json

from .checks import Checker
from .messages import check_messages

RETRY_HEADER = "X-Line-Retry-Key"

_UNIT = re.compile(r"[A-Za-z0-9_]{1,30}")


def read_messages(call: Call, body: Json) -> list[Json]:
    """One to five valid message objects; 400 with every problem found otherwise."""
    checker = Checker(call.emulator.accepts_url)
    found: list[Json] = checker.items(body, "messages", "", 1, 5)
    checker.flag(body, "notificationDisabled", "")
    try:
        check_messages(checker, found, call.world, call.channel)
    except RecursionError:
        checker.add("Nested too deeply", "messages")
    checker.raise_if_any()
    return found


def check_quotes(call: Call, messages: list[Json], person_id: str) -> None:
    """A quote token is good in its own chat only (get-quote-tokens)."""
    for index, message in enumerate(messages):
        if message.get("quoteToken") is None:
            continue
        quoted = quoted_message(call.world, call.channel, message["quoteToken"])
        if quoted is None or quoted.person_id != person_id:
            raise InvalidBody([("Invalid quote token", f"messages[{index}].quoteToken")])


def read_recipient(body: Json) -> str:
    to = body.get("to")
    if to is None or to == "":
        raise InvalidBody([("May not be empty", "to")])
    if not isinstance(to, str):
        raise invalid_property("to")
    return to


def read_units(body: Json) -> list[str]:
    """`customAggregationUnits`: at most one name of letters, digits and underscores, 30 characters."""
    units: Any = body.get("customAggregationUnits")
    if units is None:
        return []
    if not isinstance(units, list) or len(units) > 1:
        raise InvalidBody([("Size must be between 0 and 1", "customAggregationUnits")])
    if not all(isinstance(unit, str) and _UNIT.fullmatch(unit) for unit in units):
        raise invalid_property("customAggregationUnits[0]")
    return units
