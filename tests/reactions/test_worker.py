"""The whole way: a code comes by chat, the consumer binds, and the worker's jobs answer."""

import asyncio

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection

from madoguchi import worker
from madoguchi.bindings.models import Binding
from madoguchi.channels.models import OutboundMessage
from madoguchi.intake.consumer import consume
from madoguchi.intake.models import RawEvent
from tests import make
from tests.intake.entrance import text_event

ANSWERED = "SELECT FROM channels_outboundmessage WHERE messages::text LIKE '%台北信義店%'"


def arrive() -> None:
    world = make.world()
    code = make.code(world.account, world.aoi, store=world.store)
    RawEvent.objects.create(account=world.account, event_id="1", payload=text_event(1, text=f"您好 {code.token}"))
    assert consume() == 1
    connection.close()


def rows() -> tuple[Binding, OutboundMessage]:
    found = Binding.objects.select_related("staff", "member").get(), OutboundMessage.objects.get()
    connection.close()
    return found


@pytest.mark.django_db(transaction=True)
async def test_a_code_by_chat_is_answered_by_the_worker() -> None:
    await sync_to_async(arrive)()
    stop = asyncio.Event()

    running = asyncio.create_task(worker.run_jobs(stop))
    async with await psycopg.AsyncConnection.connect(settings.DATABASE_URL, autocommit=True) as database:
        async with asyncio.timeout(30):
            while await (await database.execute(ANSWERED)).fetchone() is None:  # noqa: ASYNC110  # a row cannot be awaited
                await asyncio.sleep(0.05)
    stop.set()
    await running

    binding, answer = await sync_to_async(rows)()
    assert binding.staff is not None
    assert binding.staff.username == "aoi"
    assert binding.staff.display_name in answer.messages[0]["text"]
