"""Which action handles which kind of event. Actions on this path take lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from madoguchi.channels.ports import (
    AnyEvent,
    Event,
    Followed,
    Kept,
    MessageEdited,
    MessageReceived,
    MessageUnsent,
    Noticed,
    PostbackReceived,
    Unfollowed,
)
from madoguchi.conversations.actions.receive import receive
from madoguchi.intake.codes import use_codes
from madoguchi.intake.offers import answer_offers

Handler = Callable[[Sequence[Any]], None]

ROUTES: dict[type[Event], tuple[Handler, ...]] = {
    Followed: (receive,),
    Kept: (),
    MessageEdited: (receive,),
    MessageReceived: (use_codes, receive),
    MessageUnsent: (receive,),
    Noticed: (receive,),
    PostbackReceived: (answer_offers, receive),
    Unfollowed: (receive,),
}


ORDER: tuple[Handler, ...] = (use_codes, answer_offers, receive)
"""Bindings first: they lock members, who are locked before conversations, and messages carry the binding they are under."""


def handle(events: Sequence[AnyEvent]) -> None:
    """Each handler once, with all that is meant for it."""
    for handler in ORDER:
        if meant := [event for event in events if handler in ROUTES[type(event)]]:
            handler(meant)
