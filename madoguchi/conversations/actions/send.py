from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from madoguchi import live
from madoguchi.bindings.queries import current
from madoguchi.channels import outbox, uploads
from madoguchi.channels.models import Account, Contact, OutboundMessage
from madoguchi.conversations import access, beginnings, compose
from madoguchi.conversations.errors import (
    AccountInactive,
    BrandUnavailable,
    CustomerHasBlocked,
    HeldByOther,
)
from madoguchi.conversations.journal import (
    Ownership,
    current_exchange,
    record_handover,
    refuse_another_key,
    write_line,
)
from madoguchi.conversations.models import Conversation, Exchange, Handover, Message
from madoguchi.conversations.quotes import Quote, quote_of
from madoguchi.conversations.system import SystemEvent
from madoguchi.conversations.terms import search_terms
from madoguchi.organization.models import Brand, Staff
from madoguchi.organization.permissions import Permission


def send(
    *,
    conversation_id: int,
    staff: Staff,
    client_key: UUID,
    text: str = "",
    files: Sequence[UploadedFile[bytes]] = (),
    brand_id: int | None = None,
    quoted_message_id: int | None = None,
) -> list[Message]:
    """Answer the customer: one to five bubbles, in the voice of one brand, in one request to LINE.

    The same ``client_key`` again returns the same messages and sends nothing. Whoever answers what nobody holds holds
    it from then on; writing into a closed conversation begins a new exchange, which is a right of its own (see
    ``conversations.beginnings``). The voice is ``brand_id``, else the brand the conversation is about, else the account's
    own.

    Raises NotFound, NotAllowed, HeldByOther, NothingToSend, TextTooLong, TooManyBubbles, FileRefused, BrandUnavailable,
    AccountInactive, CustomerHasBlocked, KeyUsedElsewhere, NotYourCustomer, CustomerWantsNoFirstMessages,
    FirstMessageLimitReached; then nothing is kept, neither rows nor files.
    """
    conversation = access.find_by_id(conversation_id, staff)
    access.require_at(conversation, staff, Permission.CONVERSATION_REPLY)
    if before := _sent_before(conversation, staff, client_key, text):
        return before
    compose.refuse_beyond_limits(text, files)
    with uploads.prepared(files) as ready, transaction.atomic():
        conversation = access.lock(conversation_id, staff)
        if before := _sent_before(conversation, staff, client_key, text):
            for upload in ready:
                upload.remove()
            return before
        contact, brand = _allowed(conversation, staff, brand_id)
        now = timezone.now()
        beginnings.require_right(conversation, staff, client_key, now)
        topics = conversation.topics
        _take(conversation, staff, now)
        quote = quote_of(conversation, quoted_message_id)
        made = compose.bubbles(
            text=text,
            uploads=ready,
            contact=contact,
            thread=conversation.pk,
            brand=brand,
            quote_token=quote.token,
        )
        sent = _write(conversation, staff, made, brand, quote, client_key, now)
        live.publish(topics | conversation.topics)
        outbox.wake()
        return sent


def _sent_before(conversation: Conversation, staff: Staff, client_key: UUID, text: str) -> list[Message]:
    before = list(Message.objects.filter(client_key=client_key).order_by("client_part"))
    if before:
        refuse_another_key(before[0], conversation, staff, Message.Direction.OUTBOUND, text)
    return before


def _allowed(conversation: Conversation, staff: Staff, brand_id: int | None) -> tuple[Contact, Brand]:
    """To whom and in whose voice, if the person may; checked again, because the row is only locked now."""
    access.require_at(conversation, staff, Permission.CONVERSATION_REPLY)
    holder = conversation.holder
    if holder is not None and holder != staff and conversation.state != Conversation.State.CLOSED:
        raise HeldByOther(holder)
    contact = Contact.objects.select_related("account__market").get(pk=conversation.contact_id)
    account: Account = contact.account
    if not account.is_active:
        raise AccountInactive
    if contact.has_blocked_us:
        raise CustomerHasBlocked
    brand = Brand.objects.filter(pk=brand_id or conversation.brand_id or account.default_brand_id).first()
    if brand is None or (brand_id is not None and not brand.is_active):
        raise BrandUnavailable
    if brand_id is not None:
        staff.require(
            Permission.CONVERSATION_REPLY,
            store_id=conversation.store_id,
            department_id=conversation.department_id,
            brand_id=brand_id,
        )
    return contact, brand


def _take(conversation: Conversation, staff: Staff, now: dt.datetime) -> None:
    """The conversation is open and the person's; it no longer waits for us."""
    before = Ownership.of(conversation)
    if conversation.state == Conversation.State.CLOSED:
        conversation.state = Conversation.State.OPEN
        if current_exchange(conversation).closed_at is not None:  # else nobody has written anything yet
            conversation.exchange_number += 1
            conversation.opened_at = now
            Exchange.objects.create(conversation=conversation, number=conversation.exchange_number, opened_at=now)
            write_line(conversation, SystemEvent.OPENED, at=now, by=staff)
    conversation.holder = staff
    conversation.waiting_since = conversation.attention_at = None
    conversation.unread = 0
    if Ownership.of(conversation) != before:
        record_handover(conversation, Handover.Kind.TAKEN_OVER, before=before, by=staff, at=now)


def _write(
    conversation: Conversation,
    staff: Staff,
    bubbles: Sequence[compose.Bubble],
    brand: Brand,
    quote: Quote,
    client_key: UUID,
    now: dt.datetime,
) -> list[Message]:
    outbound = OutboundMessage.objects.create(
        account_id=conversation.contact.account_id,
        contact_id=conversation.contact_id,
        thread=conversation.pk,
        messages=[bubble.wire for bubble in bubbles],
        due_at=now,
    )
    exchange = current_exchange(conversation)
    # LINE's clock and ours differ a little; an answer stands below what it answers all the same.
    at = max(now, conversation.last_message_at + dt.timedelta(milliseconds=1))
    binding = current(conversation.member_id, conversation.brand_id, at=at)
    sent = Message.objects.bulk_create(
        Message(
            conversation=conversation,
            exchange=exchange,
            direction=Message.Direction.OUTBOUND,
            kind=bubble.kind,
            text=bubble.text,
            media=bubble.media,
            quoted_provider_message_id=quote.provider_message_id if bubble.kind == Message.Kind.TEXT else "",
            author=staff,
            brand=brand,
            binding=binding,
            outbound=outbound,
            client_key=client_key,
            client_part=part,
            occurred_at=at,
            created_at=now,
            changed_at=now,
            search=search_terms(bubble.text, at),
        )
        for part, bubble in enumerate(bubbles)
    )
    if exchange.first_inbound_at is not None and exchange.first_reply_at is None:
        exchange.first_reply_at, exchange.first_reply_by = now, staff
        exchange.save(update_fields=["first_reply_at", "first_reply_by"])
    conversation.show_last(sent[-1], now)
    conversation.save()
    return sent
