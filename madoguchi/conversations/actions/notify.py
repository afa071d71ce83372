"""What the system itself says to customers: announcements, answers to taps, waiting times, out-of-hours replies.

Nobody's work is done by it: holder, waiting time and unread count stay as they are, and no exchange begins.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from madoguchi import live
from madoguchi.bindings.queries import current
from madoguchi.channels import links, outbox
from madoguchi.channels.line import messages
from madoguchi.channels.models import Contact, OutboundMessage
from madoguchi.conversations.journal import current_exchange
from madoguchi.conversations.models import Conversation, Message
from madoguchi.conversations.terms import search_terms
from madoguchi.organization.models import Brand

Button = messages.Button
Section = messages.Section


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One bubble for one customer."""

    conversation_id: int
    text: str
    """In the customer's language; 1 to 2,000 UTF-16 units."""
    cause: str
    """Why it was said, for staff and reports: ``offer``, ``away``, ``waiting``, ``menu`` …"""
    buttons: tuple[Button, ...] = ()
    """At most six."""
    sections: tuple[Section, ...] = ()
    """Shown below the text, in place of buttons; at most a dozen."""
    place_label: str = ""
    """Of a button by which the customer sends where they are; empty: none."""
    brand_id: int | None = None
    """In whose voice; None: the conversation's brand, else the account's own."""
    details: Mapping[str, object] = field(default_factory=dict)
    """Kept with the message: what the words were said on."""
    key: UUID = field(default_factory=uuid4)
    """Of this notice: the same one again is said once."""

    @property
    def words(self) -> str:
        """All of it as plain text."""
        return "\n\n".join([self.text, *map(str, self.sections)])


@transaction.atomic
def notify(notices: Sequence[Notice], *, now: dt.datetime | None = None) -> list[Message]:
    """Say these things. Customers who have blocked us and accounts out of use are left out; returns what will be sent."""
    rows = Conversation.objects.filter(pk__in={notice.conversation_id for notice in notices})
    locked = {row.pk: row for row in rows.order_by("pk").select_for_update(of=("self",))}
    said_before = set(
        Message.objects.filter(client_key__in=[n.key for n in notices]).values_list("client_key", flat=True)
    )
    contacts = Contact.objects.select_related("account").in_bulk([row.contact_id for row in locked.values()])
    now = now or timezone.now()
    sent = []
    for notice in notices:
        conversation = locked.get(notice.conversation_id)
        if conversation is None or notice.key in said_before:
            continue
        contact = contacts[conversation.contact_id]
        if contact.account.is_active and not contact.has_blocked_us:
            sent.append(_say(notice, conversation, contact, now))
    if sent:
        live.publish(topic for message in sent for topic in message.conversation.topics)
        outbox.wake()
    return sent


def _say(notice: Notice, conversation: Conversation, contact: Contact, now: dt.datetime) -> Message:
    brand = Brand.objects.get(
        pk=notice.brand_id or conversation.brand_id or contact.account.default_brand_id,
    )
    voice = messages.Voice(brand.sender_name, links.icon_url(brand))
    outbound = OutboundMessage.objects.create(
        account_id=contact.account_id,
        contact=contact,
        thread=conversation.pk,
        messages=[_wire(notice, voice)],
        due_at=now,
    )
    at = max(now, conversation.last_message_at + dt.timedelta(milliseconds=1))
    details: dict[str, object] = {**notice.details, "automatic": notice.cause}
    if notice.buttons:
        details["buttons"] = [button.label for button in notice.buttons]
    return Message.objects.create(
        conversation=conversation,
        exchange=current_exchange(conversation),
        direction=Message.Direction.OUTBOUND,
        kind=Message.Kind.TEXT,
        text=notice.words,
        details=details,
        brand=brand,
        outbound=outbound,
        binding=current(conversation.member_id, conversation.brand_id, at=at),
        client_key=notice.key,
        occurred_at=at,
        created_at=now,
        changed_at=now,
        search=search_terms(notice.words, at),
    )


def _wire(notice: Notice, voice: messages.Voice) -> messages.MessageObject:
    if notice.sections:
        message = messages.with_sections(notice.text, notice.sections, voice=voice)
    elif notice.buttons:
        message = messages.with_buttons(notice.text, notice.buttons, voice=voice)
    else:
        message = messages.text(notice.text, voice=voice)
    return messages.asking_for_place(message, notice.place_label) if notice.place_label else message
