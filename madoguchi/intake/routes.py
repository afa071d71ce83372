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

Handler = Callable[[Sequence[Any]], None]

ROUTES: dict[type[Event], tuple[Handler, ...]] = {
    Followed: (receive,),
    Kept: (),
    MessageEdited: (receive,),
    MessageReceived: (receive,),
    MessageUnsent: (receive,),
    Noticed: (receive,),
    PostbackReceived: (receive,),
    Unfollowed: (receive,),
}


def handle(events: Sequence[AnyEvent]) -> None:
    """Each handler once, with all that is meant for it, in the order given."""
    handlers = dict.fromkeys(handler for event in events for handler in ROUTES[type(event)])
    for handler in handlers:
        handler([event for event in events if handler in ROUTES[type(event)]])
