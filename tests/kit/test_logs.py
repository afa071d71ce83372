"""Log lines that quote what somebody outside has written."""

import logging
from logging.config import dictConfig
from typing import Any

import pytest
from django.conf import settings

from madoguchi.kit.logs import OneLine


def _line(message: str, *args: object, **more: Any) -> str:
    record = logging.LogRecord("madoguchi", logging.WARNING, "", 1, message, args, more.get("exc_info"))
    return OneLine("%(levelname)s: %(message)s").format(record)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\x0b", "\x1b[2K", "\x85", "\u2028", "\u202e"])
def test_nobody_outside_begins_a_line_of_ours(end: str) -> None:
    line = _line("aoi asked for %s", f"x{end}INFO: all is well")

    assert line.startswith("WARNING: aoi asked for x\\")
    assert line.isprintable()


def test_what_people_write_stays_readable() -> None:
    assert _line("%s: %s", "葵", "請問濾網 🙂") == "WARNING: 葵: 請問濾網 🙂"


def test_a_traceback_keeps_its_lines() -> None:
    try:
        raise ValueError("first\nsecond")
    except ValueError as error:
        first, *rest = _line("it\nfailed", exc_info=(ValueError, error, error.__traceback__)).splitlines()

    assert first == "WARNING: it\\nfailed"
    assert rest[0].startswith("Traceback")


def test_every_line_of_the_product_is_formatted_so() -> None:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    try:
        dictConfig({**settings.LOGGING, "incremental": False})
        formatters = [handler.formatter for handler in root.handlers if handler not in before[0]]
    finally:
        root.handlers[:], level = before
        root.setLevel(level)

    assert [type(formatter) for formatter in formatters] == [OneLine]
