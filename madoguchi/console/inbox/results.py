"""What a search shows in the place of the queue: people first, then words, each hit marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from madoguchi.conversations import queries
from madoguchi.conversations.models import Conversation
from madoguchi.conversations.queries.snippet import Piece, snippet
from madoguchi.kit.bigrams import words
from madoguchi.organization.models import Staff


@dataclass(frozen=True, slots=True)
class Hit:
    conversation: Conversation
    name: Sequence[Piece]
    """Empty: it is not the name that was found."""
    words: Sequence[Piece]
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    people: Sequence[Hit]
    messages: Sequence[Hit]
    is_too_short: bool


def find(staff: Staff, text: str) -> Found:
    result = queries.search(staff, text)
    wanted = words(text)
    people = [Hit(row, snippet(row.member.display_name, wanted), ()) for row in result.people]
    messages = [Hit(hit.message.conversation, (), hit.pieces, hit.message.pk) for hit in result.messages]
    return Found(people, messages, result.is_too_short)
