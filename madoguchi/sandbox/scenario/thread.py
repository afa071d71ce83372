"""One conversation as it grows: the rules of ``conversations.actions``, in memory and with given times.

Thirty thousand messages through the real actions would take minutes, so this writes the rows they would leave behind;
``tests/sandbox/scenario`` plays the same exchange both ways and compares. Times only ever move forward.
"""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from madoguchi.channels import links
from madoguchi.channels.line import messages as line_messages
from madoguchi.channels.models import Contact, Media, OutboundMessage
from madoguchi.conversations.models import Conversation, Exchange, Handover, Mention, Message
from madoguchi.conversations.system import SystemEvent
from madoguchi.kit.bigrams import bigrams
from madoguchi.members.models import Member
from madoguchi.organization.models import Brand, Department, Staff, Store
from madoguchi.sandbox.scenario.organisation import new_public_id
from madoguchi.sandbox.scenario.pictures import Picture

MILLISECOND = dt.timedelta(milliseconds=1)
REPLY_WINDOW = dt.timedelta(seconds=50)


@dataclass(slots=True)
class Thread:
    """Rows without primary keys; ``loading`` numbers and copies them."""

    member: Member
    contact: Contact
    brand: Brand
    place: Store | Department
    dice: random.Random
    conversation: Conversation = field(init=False)
    exchanges: list[Exchange] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    handovers: list[Handover] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    outbox: list[OutboundMessage] = field(default_factory=list)
    media: list[tuple[Media, Picture]] = field(default_factory=list)
    _is_quiet: bool = True
    """Nobody has said anything yet."""
    _free_reply_until: dt.datetime | None = None

    def __post_init__(self) -> None:
        self.conversation = Conversation(
            public_id=new_public_id(self.dice),
            member=self.member,
            contact=self.contact,
            brand=self.brand,
            exchange_number=0,
            state=Conversation.State.CLOSED,
        )
        self._stand_at(self.place)

    @property
    def last_at(self) -> dt.datetime:
        return self.messages[-1].occurred_at

    @property
    def holder(self) -> Staff | None:
        return self.conversation.holder

    # -- what the customer does --------------------------------------------------------------------------------

    def follow(self, at: dt.datetime, *, again: bool = False) -> None:
        self.contact.friendship, self.contact.friendship_at = Contact.Friendship.FRIEND, at
        self._quiet_event(SystemEvent.UNBLOCKED if again else SystemEvent.FOLLOWED, at)

    def unfollow(self, at: dt.datetime) -> None:
        self.contact.friendship, self.contact.friendship_at = Contact.Friendship.BLOCKED, at
        self._quiet_event(SystemEvent.UNFOLLOWED, at)

    def inbound(
        self,
        at: dt.datetime,
        *,
        text: str = "",
        kind: str = Message.Kind.TEXT,
        details: dict[str, Any] | None = None,
        picture: Picture | None = None,
        quoted: str = "",
    ) -> Message:
        conversation = self.conversation
        if conversation.state == Conversation.State.CLOSED:
            self._open(at)
        message = self._message(
            at, Message.Direction.INBOUND, kind, text=text, details=details or {}, quoted_provider_message_id=quoted
        )
        message.created_at = message.changed_at = at + self.dice.randrange(150, 900) * MILLISECOND
        if picture:
            message.media = self._media(picture, at)
        exchange = self.exchanges[-1]
        exchange.first_inbound_at = exchange.first_inbound_at or at
        conversation.wake()
        conversation.waiting_since = conversation.waiting_since or at
        conversation.unread += 1
        self.contact.last_inbound_at = at
        self._free_reply_until = at + REPLY_WINDOW
        self._last(message)
        return message

    def unsend(self, message: Message, at: dt.datetime) -> None:
        """Only what has been answered since: what waits may not be the message that disappears."""
        message.text, message.search, message.details = "", None, {}
        message.unsent_at = message.changed_at = at
        if message.media:
            message.media.state = Media.State.HIDDEN

    # -- what staff do -----------------------------------------------------------------------------------------

    def reply(self, at: dt.datetime, staff: Staff, *bubbles: str | Picture) -> list[Message]:
        """One request to LINE, accepted a moment later: as a free reply when it is quick, else by push."""
        conversation = self.conversation
        if conversation.state == Conversation.State.CLOSED:
            self._open(at, by=staff)
        before = self._ownership()
        conversation.holder = staff
        conversation.waiting_since, conversation.unread = None, 0
        if self._ownership() != before:
            self._record(Handover.Kind.TAKEN_OVER, before, staff, at)
        voice = line_messages.Voice(self.brand.sender_name, links.icon_url(self.brand))
        outbound = self._outbox_row(at)
        client_key = uuid.UUID(int=self.dice.getrandbits(128), version=4)
        sent = []
        for part, bubble in enumerate(bubbles):
            if isinstance(bubble, Picture):
                message = self._message(at, Message.Direction.OUTBOUND, Message.Kind.IMAGE)
                message.media = self._media(bubble, at, is_ours=True)
                url, preview = links.media_url(message.media), links.media_url(message.media, links.PREVIEW)
                wire = line_messages.image(url=url, preview_url=preview, voice=voice)
            else:
                message = self._message(at, Message.Direction.OUTBOUND, Message.Kind.TEXT, text=bubble)
                wire = line_messages.text(bubble, voice=voice)
            message.author, message.brand, message.outbound = staff, self.brand, outbound
            message.client_key, message.client_part = client_key, part
            outbound.messages.append(wire)
            self._last(message)
            sent.append(message)
        exchange = self.exchanges[-1]
        if exchange.first_inbound_at and not exchange.first_reply_at:
            exchange.first_reply_at, exchange.first_reply_by = at, staff
        return sent

    def note(self, at: dt.datetime, staff: Staff, text: str, mentioned: Sequence[Staff] = (), *, seen: bool = True) -> None:
        message = self._message(at, Message.Direction.NOTE, Message.Kind.TEXT, text=text, author=staff)
        message.client_key = uuid.UUID(int=self.dice.getrandbits(128), version=4)
        for person in mentioned:
            looked = at + dt.timedelta(minutes=self.dice.randrange(2, 50)) if seen else None
            self.mentions.append(
                Mention(message=message, conversation=self.conversation, staff=person, at=at, seen_at=looked)
            )
        self.conversation.changed_at = at

    def take_over(self, at: dt.datetime, staff: Staff) -> None:
        before = self._ownership()
        self.conversation.holder = staff
        self.conversation.wake()
        self._record(Handover.Kind.TAKEN_OVER, before, staff, at)
        self._line(SystemEvent.TAKEN_OVER, at, staff)

    def assign(self, at: dt.datetime, staff: Staff, to: Staff, note: str = "") -> None:
        before = self._ownership()
        self.conversation.holder = to
        self.conversation.wake()
        self._record(Handover.Kind.ASSIGNED, before, staff, at, note)
        self._line(SystemEvent.ASSIGNED, at, staff, to=to.display_name)
        self._attach(at, staff, note)

    def hand_over(self, at: dt.datetime, staff: Staff, to: Store | Department, note: str = "") -> None:
        before = self._ownership()
        self.conversation.holder = None
        self._stand_at(to)
        self.conversation.wake()
        self._record(Handover.Kind.HANDED_OVER, before, staff, at, note)
        self._line(SystemEvent.HANDED_OVER, at, staff, to=to.name)
        self._attach(at, staff, note)

    def release(self, at: dt.datetime, staff: Staff) -> None:
        before = self._ownership()
        self.conversation.holder = None
        self._record(Handover.Kind.RELEASED, before, staff, at)
        self._line(SystemEvent.RELEASED, at, staff, to=self.place.name)

    def change_brand(self, at: dt.datetime, staff: Staff, brand: Brand) -> None:
        self.brand = self.conversation.brand = brand
        self._line(SystemEvent.BRAND_CHANGED, at, staff, to=brand.name)

    def snooze(self, at: dt.datetime, staff: Staff, until: dt.datetime) -> None:
        self.conversation.state, self.conversation.snoozed_until = Conversation.State.SNOOZED, until
        self._line(SystemEvent.SNOOZED, at, staff, until=until.isoformat())

    def close(self, at: dt.datetime, staff: Staff, outcome: str) -> None:
        conversation, exchange = self.conversation, self.exchanges[-1]
        exchange.closed_at, exchange.closed_by, exchange.outcome = at, staff, outcome
        exchange.brand, exchange.store = conversation.brand, conversation.store
        exchange.department = conversation.department
        conversation.state = Conversation.State.CLOSED
        conversation.waiting_since = conversation.snoozed_until = None
        conversation.unread = 0
        self._line(SystemEvent.CLOSED, at, staff, outcome=outcome)

    def open_thread(self) -> None:
        """Whoever answers has looked at it."""
        self.conversation.unread = 0

    # -- rows --------------------------------------------------------------------------------------------------

    def _open(self, at: dt.datetime, by: Staff | None = None) -> None:
        """A mere friend has an exchange that nobody has opened by a word yet."""
        conversation = self.conversation
        conversation.state = Conversation.State.OPEN
        if self.exchanges and self.exchanges[-1].closed_at is None:
            return
        self._begin_exchange(at)
        if conversation.exchange_number > 1:
            if by is None:
                conversation.holder = None
            self._line(SystemEvent.OPENED, at, by)

    def _begin_exchange(self, at: dt.datetime) -> None:
        conversation = self.conversation
        conversation.exchange_number += 1
        conversation.opened_at = at
        self.exchanges.append(Exchange(conversation=conversation, number=conversation.exchange_number, opened_at=at))

    def _quiet_event(self, event: SystemEvent, at: dt.datetime) -> None:
        """What the customer did without a word: it stands in the thread and asks for no answer."""
        if not self.exchanges:
            self._begin_exchange(at)
        message = self._line(event, at)
        if self._is_quiet:
            self._show(message)

    def _message(self, at: dt.datetime, direction: str, kind: str, *, text: str = "", **fields: Any) -> Message:
        if self.messages and at < self.messages[-1].occurred_at:
            raise ValueError(f"time ran backwards in {self.member.display_name}'s thread")
        message = Message(
            conversation=self.conversation,
            exchange=self.exchanges[-1],
            direction=direction,
            kind=kind,
            text=text,
            occurred_at=at,
            created_at=at,
            changed_at=at,
            search=bigrams(text) if text else None,
            **fields,
        )
        self.messages.append(message)
        return message

    def _line(self, event: SystemEvent, at: dt.datetime, by: Staff | None = None, **names: str) -> Message:
        details = {"event": event.value, **({"by": by.display_name} if by else {}), **names}
        self.conversation.changed_at = at
        return self._message(at, Message.Direction.SYSTEM, Message.Kind.EVENT, details=details, author=by)

    def _attach(self, at: dt.datetime, author: Staff, note: str) -> None:
        if note:
            self._message(at, Message.Direction.NOTE, Message.Kind.TEXT, text=note, author=author)

    def _last(self, message: Message) -> None:
        self._is_quiet = False
        self._show(message)

    def _show(self, message: Message) -> None:
        conversation = self.conversation
        conversation.last_message_at, conversation.changed_at = message.occurred_at, message.changed_at
        conversation.last_direction, conversation.last_kind = message.direction, message.kind
        conversation.last_text = message.text[: Conversation.PREVIEW_LENGTH]

    def _ownership(self) -> tuple[Staff | None, Store | None, Department | None]:
        return self.conversation.holder, self.conversation.store, self.conversation.department

    def _stand_at(self, place: Store | Department) -> None:
        self.place = place
        self.conversation.store = place if isinstance(place, Store) else None
        self.conversation.department = place if isinstance(place, Department) else None

    def _record(
        self,
        kind: Handover.Kind,
        before: tuple[Staff | None, Store | None, Department | None],
        by: Staff,
        at: dt.datetime,
        note: str = "",
    ) -> None:
        after = self._ownership()
        self.conversation.changed_at = at
        self.handovers.append(
            Handover(
                conversation=self.conversation,
                exchange=self.exchanges[-1],
                kind=kind,
                by=by,
                from_holder=before[0],
                from_store=before[1],
                from_department=before[2],
                to_holder=after[0],
                to_store=after[1],
                to_department=after[2],
                note=note,
                at=at,
            )
        )

    def _outbox_row(self, at: dt.datetime) -> OutboundMessage:
        settled = at + self.dice.randrange(120, 700) * MILLISECOND
        is_free = self._free_reply_until is not None and at < self._free_reply_until
        if is_free:
            self._free_reply_until = None
        row = OutboundMessage(
            key=uuid.UUID(int=self.dice.getrandbits(128), version=4),
            account=self.contact.account,
            contact=self.contact,
            messages=[],
            state=OutboundMessage.State.ACCEPTED,
            route=OutboundMessage.Route.REPLY if is_free else OutboundMessage.Route.PUSH,
            attempts=1,
            created_at=at,
            changed_at=settled,
            due_at=at,
            claimed_at=at,
            first_tried_at=at,
            settled_at=settled,
            request_id=str(uuid.UUID(int=self.dice.getrandbits(128), version=4)),
        )
        self.outbox.append(row)
        return row

    def _media(self, picture: Picture, at: dt.datetime, *, is_ours: bool = False) -> Media:
        media = Media(
            public_id=new_public_id(self.dice),
            account=self.contact.account,
            kind=Media.Kind.IMAGE,
            state=Media.State.STORED,
            name=f"{picture.name}.jpg" if is_ours else "",
            content_type="image/jpeg",
            byte_size=len(picture.data),
            width=picture.width,
            height=picture.height,
            created_at=at,
            changed_at=at,
            stored_at=at + dt.timedelta(seconds=1),
        )
        self.media.append((media, picture))
        return media
