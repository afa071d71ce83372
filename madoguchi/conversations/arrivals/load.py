from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from madoguchi.channels.models import Account
from madoguchi.conversations.arrivals.thread import Line, Thread
from madoguchi.conversations.models import Conversation, Exchange, Message
from madoguchi.kit import bulk


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a conversation is created with, should there be none."""

    member_id: int
    account_id: int
    at: dt.datetime


def lock_threads(beginnings: Mapping[int, Beginning]) -> dict[int, Thread]:
    """The conversation of each contact (the key), created where there is none, locked in the order of ids.

    A new one is closed: nobody has written yet, and a mere friend is no work for anybody.
    """
    contacts = sorted(beginnings)
    locked = _lock(contacts)
    missing = [contact_id for contact_id in contacts if contact_id not in locked]
    if missing:
        _create({contact_id: beginnings[contact_id] for contact_id in missing})
        locked |= _lock(missing)
    threads = [Thread(*row) for row in bulk.execute(_READ, [list(locked.values())])]
    return {thread.contact_id: thread for thread in threads}


def read_lines(threads: Collection[Thread], provider_message_ids: Collection[tuple[int, str]]) -> None:
    """Fill ``lines`` with those rows that the given messages (conversation, provider's id) have already."""
    if not provider_message_ids:
        return
    by_pk = {thread.pk: thread for thread in threads}
    rows = bulk.execute(
        _READ_LINES, [[pk for pk, _ in provider_message_ids], [value for _, value in provider_message_ids]]
    )
    for conversation_id, details, *values in rows:
        line = Line(*values)
        line.details = details
        assert line.provider_message_id
        by_pk[conversation_id].lines[line.provider_message_id] = line


def _lock(contact_ids: list[int]) -> dict[int, int]:
    """Conversation by contact. Separate from reading: what PostgreSQL joins to a row it had to wait for is stale."""
    return dict((contact_id, pk) for contact_id, pk in bulk.execute(_LOCK, [contact_ids]))  # noqa: C402


def _create(beginnings: Mapping[int, Beginning]) -> None:
    accounts = {beginning.account_id for beginning in beginnings.values()}
    departments = dict(Account.objects.filter(pk__in=accounts).values_list("pk", "default_department"))
    Conversation.objects.bulk_create(
        [
            Conversation(
                member_id=beginning.member_id,
                contact_id=contact_id,
                department_id=departments[beginning.account_id],
                state=Conversation.State.CLOSED,
                opened_at=beginning.at,
                last_message_at=beginning.at,
                last_direction=Message.Direction.SYSTEM,
                last_kind=Message.Kind.EVENT,
            )
            for contact_id, beginning in sorted(beginnings.items())
        ],
        ignore_conflicts=True,
    )
    conversations = Conversation.objects.filter(contact__in=beginnings).order_by("pk")
    Exchange.objects.bulk_create(
        [Exchange(conversation=made, number=1, opened_at=made.opened_at) for made in conversations],
        ignore_conflicts=True,
    )


_LOCK = """
SELECT contact_id, id FROM conversations_conversation WHERE contact_id = ANY (%b::bigint[]) ORDER BY id FOR UPDATE
"""

_READ = """
SELECT c.id, c.contact_id, k.account_id, c.state, c.store_id, c.department_id, c.holder_id, c.exchange_number,
       c.opened_at, c.waiting_since, c.unread, c.last_message_at, c.last_direction, c.last_kind, c.last_text,
       e.id, e.first_inbound_at, e.closed_at,
       (SELECT f.closed_at FROM conversations_exchange f
         WHERE f.conversation_id = c.id AND f.number = c.exchange_number - 1)
FROM conversations_conversation c
JOIN channels_contact k ON k.id = c.contact_id
JOIN conversations_exchange e ON e.conversation_id = c.id AND e.number = c.exchange_number
WHERE c.id = ANY (%b::bigint[])
"""
"""In the order of the fields of ``Thread``."""

_READ_LINES = """
SELECT m.conversation_id, m.details, m.direction, m.kind, m.occurred_at, m.exchange_id, m.id, m.text, NULL,
       m.provider_message_id, m.quote_token, m.quoted_provider_message_id, m.edited_at, m.unsent_at, NULL, m.media_id
FROM unnest(%b::bigint[], %b::text[]) AS given (conversation_id, provider_message_id)
JOIN conversations_message m USING (conversation_id, provider_message_id)
"""
"""From the third column on in the order of the fields of ``Line``."""
