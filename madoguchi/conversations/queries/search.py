"""Finding a conversation by who the customer is, or by what was written.

The index only proposes (queries.candidates): what is shown contains the words themselves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from madoguchi.conversations.models import Conversation, Message
from madoguchi.conversations.queries.candidates import candidates
from madoguchi.conversations.queries.columns import BESIDE_CONVERSATION, SHOWN
from madoguchi.conversations.queries.queue import loaded
from madoguchi.conversations.queries.snippet import Piece, snippet
from madoguchi.kit.among import Among
from madoguchi.kit.bigrams import bigrams, fold, words
from madoguchi.members.models import Member, MemberQuerySet
from madoguchi.organization.models import Staff
from madoguchi.organization.permissions import Permission

QUERY_MAX = 100
PEOPLE_MAX = 10
MESSAGES_MAX = 30
_PHONE = re.compile(r"\+?[\d\s().-]+")
_PHONE_DIGITS_MIN = 4


@dataclass(frozen=True, slots=True)
class MessageHit:
    message: Message
    """With its author, and its conversation loaded as in a queue."""
    pieces: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class SearchResult:
    people: Sequence[Conversation]
    """Whose name or telephone it is, newest first; loaded as in a queue."""
    messages: Sequence[MessageHit]
    """The newest of each conversation, newest first."""
    is_too_short: bool = False
    """Two characters that stand together are needed."""


def search(staff: Staff, text: str) -> SearchResult:
    """What is within reach and has all the words. At most six statements, four as a rule."""
    query = text.strip()[:QUERY_MAX]
    wanted, pairs = words(query), bigrams(query)
    if not pairs or not staff.may(Permission.CONVERSATION_READ):
        return SearchResult([], [], is_too_short=bool(query) and not pairs)
    return SearchResult(_people(staff, query, wanted), _messages(staff, wanted, pairs))


def _people(staff: Staff, query: str, wanted: Sequence[str]) -> list[Conversation]:
    """By name; or by the end of a telephone number, or all of it as one dials it at home or from abroad.

    Who may not read people cannot find out their numbers by trying either.
    """
    digits = "".join(wanted).lstrip("0")
    if _PHONE.fullmatch(fold(query)):
        if len(digits) < _PHONE_DIGITS_MIN or not staff.may(Permission.MEMBER_READ):
            return []
        members = Member.objects.with_phone_ending(digits)
        return _newest(staff, members)[:PEOPLE_MAX]
    named = _newest(staff, Member.objects.filter(search__contains=bigrams(query)))
    return [row for row in named if _has_all(row.member.display_name, wanted)][:PEOPLE_MAX]


def _newest(staff: Staff, members: MemberQuerySet) -> list[Conversation]:
    """From the members to their conversations, never the other way round, however many the planner expects."""
    theirs = Q(Among("member", members.values("pk")))
    rows = Conversation.objects.visible_to(staff).filter(theirs).newest_first()
    return list(loaded(rows[: 3 * PEOPLE_MAX]))


def _messages(staff: Staff, wanted: Sequence[str], pairs: list[str]) -> list[MessageHit]:
    newest: dict[int, int] = {}
    for candidate in candidates(staff, pairs):
        if candidate.conversation_id not in newest and _has_all(candidate.text, wanted):
            newest[candidate.conversation_id] = candidate.message_id
            if len(newest) == MESSAGES_MAX:
                break
    rows = Message.objects.filter(pk__in=newest.values()).order_by("-occurred_at", "-pk")
    messages = rows.select_related("author", *(f"conversation__{name}" for name in SHOWN)).defer(
        "search", "author__password", *(f"conversation__{name}" for name in BESIDE_CONVERSATION)
    )
    return [MessageHit(message, snippet(message.text, wanted)) for message in messages]


def _has_all(text: str, wanted: Sequence[str]) -> bool:
    folded = fold(text)
    return all(word in folded for word in wanted)
