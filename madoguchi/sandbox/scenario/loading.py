"""Rows by the ten thousand: numbered here, then written by COPY."""

from __future__ import annotations

import contextlib
import operator
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.db import connection
from django.db.models import ForeignKey, Model

from madoguchi.channels import media_files
from madoguchi.channels.models import Contact, Media, OutboundMessage
from madoguchi.conversations.models import Conversation, Exchange, Handover, Mention, Message
from madoguchi.members.models import Identity, Member, MemberNote, MemberTag
from madoguchi.sandbox.scenario.history import Customer
from madoguchi.sandbox.scenario.pictures import Picture

Row = TypeVar("Row", bound=Model)

FIRST_MESSAGE_ID = 400_000_000_000_000_000
"""Below the ids that the sandbox gives out."""


def in_order(customers: Sequence[Customer]) -> list[Message]:
    """All messages as they were said; within a thread in its own order."""
    messages = [message for customer in customers for message in customer.thread.messages]
    messages.sort(key=operator.attrgetter("occurred_at"))
    return messages


def give_provider_ids(messages: Iterable[Message], known: dict[int, str]) -> None:
    """As LINE does: to each message it has seen, growing with time. ``known``: ``id(message)`` → the sandbox's own."""
    number = FIRST_MESSAGE_ID
    for message in messages:
        if message.direction not in (Message.Direction.INBOUND, Message.Direction.OUTBOUND):
            continue
        number += 977
        given = known.get(id(message), str(number))
        if message.direction == Message.Direction.INBOUND:
            message.provider_message_id = given
            if message.media:
                message.media.provider_message_id = given
        elif message.outbound and message.outbound.state == OutboundMessage.State.ACCEPTED:
            message.outbound.sent_messages.append({"id": given})


def write(customers: Sequence[Customer], user_ids: dict[str, str], messages: Sequence[Message]) -> None:
    """Everything, inside the caller's transaction. ``user_ids``: person → LINE's id for them."""
    threads = [customer.thread for customer in sorted(customers, key=operator.attrgetter("joined"))]
    members = list({id(thread.member): thread.member for thread in threads}.values())
    by_member = {id(customer.thread.member): user_ids[customer.person_id] for customer in customers}
    for customer in customers:
        customer.thread.contact.external_id = user_ids[customer.person_id]
    copy(Member, members)
    copy(
        Identity,
        [
            Identity(
                member=member,
                kind=Identity.Kind.LINE,
                provider=threads[0].contact.account.provider,
                value=by_member[id(member)],
                created_at=member.created_at,
            )
            for member in members
        ],
    )
    copy(Contact, [thread.contact for thread in threads])
    copy(Conversation, [thread.conversation for thread in threads])
    copy(Exchange, _by_time((each for thread in threads for each in thread.exchanges), "opened_at"))
    media = [pair for thread in threads for pair in thread.media]
    for thread in threads:
        for each, _ in thread.media:
            each.thread = thread.conversation.pk
        for row in thread.outbox:
            row.thread = thread.conversation.pk
    _store(media)
    copy(Media, _by_time((each for each, _ in media), "created_at"))
    copy(OutboundMessage, _by_time((row for thread in threads for row in thread.outbox), "created_at"))
    copy(Message, messages)
    copy(Mention, [each for thread in threads for each in thread.mentions])
    copy(Handover, _by_time((each for thread in threads for each in thread.handovers), "at"))
    copy(MemberTag, [each for customer in customers for each in customer.tags])
    copy(MemberNote, [each for customer in customers for each in customer.notes])


def copy(model: type[Row], rows: Sequence[Row]) -> None:
    """Number the rows and write them. Foreign keys may point to rows that were numbered since they were set."""
    if not rows:
        return
    table, fields = model._meta.db_table, model._meta.concrete_fields
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, len(rows)]
        )
        for row, (pk,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = pk
    keys = [field for field in fields if isinstance(field, ForeignKey)]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as target:
        for row in rows:
            for key in keys:
                if getattr(row, key.attname) is None and key.is_cached(row) and (to := key.get_cached_value(row)):
                    setattr(row, key.attname, to.pk)
            target.write_row([field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields])


def analyse() -> None:
    """Tell the planner what it has to expect, rather than let the first visitors wait for autovacuum."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _by_time(rows: Iterable[Any], attribute: str) -> list[Any]:
    return sorted(rows, key=operator.attrgetter(attribute))


def _store(media: Sequence[tuple[Media, Picture]]) -> None:
    """One file for each row, as the product itself keeps them; hard links where the disk can."""
    first: dict[str, str] = {}
    for number, (row, picture) in enumerate(media):
        if row.state != Media.State.HIDDEN:
            row.path = _link(picture, f"{2 * number:08x}", first)
            row.preview_path = _link(picture, f"{2 * number + 1:08x}", first)


def _link(picture: Picture, ending: str, first: dict[str, str]) -> str:
    known = first.get(picture.name)
    if known is None:
        first[picture.name] = media_files.store([picture.data], suffix=".jpg")
        return first[picture.name]
    name = f"{known.rpartition('-')[0]}-{ending}.jpg"
    with contextlib.suppress(OSError):
        media_files.path_of(name).hardlink_to(media_files.path_of(known))
        return name
    return media_files.store([picture.data], suffix=".jpg")
