"""The order of quick phrases, which several people may change at once."""

import threading
import time

import pytest
from django.db import connection, transaction

from madoguchi.conversations.actions.keep_phrases import Direction, move_phrase
from madoguchi.conversations.models import QuickPhrase
from tests.make import World


def _waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees the same activity for ever
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        (count,) = cursor.fetchone()
    return int(count)


@pytest.mark.django_db(transaction=True)
def test_moving_waits_for_the_first_row_while_it_holds_no_later_one(world: World) -> None:
    """Two who move different phrases can therefore never wait for each other."""
    phrases = [
        QuickPhrase.objects.create(title=title, text=title, owner=world.aoi, position=number)
        for number, title in enumerate("abc")
    ]

    def move_last() -> None:
        move_phrase(staff=world.aoi, phrase_id=phrases[2].pk, direction=Direction.UP)
        connection.close()

    mover = threading.Thread(target=move_last)
    with transaction.atomic():
        QuickPhrase.objects.select_for_update().get(pk=phrases[0].pk)
        mover.start()
        deadline = time.monotonic() + 10
        while not _waiting():
            assert time.monotonic() < deadline, "it does not wait"
        QuickPhrase.objects.select_for_update(nowait=True).get(pk=phrases[2].pk)  # raises when the mover holds it
    mover.join(20)

    assert not mover.is_alive()
    assert [phrase.title for phrase in QuickPhrase.objects.filter(owner=world.aoi)] == ["a", "c", "b"]
