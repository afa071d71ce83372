"""The rules of a thread: what an event from the customer does to it.

The result must not depend on the order in which events arrive, nor on how they are cut into batches: the provider sends
them late, twice and mixed. So times are the provider's, minimum and maximum are taken where it could be "first" and
"last" otherwise, and an event that comes before the message it speaks of leaves an *early* row for the message to fill.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, assert_never

from django.utils.translation import gettext_noop

from madoguchi.channels.ports import (
    Event,
    Followed,
    MediaReceived,
    MessageEdited,
    MessageReceived,
    MessageUnsent,
    Noticed,
    PostbackReceived,
    Unfollowed,
)
from madoguchi.conversations.models import Conversation, Message
from madoguchi.conversations.models.conversation import queue_topics
from madoguchi.conversations.system import SystemEvent

Arrival = MessageReceived | MessageEdited | MessageUnsent | Followed | Unfollowed | PostbackReceived | Noticed

NOTICES = {
    "account_link_failed": gettext_noop("Could not link their account"),
    "account_linked": gettext_noop("Linked their account"),
    "beacon_banner_tapped": gettext_noop("Tapped the banner of a beacon"),
    "beacon_entered": gettext_noop("Came near a beacon"),
    "membership_joined": gettext_noop("Joined a membership plan"),
    "membership_left": gettext_noop("Left a membership plan"),
    "membership_renewed": gettext_noop("Renewed a membership plan"),
    "video_played": gettext_noop("Watched a video to its end"),
}
"""English sentences, translated when the line is shown; ``details["what"]`` of a noticed line is one of them."""

_EARLY = "early"
"""In ``details`` of a row that waits for its message."""


@dataclass(slots=True, eq=False)
class Line:
    """A row of ``Message``, new (``pk`` None) or read; ``is_changed`` asks for it to be written."""

    direction: str
    kind: str
    occurred_at: dt.datetime
    exchange_number: int
    pk: int | None = None
    text: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    provider_message_id: str | None = None
    quote_token: str = ""
    quoted_provider_message_id: str = ""
    edited_at: dt.datetime | None = None
    unsent_at: dt.datetime | None = None
    media: MediaReceived | None = None
    """To be created with the message."""
    media_id: int | None = None
    is_changed: bool = False

    @property
    def is_early(self) -> bool:
        return _EARLY in self.details

    def hide(self) -> None:
        self.text, self.details = "", {_EARLY: True} if self.is_early else {}


@dataclass(slots=True, eq=False)
class Thread:
    """A locked conversation with its current exchange."""

    pk: int
    contact_id: int
    account_id: int
    state: str
    store_id: int | None
    department_id: int | None
    holder_id: int | None
    exchange_number: int
    opened_at: dt.datetime
    waiting_since: dt.datetime | None
    unread: int
    last_message_at: dt.datetime
    last_direction: str
    last_kind: str
    last_text: str
    exchange_id: int | None
    """None: a new one, to be created."""
    first_inbound_at: dt.datetime | None
    closed_at: dt.datetime | None
    """End of the current exchange."""
    former_closed_at: dt.datetime | None
    """End of the exchange before it."""
    answered_at: dt.datetime | None
    """Our last answer in the current exchange."""

    lines: dict[str, Line] = field(default_factory=dict)
    """By the provider's message id: those that exist of what this batch speaks of."""
    new_lines: list[Line] = field(default_factory=list)
    friendship: tuple[dt.datetime, str] | None = None
    last_inbound_at: dt.datetime | None = None
    moved_opening: bool = False
    """The exchange began earlier than its line in the thread says."""
    must_look_again: bool = False
    """Preview and waiting time have to be read from the rows."""
    topics: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._remember_topics()

    def apply(self, event: Arrival) -> None:
        match event:
            case MessageReceived():
                self._receive(event)
            case MessageEdited():
                self._edit(event)
            case MessageUnsent():
                self._unsend(event)
            case PostbackReceived():
                details = {"data": event.data, **({"params": event.params} if event.params else {})}
                self._add_quiet(event, Message.Direction.INBOUND, Message.Kind.POSTBACK, details)
            case Followed():
                line = SystemEvent.UNBLOCKED if event.was_unblocked else SystemEvent.FOLLOWED
                self._add_quiet(event, Message.Direction.SYSTEM, Message.Kind.EVENT, {"event": line.value})
                self._befriend(event.at, "friend")
            case Unfollowed():
                details = {"event": SystemEvent.UNFOLLOWED.value}
                self._add_quiet(event, Message.Direction.SYSTEM, Message.Kind.EVENT, details)
                self._befriend(event.at, "blocked")
            case Noticed():
                details = {"event": SystemEvent.NOTICED.value, "what": NOTICES[event.kind], **event.details}
                self._add_quiet(event, Message.Direction.SYSTEM, Message.Kind.EVENT, details)
            case _:
                assert_never(event)

    # -- messages ---------------------------------------------------------------------------------------------------

    def _receive(self, event: MessageReceived) -> None:
        line = self.lines.get(event.provider_message_id)
        if line is not None and not line.is_early:
            return  # the same message in another event
        self._open(event.at)
        line = line or self._line(event, Message.Kind.OTHER)
        line.exchange_number = self.exchange_number
        line.kind = event.kind
        line.occurred_at = event.at
        line.quote_token = event.quote_token
        line.quoted_provider_message_id = event.quoted_provider_message_id
        line.media = event.media
        line.text = event.text if line.edited_at is None else line.text
        line.details = event.details
        if line.unsent_at:
            line.hide()
        elif self.answered_at is None or event.at > self.answered_at:
            self.waiting_since = min(self.waiting_since or event.at, event.at)
        self.unread += 1
        self.first_inbound_at = min(self.first_inbound_at or event.at, event.at)
        self.last_inbound_at = max(self.last_inbound_at or event.at, event.at)
        self._preview(line)

    def _edit(self, event: MessageEdited) -> None:
        line = self._spoken_of(event, event.provider_message_id, Message.Kind.TEXT)
        if line.unsent_at is None and (line.edited_at is None or event.at > line.edited_at):
            line.text, line.edited_at = event.text, event.at
            line.details = {_EARLY: True} if line.is_early else {}  # positions of emojis no longer fit
            self.must_look_again = True

    def _unsend(self, event: MessageUnsent) -> None:
        line = self._spoken_of(event, event.provider_message_id, Message.Kind.OTHER)
        if line.unsent_at is None or event.at < line.unsent_at:
            line.unsent_at = event.at
            line.hide()
            self.must_look_again = True

    def _spoken_of(self, event: MessageEdited | MessageUnsent, provider_message_id: str, kind: str) -> Line:
        line = self.lines.get(provider_message_id)
        if line is None:
            line = self._line(event, kind, provider_message_id)
            line.details = {_EARLY: True}
            self._began(event.at)
        line.is_changed = True
        return line

    def _line(self, event: Event, kind: str, provider_message_id: str = "") -> Line:
        provider_message_id = provider_message_id or getattr(event, "provider_message_id", "")
        line = Line(
            Message.Direction.INBOUND,
            kind,
            event.at,
            self.exchange_number,
            provider_message_id=provider_message_id,
        )
        self.lines[provider_message_id] = line
        self.new_lines.append(line)
        return line

    # -- everything else --------------------------------------------------------------------------------------------
