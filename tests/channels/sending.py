"""Run the real sender until there is nothing left that it could do now."""

from __future__ import annotations

import asyncio
import time
from uuid import uuid4

from django.db import connection
from django.utils import timezone

from madoguchi.channels.line.client import LineClient
from madoguchi.channels.models import OutboundMessage
from madoguchi.channels.outbox import Sender
from madoguchi.conversations.actions.send import send
from madoguchi.conversations.models import Conversation, Message
from madoguchi.organization.models import Staff

SECONDS_MAX = 15.0
State = OutboundMessage.State


def write(conversation: Conversation, staff: Staff, text: str = "您好，馬上為您查詢。") -> OutboundMessage:
    """Staff answer with one bubble."""
    [message] = send(conversation_id=conversation.pk, staff=staff, client_key=uuid4(), text=text)
    assert message.outbound is not None
    return message.outbound


def bubble_of(outbound: OutboundMessage) -> Message:
    return Message.objects.get(outbound=outbound)


def run_sender(*, request_seconds: float = 5.0, at_least: float = 0.0) -> None:
    """Until no row is due or under way, and for ``at_least`` so many seconds."""
    asyncio.run(_run_sender(request_seconds, at_least))


async def _run_sender(request_seconds: float, at_least: float) -> None:
    stop = asyncio.Event()
    async with LineClient(request_seconds=request_seconds) as line:
        running = asyncio.create_task(Sender(line, request_seconds=request_seconds).run(stop))
        started = time.monotonic()
        try:
            while time.monotonic() - started < SECONDS_MAX:
                await asyncio.sleep(0.05)
                is_idle = not await asyncio.to_thread(_is_busy)
                if running.done() or (is_idle and time.monotonic() - started >= at_least):
                    break
            else:
                raise AssertionError("the sender did not come to rest")
        finally:
            stop.set()
            await running


def _is_busy() -> bool:
    try:
        due = OutboundMessage.objects.filter(state=State.QUEUED, due_at__lte=timezone.now())
        return due.exists() or OutboundMessage.objects.filter(state=State.SENDING).exists()
    finally:
        connection.close()


def make_due() -> None:
    """The time of back-off is over."""
    OutboundMessage.objects.filter(state=State.QUEUED).update(due_at=timezone.now())
