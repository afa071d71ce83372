"""The loop in the worker: it wakes up when a queue changes, and ends when it is told to."""

import asyncio
import time
from collections.abc import Callable

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.utils import timezone

from madoguchi import live
from madoguchi.conversations.models import Conversation
from madoguchi.duty.actions import say_on_duty
from madoguchi.routing import router
from tests import make
from tests.make import World

pytestmark = pytest.mark.django_db(transaction=True)


async def until(holds: Callable[[], bool]) -> float:
    """How long it took, in seconds."""
    started = time.monotonic()
    while not await sync_to_async(holds)():
        assert time.monotonic() - started < 15, "it does not happen"
        await asyncio.sleep(0.02)
    return time.monotonic() - started


def test_it_gives_what_comes_and_what_waited_for_somebody() -> None:
    world = make.world()
    conversation = world.conversation
    make.rule(to=world.store)
    make.team(world.store)
    say_on_duty(staff=world.aoi, is_on_duty=False)

    def was_looked_at() -> bool:
        return Conversation.objects.filter(pk=conversation.pk, attention_at__gt=timezone.now()).exists()

    def is_aoi_s() -> bool:
        return Conversation.objects.filter(pk=conversation.pk, holder=world.aoi).exists()

    async def day() -> float:
        stop = asyncio.Event()
        running = asyncio.create_task(router.run(stop))
        await until(was_looked_at)
        await sync_to_async(say_on_duty)(staff=world.aoi, is_on_duty=True)
        took = await until(is_aoi_s)
        stop.set()
        await asyncio.wait_for(running, 5)
        await sync_to_async(connections.close_all)()
        return took

    assert asyncio.run(day()) < router.SWEEP_SECONDS / 2, "the word wakes it, not the clock"


def test_the_topic_that_wakes_it_is_the_one_that_queues_publish(world: World) -> None:
    assert "queue" in " ".join(live.payloads(world.conversation.topics))
