"""What a channel tells us, in words that do not depend on the channel.

An adapter (``channels/line/``) turns each raw event into exactly one of these; everything beyond the adapter works with
them alone. ``at`` is always the provider's own time of the event, aware, in UTC: events come late and out of order.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """Common to all: which raw row it came from, which address it concerns, when it happened."""

    event_pk: int
    account_id: int
    external_id: str
    at: dt.datetime
    reply_token: str = field(default="", kw_only=True)
    received_at: dt.datetime | None = field(default=None, kw_only=True)
    """When the webhook reached us: the reply token's clock starts here."""


@dataclass(frozen=True, slots=True)
class MediaReceived:
    """A file announced by a message; its content is fetched later, by its own job."""

    kind: str
    name: str = ""
    byte_size: int | None = None
    duration_ms: int | None = None
    external_url: str = ""


@dataclass(frozen=True, slots=True)
class MessageReceived(Event):
    provider_message_id: str
    kind: str
    """A value of ``conversations.Message.Kind``; what we do not know is ``other``."""
    text: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    """What a bubble needs beyond text: sticker ids, coordinates, emoji positions, image set, mentions."""
    media: MediaReceived | None = None
    quote_token: str = ""
    quoted_provider_message_id: str = ""
    read_token: str = ""


@dataclass(frozen=True, slots=True)
class MessageEdited(Event):
    provider_message_id: str
    text: str


@dataclass(frozen=True, slots=True)
class MessageUnsent(Event):
    provider_message_id: str


@dataclass(frozen=True, slots=True)
class Followed(Event):
    was_unblocked: bool = False


@dataclass(frozen=True, slots=True)
class Unfollowed(Event):
    pass


@dataclass(frozen=True, slots=True)
class PostbackReceived(Event):
    data: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MenuTurned(Event):
    """The customer turned to another tab of the menu: it happens on the phone, and is told afterwards."""

    data: str
    is_shown: bool
    """False: the tab led nowhere, and nothing changed on the phone."""


@dataclass(frozen=True, slots=True)
class Noticed(Event):
    """Something the customer did that belongs into the thread as a quiet line: beacon, video watched, account linked,
    membership joined."""

    kind: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept(Event):
    """Understood as nothing we act on (unknown kinds, groups, standby, module events): kept raw and counted."""

    kind: str
    reason: str
    text: str = ""
    """Of a message in a group: it is no conversation, but may hold a code that its sender meant for us."""


AnyEvent = (
    MessageReceived
    | MessageEdited
    | MessageUnsent
    | Followed
    | Unfollowed
    | PostbackReceived
    | MenuTurned
    | Noticed
    | Kept
)
