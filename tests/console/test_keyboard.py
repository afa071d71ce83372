"""Everything can be done by keyboard, and the ? sheet says how."""

import re
from pathlib import Path

from madoguchi.console.base.navigation import DESTINATIONS
from madoguchi.console.base.shortcuts import SHORTCUTS
from madoguchi.console.inbox.queue import TABS
from tests.console.conftest import SignIn
from tests.console.page import read
from tests.make import World

CONSOLE = Path(__file__).parents[2] / "madoguchi/console"
BY_SCRIPT = {"j", "k", "Enter", "⌘/Ctrl Enter", "@", "Esc", "⌘/Ctrl K"}
"""Handled in keyboard.js and its neighbours, not by an element that says data-key."""


def test_the_sheet_lists_exactly_the_keys_there_are() -> None:
    templates = [path.read_text() for path in (CONSOLE / "templates").rglob("*.html")]
    said = {key for text in templates for key in re.findall(r'data-key="([^"{]+)"', text)}
    said |= {key for _, _, key in TABS if key} | {f"g {place.key}" for place in DESTINATIONS}

    listed = {" ".join(keys) for _, entries in SHORTCUTS for keys, _ in entries}

    assert listed - BY_SCRIPT == said


def test_the_palette_offers_actions_views_and_people(world: World, sign_in: SignIn) -> None:
    type(world.aoi).objects.update(locale="en")
    client = sign_in(world.aoi, htmx=True)

    everything = read(client.get("/palette").content)
    typed = read(client.get("/palette", {"q": "美玲"}).content)
    hidden = read(sign_in(world.ren, htmx=True).get("/palette", {"q": "美玲"}).content)

    labels = [option.one("b").text for option in everything.all(role="option")]
    assert {"Reply", "Hand over", "Unassigned", "Inbox"} <= set(labels)
    assert [option.one("b").text for option in typed.all(role="option")] == ["陳美玲"]
    assert hidden.all(role="option") == []
