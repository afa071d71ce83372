"""What customers do: messages, edits, messages taken back, blocks and everything else, a batch at a time."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone
from procrastinate.types import JSONDict

from madoguchi import live
from madoguchi.channels.models import ReplyToken
from madoguchi.channels.ports import Followed, MessageEdited, MessageReceived, MessageUnsent
from madoguchi.channels.tasks import fetch_media
from madoguchi.conversations.arrivals.load import Beginning, lock_threads, read_lines
from madoguchi.conversations.arrivals.save import save
from madoguchi.conversations.arrivals.thread import Arrival, Thread
from madoguchi.conversations.tasks import fetch_profiles
from madoguchi.members.actions import Address, Identified, identify

EVENT_TOKEN_LIFETIME = dt.timedelta(minutes=20)
"""LINE: a redelivered reply token is good for another minute, but not beyond 20 minutes after the event
(developers.line.biz/en/reference/messaging-api/#send-reply-message-reply-token)."""


@transaction.atomic(savepoint=False)
def receive(arrivals: Sequence[Arrival], *, now: dt.datetime | None = None) -> None:
    """Apply the events to the threads they belong to, in the provider's order of time.

    Members, contacts, conversations and exchanges are made where there are none; media and profiles are left to their
    jobs; one live signal goes out. The number of statements does not depend on the number of events, and the outcome
    not on their order or on how they are cut into batches.
    """
    if not arrivals:
        return
    in_order = sorted(arrivals, key=lambda event: (event.at, event.event_pk))
    people = identify([_address(event) for event in in_order])
    threads = lock_threads(_beginnings(in_order, people))
    now = now or timezone.now()  # after the wait for the locks: pages ask for what changed since a moment ago
    by_address = {address: threads[person.contact_id] for address, person in people.items()}
    read_lines(threads.values(), _messages_spoken_of(in_order, by_address))
    for event in in_order:
        by_address[_address(event)].apply(event)
    ordered = sorted(threads.values(), key=lambda thread: thread.pk)
    media_ids = save(ordered, now)
    _keep_reply_tokens(in_order, people, now)
    _defer_jobs(media_ids, _profiles_to_fetch(in_order, people))
    live.publish(topic for thread in ordered for topic in thread.topics)


def _address(event: Arrival) -> Address:
    return Address(event.account_id, event.external_id)


def _beginnings(in_order: Sequence[Arrival], people: dict[Address, Identified]) -> dict[int, Beginning]:
    """Of each contact, by its earliest event."""
    beginnings: dict[int, Beginning] = {}
    for event in in_order:
        person = people[_address(event)]
        beginnings.setdefault(person.contact_id, Beginning(person.member_id, event.account_id, event.at))
    return beginnings


def _messages_spoken_of(in_order: Iterable[Arrival], threads: dict[Address, Thread]) -> set[tuple[int, str]]:
    return {
        (threads[_address(event)].pk, event.provider_message_id)
        for event in in_order
        if isinstance(event, MessageReceived | MessageEdited | MessageUnsent)
    }


def _keep_reply_tokens(in_order: Iterable[Arrival], people: dict[Address, Identified], now: dt.datetime) -> None:
    tokens = [
        ReplyToken(contact_id=people[_address(event)].contact_id, token=event.reply_token, expires_at=expires_at)
        for event in in_order
        if event.reply_token and (expires_at := _token_expires_at(event)) > now
    ]
    ReplyToken.objects.bulk_create(tokens, ignore_conflicts=True)


def _token_expires_at(event: Arrival) -> dt.datetime:
    return min((event.received_at or event.at) + ReplyToken.LIFETIME, event.at + EVENT_TOKEN_LIFETIME)


def _profiles_to_fetch(in_order: Iterable[Arrival], people: dict[Address, Identified]) -> dict[int, set[int]]:
    """Contacts by account: those who are new, and those who come back and may have another name now."""
    wanted: dict[int, set[int]] = defaultdict(set)
    for event in in_order:
        person = people[_address(event)]
        if person.is_new or isinstance(event, Followed):
            wanted[event.account_id].add(person.contact_id)
    return wanted


def _defer_jobs(media_ids: Sequence[int], profiles: dict[int, set[int]]) -> None:
    """They commit with the rows they are about."""
    if media_ids:
        media_jobs: list[JSONDict] = [{"media_id": media_id} for media_id in media_ids]
        fetch_media.batch_defer(*media_jobs)
    if profiles:
        profile_jobs: list[JSONDict] = [
            {"account_id": account_id, "contact_ids": [*sorted(contacts)]} for account_id, contacts in profiles.items()
        ]
        fetch_profiles.batch_defer(*profile_jobs)
