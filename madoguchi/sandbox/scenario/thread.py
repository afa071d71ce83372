"""One conversation as it grows: the rules of ``conversations.actions``, in memory and with given times.

Thirty thousand messages through the real actions would take minutes, so this writes the rows they would leave behind;
``tests/sandbox/scenario`` plays the same exchange both ways and compares. Times only ever move forward. Rows are numbered
at once and point to each other by number: Django's descriptors would take longer than everything else.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max, Model

from madoguchi.channels import links
from madoguchi.channels.line import messages as line_messages
from madoguchi.channels.models import Contact, Media, OutboundMessage
from madoguchi.conversations.models import Conversation, Exchange, Handover, Mention, Message
from madoguchi.conversations.system import SystemEvent
from madoguchi.conversations.terms import search_terms
from madoguchi.members.models import Member
from madoguchi.organization.models import Brand, Department, Staff, Store
from madoguchi.sandbox.scenario.organisation import new_public_id
from madoguchi.sandbox.scenario.pictures import Picture

MILLISECOND = dt.timedelta(milliseconds=1)
REPLY_WINDOW = dt.timedelta(seconds=50)


class Numbers:
    """Primary keys for tables that nobody else writes to meanwhile. ``loading`` moves the sequences on."""

    def __init__(self) -> None:
        self._next: dict[type[Model], Iterator[int]] = {}

    def __call__(self, model: type[Model]) -> int:
        if model not in self._next:
            highest: int | None = model._default_manager.aggregate(highest=Max("pk"))["highest"]
            self._next[model] = itertools.count((highest or 0) + 1)
        return next(self._next[model])


@dataclass(slots=True)
class Thread:
    """All rows of a conversation; ``loading`` copies them."""

    numbers: Numbers
    member: Member
    contact: Contact
    brand: Brand
    place: Store | Department
    dice: random.Random
    conversation: Conversation = field(init=False)
    holder: Staff | None = None
    exchanges: list[Exchange] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    handovers: list[Handover] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    outbox: dict[int, OutboundMessage] = field(default_factory=dict)
    """By number; so are the media, each with its picture."""
    media: dict[int, tuple[Media, Picture]] = field(default_factory=dict)
    _is_quiet: bool = True
    """Nobody has said anything yet."""
    _free_reply_until: dt.datetime | None = None

    def __post_init__(self) -> None:
        self.conversation = Conversation(
            pk=self.numbers(Conversation),
            public_id=new_public_id(self.dice),
            member_id=self.member.pk,
            contact_id=self.contact.pk,
            brand_id=self.brand.pk,
            exchange_number=0,
            state=Conversation.State.CLOSED,
        )
        self._stand_at(self.place)

    @property
    def last_at(self) -> dt.datetime:
        return self.messages[-1].occurred_at

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
            message.media_id = self._media(picture, at).pk
        exchange = self.exchanges[-1]
        exchange.first_inbound_at = exchange.first_inbound_at or at
        conversation.wake()
        if conversation.waiting_since is None or self.holder is None:
            conversation.attention_at = min(conversation.attention_at or at, at)
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
        if message.media_id:
            self.media[message.media_id][0].state = Media.State.HIDDEN

    # -- what staff do -----------------------------------------------------------------------------------------

    def reply(self, at: dt.datetime, staff: Staff, *bubbles: str | Picture) -> list[Message]:
        """One request to LINE, accepted a moment later: as a free reply when it is quick, else by push."""
        conversation = self.conversation
        if conversation.state == Conversation.State.CLOSED:
            self._open(at, by=staff)
        before = self._ownership()
        self._hold(staff)
        conversation.waiting_since = conversation.attention_at = None
        conversation.unread = 0
        if self._ownership() != before:
            self._record(Handover.Kind.TAKEN_OVER, before, staff, at)
        voice = line_messages.Voice(self.brand.sender_name, links.icon_url(self.brand))
        outbound = self._outbox_row(at)
        client_key = self._uuid()
        sent = []
        for part, bubble in enumerate(bubbles):
            if isinstance(bubble, Picture):
                media = self._media(bubble, at, is_ours=True)
                message = self._message(at, Message.Direction.OUTBOUND, Message.Kind.IMAGE, media_id=media.pk)
                url, preview = links.file_url(media), links.file_url(media, links.PREVIEW)
                wire = line_messages.image(url=url, preview_url=preview, voice=voice)
            else:
                message = self._message(at, Message.Direction.OUTBOUND, Message.Kind.TEXT, text=bubble)
                wire = line_messages.text(bubble, voice=voice)
            message.author_id, message.brand_id, message.outbound_id = staff.pk, self.brand.pk, outbound.pk
            message.client_key, message.client_part = client_key, part
            outbound.messages.append(wire)
            self._last(message)
            sent.append(message)
        exchange = self.exchanges[-1]
        if exchange.first_inbound_at and not exchange.first_reply_at:
            exchange.first_reply_at, exchange.first_reply_by_id = at, staff.pk
        return sent

    def note(
        self, at: dt.datetime, staff: Staff, text: str, mentioned: Sequence[Staff] = (), *, seen: bool = True
    ) -> None:
        message = self._message(at, Message.Direction.NOTE, Message.Kind.TEXT, text=text, author_id=staff.pk)
        message.client_key = self._uuid()
        for person in mentioned:
            looked = at + dt.timedelta(minutes=self.dice.randrange(2, 50)) if seen else None
            self.mentions.append(
                Mention(
                    pk=self.numbers(Mention),
                    message_id=message.pk,
                    conversation_id=self.conversation.pk,
                    staff_id=person.pk,
                    at=at,
                    seen_at=looked,
                )
            )
        self.conversation.changed_at = at

    def take_over(self, at: dt.datetime, staff: Staff) -> None:
        before = self._ownership()
        self._hold(staff)
        self.conversation.wake()
        self.conversation.ask_router(at)
        self._record(Handover.Kind.TAKEN_OVER, before, staff, at)
        self._line(SystemEvent.TAKEN_OVER, at, staff)

    def assign(self, at: dt.datetime, staff: Staff, to: Staff, note: str = "") -> None:
        before = self._ownership()
        self._hold(to)
        self.conversation.wake()
        self.conversation.ask_router(at)
        self._record(Handover.Kind.ASSIGNED, before, staff, at, note)
        self._line(SystemEvent.ASSIGNED, at, staff, to=to.display_name)
        self._attach(at, staff, note)

    def hand_over(self, at: dt.datetime, staff: Staff, to: Store | Department, note: str = "") -> None:
        before = self._ownership()
        self._hold(None)
        self._stand_at(to)
        self.conversation.wake()
        self.conversation.ask_router(at)
        self._record(Handover.Kind.HANDED_OVER, before, staff, at, note)
        self._line(SystemEvent.HANDED_OVER, at, staff, to=to.name)
        self._attach(at, staff, note)

    def release(self, at: dt.datetime, staff: Staff) -> None:
        before = self._ownership()
        self._hold(None)
        self.conversation.ask_router(at)
        self._record(Handover.Kind.RELEASED, before, staff, at)
        self._line(SystemEvent.RELEASED, at, staff, to=self.place.name)

    def change_brand(self, at: dt.datetime, staff: Staff, brand: Brand) -> None:
        self.brand, self.conversation.brand_id = brand, brand.pk
        self._line(SystemEvent.BRAND_CHANGED, at, staff, to=brand.name)

    def snooze(self, at: dt.datetime, staff: Staff, until: dt.datetime) -> None:
        self.conversation.state, self.conversation.snoozed_until = Conversation.State.SNOOZED, until
        self.conversation.attention_at = None
        self._line(SystemEvent.SNOOZED, at, staff, until=until.isoformat())

    def close(self, at: dt.datetime, staff: Staff, outcome: str) -> None:
        conversation, exchange = self.conversation, self.exchanges[-1]
        exchange.closed_at, exchange.closed_by_id, exchange.outcome = at, staff.pk, outcome
        exchange.brand_id, exchange.store_id = conversation.brand_id, conversation.store_id
        exchange.department_id = conversation.department_id
        conversation.state = Conversation.State.CLOSED
        conversation.waiting_since = conversation.snoozed_until = conversation.attention_at = None
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
                self._hold(None)
            self._line(SystemEvent.OPENED, at, by)

    def _begin_exchange(self, at: dt.datetime) -> None:
        conversation = self.conversation
        conversation.exchange_number += 1
        conversation.opened_at = at
        self.exchanges.append(
            Exchange(
                pk=self.numbers(Exchange),
                conversation_id=conversation.pk,
                number=conversation.exchange_number,
                opened_at=at,
            )
        )

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
            pk=self.numbers(Message),
            conversation_id=self.conversation.pk,
            exchange_id=self.exchanges[-1].pk,
            direction=direction,
            kind=kind,
            text=text,
            occurred_at=at,
            created_at=at,
            changed_at=at,
            search=search_terms(text, at),
            **fields,
        )
        self.messages.append(message)
        return message

    def _line(self, event: SystemEvent, at: dt.datetime, by: Staff | None = None, **names: str) -> Message:
        details = {"event": event.value, **({"by": by.display_name} if by else {}), **names}
        self.conversation.changed_at = at
        return self._message(
            at, Message.Direction.SYSTEM, Message.Kind.EVENT, details=details, author_id=by.pk if by else None
        )

    def _attach(self, at: dt.datetime, author: Staff, note: str) -> None:
        if note:
            self._message(at, Message.Direction.NOTE, Message.Kind.TEXT, text=note, author_id=author.pk)

    def _last(self, message: Message) -> None:
        self._is_quiet = False
        self._show(message)

    def _show(self, message: Message) -> None:
        conversation = self.conversation
        conversation.last_message_at, conversation.changed_at = message.occurred_at, message.changed_at
        conversation.last_direction, conversation.last_kind = message.direction, message.kind
        conversation.last_text = message.text[: Conversation.PREVIEW_LENGTH]

    def _hold(self, staff: Staff | None) -> None:
        self.holder, self.conversation.holder_id = staff, staff.pk if staff else None

    def _stand_at(self, place: Store | Department) -> None:
        self.place = place
        self.conversation.store_id = place.pk if isinstance(place, Store) else None
        self.conversation.department_id = place.pk if isinstance(place, Department) else None

    def _ownership(self) -> tuple[int | None, int | None, int | None]:
        return self.conversation.holder_id, self.conversation.store_id, self.conversation.department_id

    def _record(
        self, kind: Handover.Kind, before: tuple[int | None, ...], by: Staff, at: dt.datetime, note: str = ""
    ) -> None:
        after = self._ownership()
        self.conversation.changed_at = at
        self.handovers.append(
            Handover(
                pk=self.numbers(Handover),
                conversation_id=self.conversation.pk,
                exchange_id=self.exchanges[-1].pk,
                kind=kind,
                by_id=by.pk,
                from_holder_id=before[0],
                from_store_id=before[1],
                from_department_id=before[2],
                to_holder_id=after[0],
                to_store_id=after[1],
                to_department_id=after[2],
                note=note,
                at=at,
            )
        )

    def _uuid(self) -> uuid.UUID:
        return uuid.UUID(int=self.dice.getrandbits(128), version=4)

    def _outbox_row(self, at: dt.datetime) -> OutboundMessage:
        settled = at + self.dice.randrange(120, 700) * MILLISECOND
        is_free = self._free_reply_until is not None and at < self._free_reply_until
        if is_free:
            self._free_reply_until = None
        row = OutboundMessage(
            pk=self.numbers(OutboundMessage),
            key=self._uuid(),
            account_id=self.contact.account_id,
            contact_id=self.contact.pk,
            thread=self.conversation.pk,
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
            request_id=str(self._uuid()),
        )
        self.outbox[row.pk] = row
        return row

    def _media(self, picture: Picture, at: dt.datetime, *, is_ours: bool = False) -> Media:
        media = Media(
            pk=self.numbers(Media),
            public_id=new_public_id(self.dice),
            account_id=self.contact.account_id,
            thread=self.conversation.pk,
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
        self.media[media.pk] = media, picture
        return media
