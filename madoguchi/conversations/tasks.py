"""Jobs that end in threads and queues."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from madoguchi import live
from madoguchi.channels import reading
from madoguchi.channels.models import Contact
from madoguchi.conversations.actions import let_go
from madoguchi.conversations.models import Conversation, Message
from madoguchi.members import profiles

TRIES_MAX = 12


@app.task(name="madoguchi.conversations.tasks.fetch_profiles")
def fetch_profiles(account_id: int, contact_ids: list[int], attempt: int = 1) -> None:
    """Names and pictures of new customers, and of those who came back; queues and threads then show them."""
    changed, to_repeat = profiles.update_from_line(account_id, contact_ids)
    if to_repeat and attempt < TRIES_MAX:
        fetch_profiles.configure(schedule_in={"seconds": 2**attempt}).defer(
            account_id=account_id, contact_ids=[*sorted(to_repeat)], attempt=attempt + 1
        )
    conversations = Conversation.objects.filter(member__in=changed)
    live.publish(topic for conversation in conversations for topic in conversation.topics)


@app.task(name="madoguchi.conversations.tasks.mark_as_read")
def mark_as_read(conversation_id: int) -> None:
    """Show the customer that their messages were read, where the account uses LINE's chat. Best effort."""
    newest = (
        Message.objects.filter(
            conversation=conversation_id, direction=Message.Direction.INBOUND, details__has_key="read_token"
        )
        .select_related("conversation__contact__account")
        .order_by("-occurred_at", "-pk")
        .first()
    )
    if newest is not None:
        reading.mark_as_read(newest.conversation.contact.account, newest.details["read_token"])


@app.task(name="madoguchi.conversations.tasks.show_writing")
def show_writing(conversation_id: int) -> None:
    """Let the customer see that somebody writes an answer. Best effort."""
    conversation = Conversation.objects.select_related("contact__account").get(pk=conversation_id)
    if conversation.contact.friendship != Contact.Friendship.BLOCKED:
        reading.show_writing(conversation.contact.account, conversation.contact.external_id)


@app.periodic(cron="17 19 * * *")
@app.task(name="madoguchi.conversations.tasks.let_go_of_silent")
def let_go_of_silent(timestamp: int) -> None:  # noqa: ARG001  # procrastinate passes it
    """By the markets' rules, once a day: at night in East Asia (the times of cron are UTC)."""
    let_go.let_go_of_silent(timezone.now())
