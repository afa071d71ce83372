"""Conversations found by name, phone or words, with what was found marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from madoguchi.conversations.models import Conversation
from madoguchi.organization.models import Staff


@dataclass(frozen=True, slots=True)
class Hit:
    conversation: Conversation
    snippet: SafeString


def find_conversations(staff: Staff, text: str, limit: int) -> Sequence[Hit]:
    rows = Conversation.objects.visible_to(staff).select_related("member").filter(member__display_name__icontains=text)
    return [Hit(row, marked(row.last_text, text)) for row in rows[:limit]]


def marked(passage: str, text: str) -> SafeString:
    """``passage`` with every occurrence of ``text`` in <mark>; nothing else of it is markup."""
    if not text:
        return conditional_escape(passage)
    shown, rest, wanted = "", passage, text.casefold()
    while (at := rest.casefold().find(wanted)) >= 0:
        shown += format_html("{}<mark>{}</mark>", rest[:at], rest[at : at + len(text)])
        rest = rest[at + len(text) :]
    return mark_safe(shown + conditional_escape(rest))  # noqa: S308 (every part is escaped above)
