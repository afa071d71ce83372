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

from madoguchi.channels.models import Contact
from madoguchi.channels.ports import (
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
_QUIET = frozenset({Message.Kind.EVENT.value, Message.Kind.POSTBACK.value})


@dataclass(slots=True, eq=False)
class Line:
    """A row of ``Message``, new (``pk`` None) or read; ``is_changed`` asks for it to be written."""

    direction: str
    kind: str
    occurred_at: dt.datetime
    exchange_id: int | None
    """None: the exchange that this batch opens."""
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

    @property
    def is_quiet(self) -> bool:
        return self.direction == Message.Direction.SYSTEM or self.kind in _QUIET

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

    lines: dict[str, Line] = field(default_factory=dict)
    """By the provider's message id: those that exist of what this batch speaks of."""
    new_lines: list[Line] = field(default_factory=list)
    friendship: tuple[dt.datetime, Contact.Friendship] | None = None
    last_inbound_at: dt.datetime | None = None
    moved_opening: bool = False
    """The exchange began earlier than its line in the thread says."""
    must_look_again: bool = False
    """What the queue shows has to be read from the rows."""
    needs_router: bool = False
    """A wait begins, or nobody holds what is open."""
    lost_what_waited: bool = False
    """The message that waited was taken back: the waiting time has to be read from the rows."""
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
                self._add_quiet(event.at, Message.Direction.INBOUND, Message.Kind.POSTBACK, details)
                self.last_inbound_at = max(self.last_inbound_at or event.at, event.at)  # a tap is a sign of life
            case Followed():
                line = SystemEvent.UNBLOCKED if event.was_unblocked else SystemEvent.FOLLOWED
                self._add_quiet(event.at, Message.Direction.SYSTEM, Message.Kind.EVENT, {"event": line.value})
                self._befriend(event.at, Contact.Friendship.FRIEND)
            case Unfollowed():
                details = {"event": SystemEvent.UNFOLLOWED.value}
                self._add_quiet(event.at, Message.Direction.SYSTEM, Message.Kind.EVENT, details)
                self._befriend(event.at, Contact.Friendship.BLOCKED)
            case Noticed():
                details = {"event": SystemEvent.NOTICED.value, "what": NOTICES[event.kind], **event.details}
                self._add_quiet(event.at, Message.Direction.SYSTEM, Message.Kind.EVENT, details)
            case _:
                assert_never(event)

    # -- messages ---------------------------------------------------------------------------------------------------

    def _receive(self, event: MessageReceived) -> None:
        line = self.lines.get(event.provider_message_id)
        if line is not None and not line.is_early:
            return  # the same message in another event
        self._open(event.at)
        line = line or self._add_line(event.provider_message_id, event.kind, event.at)
        line.exchange_id = self.exchange_id
        line.kind = event.kind
        line.occurred_at = event.at
        line.quote_token = event.quote_token
        line.quoted_provider_message_id = event.quoted_provider_message_id
        line.media = event.media
        line.details = {}
        line.is_changed = True
        if line.edited_at is None:
            line.text, line.details = event.text, event.details
        self.needs_router |= self.waiting_since is None or self.holder_id is None
        if line.unsent_at:
            line.hide()
        else:  # also when it is older than our answer: nobody had read it then
            self.waiting_since = min(self.waiting_since or event.at, event.at)
        self.unread += 1
        self.first_inbound_at = min(self.first_inbound_at or event.at, event.at)
        self.last_inbound_at = max(self.last_inbound_at or event.at, event.at)
        self._show_in_queue(line)

    def _edit(self, event: MessageEdited) -> None:
        line = self._line_spoken_of(event, Message.Kind.TEXT)
        if line.edited_at is None or event.at > line.edited_at:
            line.edited_at = event.at
            if line.unsent_at is None:
                line.text = event.text
                line.details = {_EARLY: True} if line.is_early else {}  # positions of emojis no longer fit
            self.must_look_again = True

    def _unsend(self, event: MessageUnsent) -> None:
        line = self._line_spoken_of(event, Message.Kind.OTHER)
        if line.unsent_at is None or event.at < line.unsent_at:
            line.unsent_at = event.at
            line.hide()
            self.must_look_again = True
            self.lost_what_waited |= line.occurred_at == self.waiting_since

    def _line_spoken_of(self, event: MessageEdited | MessageUnsent, kind: str) -> Line:
        line = self.lines.get(event.provider_message_id)
        if line is None:
            line = self._add_line(event.provider_message_id, kind, event.at)
            line.details = {_EARLY: True}
            self._began(event.at)
        line.is_changed = True
        return line

    def _add_line(self, provider_message_id: str, kind: str, at: dt.datetime) -> Line:
        line = Line(Message.Direction.INBOUND, kind, at, self.exchange_id, provider_message_id=provider_message_id)
        self.lines[provider_message_id] = line
        self.new_lines.append(line)
        return line

    # -- what needs no answer ---------------------------------------------------------------------------------------

    def _add_quiet(self, at: dt.datetime, direction: str, kind: str, details: dict[str, Any]) -> None:
        """It neither opens an exchange nor waits, and the queue shows it only while there is no message."""
        line = Line(direction, kind, at, self.exchange_id, details=details)
        self.new_lines.append(line)
        self._began(at)
        self._show_in_queue(line)

    def _befriend(self, at: dt.datetime, friendship: Contact.Friendship) -> None:
        """The latest event decides; of two at the same moment, the block."""
        if self.friendship is None or (at, friendship == Contact.Friendship.BLOCKED) > (
            self.friendship[0],
            self.friendship[1] == Contact.Friendship.BLOCKED,
        ):
            self.friendship = (at, friendship)

    # -- the exchange -----------------------------------------------------------------------------------------------

    def _open(self, at: dt.datetime) -> None:
        """A message makes the conversation ours to deal with, whatever it was before."""
        if self.state == Conversation.State.CLOSED and self.closed_at is not None:
            self._open_anew(at)
        self.state = Conversation.State.OPEN
        self._began(at)

    def _open_anew(self, at: dt.datetime) -> None:
        self.exchange_number += 1
        self.exchange_id = None
        self.former_closed_at, self.closed_at = self.closed_at, None
        self.first_inbound_at = self.waiting_since = None
        self.holder_id = None
        self.opened_at = max(at, self.former_closed_at or at)
        details = {"event": SystemEvent.OPENED.value}
        self.new_lines.append(
            Line(Message.Direction.SYSTEM, Message.Kind.EVENT, self.opened_at, self.exchange_id, details=details)
        )

    def _began(self, at: dt.datetime) -> None:
        """An event that comes late can put the beginning back, but not behind the end of the exchange before."""
        began = at if self.former_closed_at is None else max(at, self.former_closed_at)
        if began < self.opened_at:
            self.opened_at = began
            self.moved_opening = True

    def _show_in_queue(self, line: Line) -> None:
        shown_is_quiet = self.last_direction == Message.Direction.SYSTEM or self.last_kind in _QUIET
        if line.is_quiet and not shown_is_quiet:
            return
        if line.is_quiet == shown_is_quiet and line.occurred_at == self.last_message_at:
            self.must_look_again = True  # of two at the same moment, the rows decide
        elif line.is_quiet != shown_is_quiet or line.occurred_at > self.last_message_at:
            self.last_message_at = line.occurred_at
            self.last_direction, self.last_kind = line.direction, line.kind
            self.last_text = line.text[: Conversation.PREVIEW_LENGTH]

    def _remember_topics(self) -> None:
        self.topics.add(f"conversation-{self.pk}")
        self.topics |= queue_topics(self.store_id, self.department_id, self.holder_id)
