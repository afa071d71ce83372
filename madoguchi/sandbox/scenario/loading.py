"""Rows by the ten thousand, written by COPY."""

from __future__ import annotations

import contextlib
import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from django.db import connection
from django.db.models import JSONField, Model
from psycopg.types.json import Jsonb

from madoguchi.channels import media_files
from madoguchi.channels.models import Contact, Media, OutboundMessage, Provider
from madoguchi.conversations.models import Conversation, Exchange, Handover, Mention, Message
from madoguchi.members.models import Identity, Member, MemberNote, MemberTag
from madoguchi.sandbox.scenario.history import Customer
from madoguchi.sandbox.scenario.pictures import Picture
from madoguchi.sandbox.scenario.thread import Numbers

Row = TypeVar("Row", bound=Model)

FIRST_MESSAGE_ID = 400_000_000_000_000_000
"""Below the ids that the sandbox gives out."""


def give_provider_ids(customers: Sequence[Customer], known: dict[int, str]) -> None:
    """As LINE does: to each message it has seen, growing with time. ``known``: message → the sandbox's own id."""
    said = [(message, customer.thread) for customer in customers for message in customer.thread.messages]
    said.sort(key=lambda pair: pair[0].occurred_at)
    for number, (message, thread) in enumerate(said):
        given = known.get(message.pk, str(FIRST_MESSAGE_ID + 977 * number))
        if message.direction == Message.Direction.INBOUND:
            message.provider_message_id = given
            if message.media_id:
                thread.media[message.media_id][0].provider_message_id = given
        elif message.outbound_id:
            outbound = thread.outbox[message.outbound_id]
            if outbound.state == OutboundMessage.State.ACCEPTED:
                outbound.sent_messages.append({"id": given})


def write(customers: Sequence[Customer], user_ids: dict[str, str]) -> None:
    """Everything, inside the caller's transaction. ``user_ids``: person → LINE's id for them."""
    threads = [customer.thread for customer in customers]
    numbers, provider = Numbers(), Provider.objects.get()
    for customer in customers:
        customer.thread.contact.external_id = user_ids[customer.person_id]
    identities = [
        Identity(
            pk=numbers(Identity),
            member_id=customer.thread.member.pk,
            kind=Identity.Kind.LINE,
            provider_id=provider.pk,
            value=user_ids[customer.person_id],
            created_at=customer.thread.member.created_at,
        )
        for customer in customers
    ]
    _store([pair for thread in threads for pair in thread.media.values()])
    copy(Member, [thread.member for thread in threads])
    copy(Identity, identities)
    copy(Contact, [thread.contact for thread in threads])
    copy(Conversation, [thread.conversation for thread in threads])
    copy(Exchange, [row for thread in threads for row in thread.exchanges])
    copy(Media, [media for thread in threads for media, _ in thread.media.values()])
    copy(OutboundMessage, [row for thread in threads for row in thread.outbox.values()])
    copy(Message, [row for thread in threads for row in thread.messages])
    copy(Mention, [row for thread in threads for row in thread.mentions])
    copy(Handover, [row for thread in threads for row in thread.handovers])
    MemberTag.objects.bulk_create(row for customer in customers for row in customer.tags)
    MemberNote.objects.bulk_create(row for customer in customers for row in customer.notes)


def copy(model: type[Row], rows: Iterable[Row]) -> None:
    """Write numbered rows, and let the table's own numbers go on after them."""
    table, fields = model._meta.db_table, model._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values: Callable[[Row], tuple[Any, ...]] = operator.attrgetter(*(field.attname for field in fields))
    documents = [number for number, field in enumerate(fields) if isinstance(field, JSONField)]
    with connection.cursor() as cursor:
        with cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as target:
            for row in rows:
                found = list(values(row))
                for number in documents:
                    found[number] = Jsonb(found[number])
                target.write_row(found)
        cursor.execute(f"""SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM "{table}" """, [table])


def analyse() -> None:
    """Tell the planner what it has to expect, rather than let the first visitors wait for autovacuum."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _store(media: Iterable[tuple[Media, Picture]]) -> None:
    """One file for each row, as the product itself keeps them; hard links where the disk can."""
    first: dict[str, str] = {}
    for row, picture in media:
        if row.state != Media.State.HIDDEN:
            row.path = _link(picture, f"{2 * row.pk:08x}", first)
            row.preview_path = _link(picture, f"{2 * row.pk + 1:08x}", first)


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
