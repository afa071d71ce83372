"""Answering one certain message: the customer sees it above ours.

LINE gives a token for each message that can be quoted, theirs with the webhook, ours with the answer to the request
(get-quote-tokens). Ours stay with the outbox row, for it alone knows when they arrive.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from madoguchi.channels.models import OutboundMessage
from madoguchi.conversations.models import Conversation, Message


@dataclass(frozen=True, slots=True)
class Quote:
    """Both empty: nothing is quoted. ``token`` alone empty: we remember what was meant, LINE cannot show it."""

    provider_message_id: str = ""
    token: str = ""


def quote_of(conversation: Conversation, message_id: int | None) -> Quote:
    """What to send along to quote that message of this conversation; one of another conversation is not quoted."""
    message = (
        None
        if message_id is None
        else conversation.messages.select_related("outbound").filter(pk=message_id, unsent_at=None).first()
    )
    if message is None:
        return Quote()
    if message.outbound is None:
        return Quote(message.provider_message_id or "", message.quote_token)
    sent = sent_part(message)
    return Quote(str(sent.get("id", "")), str(sent.get("quoteToken", "")))


def sent_part(message: Message) -> dict[str, str]:
    """LINE's {id, quoteToken?} for one of our bubbles; empty as long as LINE has not accepted it."""
    sent: list[dict[str, str]] = message.outbound.sent_messages if message.outbound else []
    return sent[message.client_part] if message.client_part < len(sent) else {}


def quoted_ours(conversation: Conversation, provider_message_ids: Iterable[str]) -> dict[str, Message]:
    """Our bubbles with these ids of LINE's, by id: what a customer's message may answer."""
    wanted = set(provider_message_ids)
    if not wanted:
        return {}
    has_one = Q()
    for provider_message_id in wanted:
        has_one |= Q(sent_messages__contains=[{"id": provider_message_id}])
    rows = OutboundMessage.objects.filter(has_one, thread=conversation.pk)
    messages = conversation.messages.filter(outbound__in=rows).select_related("author", "media", "outbound")
    by_id = {sent_part(message).get("id", ""): message for message in messages.defer("search", "author__password")}
    return {each: message for each, message in by_id.items() if each in wanted}
