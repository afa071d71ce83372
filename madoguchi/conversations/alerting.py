"""Telling people's phones about a conversation."""

from __future__ import annotations

from collections.abc import Collection

from madoguchi.alerts.actions import alert
from madoguchi.alerts.subjects import Subject
from madoguchi.conversations.models import Conversation


def thread_path(conversation: Conversation) -> str:
    """Where the console shows it; a test holds this and the console's addresses together."""
    return f"/conversations/{conversation.public_id}"


def alert_about(conversation: Conversation, subject: Subject, staff_ids: Collection[int]) -> None:
    """A later alert about the same conversation takes the place of the earlier one. Nobody listed: nothing happens."""
    if staff_ids:
        alert(
            staff_ids=staff_ids,
            subject=subject,
            name=conversation.member.display_name,
            url=thread_path(conversation),
            tag=f"conversation-{conversation.pk}",
        )
