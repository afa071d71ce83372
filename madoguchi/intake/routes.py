"""Which action handles which kind of event. Actions on this path take lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from madoguchi.channels.ports import (
    AnyEvent,
    Event,
    Followed,
    Kept,
    MenuTurned,
    MessageEdited,
    MessageReceived,
    MessageUnsent,
    Noticed,
    PostbackReceived,
    Unfollowed,
)
from madoguchi.conversations.actions.receive import receive
from madoguchi.intake.codes import point_out_groups, use_codes
from madoguchi.intake.offers import answer_offers
from madoguchi.menus.taps import take_friends, take_messages, take_postbacks
from madoguchi.menus.turns import take_turns

Handler = Callable[[Sequence[Any]], None]

ROUTES: dict[type[Event], tuple[Handler, ...]] = {
    Followed: (receive, take_friends),
    Kept: (point_out_groups,),
    MenuTurned: (take_turns,),
    MessageEdited: (receive,),
    MessageReceived: (use_codes, receive, take_messages),
    MessageUnsent: (receive,),
    Noticed: (receive,),
    PostbackReceived: (answer_offers, receive, take_postbacks),
    Unfollowed: (receive,),
}


FIRST: frozenset[Handler] = frozenset({use_codes, answer_offers})
"""Bindings before threads: members are locked before conversations, and a message carries the binding it is under."""


def handle(events: Sequence[AnyEvent]) -> None:
    """Each handler once, with all that is meant for it; but for FIRST in the order given."""
    handlers = dict.fromkeys(handler for event in events for handler in ROUTES[type(event)])
    for handler in sorted(handlers, key=lambda handler: handler not in FIRST):
        handler([event for event in events if handler in ROUTES[type(event)]])
