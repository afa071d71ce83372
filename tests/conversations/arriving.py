"""What a customer does, as the adapter reports it, for tests of ``receive``."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from madoguchi.channels.models import Account, Contact
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
from madoguchi.conversations.models import Conversation

NOON = dt.datetime(2026, 11, 20, 4, 0, tzinfo=dt.UTC)
"""In Taipei."""
_pks = itertools.count(1)


def at(minute: float) -> dt.datetime:
    """Minutes after noon."""
    return NOON + dt.timedelta(minutes=minute)


class Customer:
    """Somebody who writes to an account. ``minute`` is the provider's time, in minutes after noon."""

    def __init__(self, account: Account, external_id: str = "U" + "c" * 32) -> None:
        self.account = account
        self.external_id = external_id

    def _common(self, minute: float) -> dict[str, Any]:
        return {
            "event_pk": next(_pks),
            "account_id": self.account.pk,
            "external_id": self.external_id,
            "at": at(minute),
            "received_at": at(minute) + dt.timedelta(seconds=1),
        }

    def writes(self, minute: float, text: str = "您好", message_id: str | None = None, **more: Any) -> MessageReceived:
        common = {**self._common(minute), **more}
        return MessageReceived(**common, provider_message_id=message_id or f"id-{minute}", kind="text", text=text)

    def sends(self, minute: float, kind: str, message_id: str | None = None, **details: Any) -> MessageReceived:
        media = MediaReceived(kind) if kind in ("image", "video", "audio", "file") else None
        return MessageReceived(
            **self._common(minute),
            provider_message_id=message_id or f"id-{minute}",
            kind=kind,
            details=details,
            media=media,
        )

    def edits(self, minute: float, message_id: str, text: str) -> MessageEdited:
        return MessageEdited(**self._common(minute), provider_message_id=message_id, text=text)

    def takes_back(self, minute: float, message_id: str) -> MessageUnsent:
        return MessageUnsent(**self._common(minute), provider_message_id=message_id)

    def follows(self, minute: float, *, was_unblocked: bool = False) -> Followed:
        return Followed(**self._common(minute), was_unblocked=was_unblocked)

    def blocks(self, minute: float) -> Unfollowed:
        return Unfollowed(**self._common(minute))

    def taps(self, minute: float, data: str = "action=hours") -> PostbackReceived:
        return PostbackReceived(**self._common(minute), data=data)

    def is_noticed(self, minute: float, kind: str = "video_played") -> Noticed:
        return Noticed(**self._common(minute), kind=kind)

    @property
    def contact(self) -> Contact:
        return Contact.objects.get(account=self.account, external_id=self.external_id)

    @property
    def conversation(self) -> Conversation:
        return Conversation.objects.get(contact=self.contact)

    def thread(self) -> list[tuple[str, str, str]]:
        """What the thread shows, in its order: direction, kind, and the text or what the quiet line says."""
        messages = self.conversation.messages.order_by("occurred_at", "pk")
        return [
            (
                message.direction,
                message.kind,
                "(taken back)" if message.unsent_at else message.text or message.details.get("event", ""),
            )
            for message in messages
        ]
